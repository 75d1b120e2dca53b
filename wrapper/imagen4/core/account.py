"""How tasks stand, asked for once."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TaskFailed, TaskNotFound, UnexpectedResponse
from .effects import Send, Sleep
from .turns import take_shared_turn
from .waiting import exchange_about, partial_failure

if TYPE_CHECKING:
    from .effects import Steps
    from .job_state import JobState
    from .session import Session
    from .task import Task

ABOUT_ONE_TASK = (TaskNotFound, TaskFailed, UnexpectedResponse)


def read_states(session: Session, job: JobState) -> Steps[tuple[Task, ...]]:
    """Every task of a job, asked for once, at the documented rate; a failed one is an answer.

    What cannot be read does not hide the other tasks: they are on the PartialFailure.
    """
    tasks: list[Task] = []
    failures: list[Imagen4Error] = []
    for place, task_id in enumerate(job.task_ids):
        now = session.clock()
        moment = session.polls.reserve(now) or now
        if moment > now:
            yield Sleep(moment - now)
        yield from take_shared_turn(session, session.polls, inf)
        send = Send(session.adapter.details(task_id), session.timeout)
        found = yield from exchange_about(session, send, task_id, session.secrets(job))
        if found.task is not None:
            tasks.append(found.task)
            continue
        problem = found.problem or UnexpectedResponse("The answer holds no task")
        failures.append(problem)
        if not isinstance(problem, ABOUT_ONE_TASK):
            problem.task_ids = tuple(job.task_ids[place:])  # the others are not asked for
            break
    if failures and tasks:
        raise partial_failure(failures, tasks, "could not be read")
    if failures:
        raise failures[0]
    return tuple(tasks)
