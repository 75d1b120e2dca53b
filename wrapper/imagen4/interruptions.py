"""Ctrl-C, a cancellation, a caller's own error: what is paid for is told before anything else.

In the log at WARNING, which Python shows unless told otherwise; and, for those who log less, on
the exception itself: `task_ids`, `creates_out` (how many creates have no answer), and a note.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from .logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .core.job_state import JobState

ATTEMPTS = 100  # a person presses Ctrl-C less often while a line is written


def insist(work: Callable[[], object]) -> None:
    """Do something to its end, although Ctrl-C is pressed again; raises that one afterwards."""
    pressed: BaseException | None = None
    for _ in range(ATTEMPTS):
        try:
            work()
            break
        except Exception:
            raise
        except BaseException as again:
            pressed = again
    if pressed is not None:
        raise pressed


def tell_interruption(
    interruption: BaseException, jobs: Collection[JobState], gateway: str
) -> None:
    """What is known of the jobs, whatever else is interrupted."""
    try:
        insist(partial(log_known, jobs, gateway, type(interruption).__name__))
    except BaseException as again:
        mark(again, jobs, gateway)
        raise
    finally:
        mark(interruption, jobs, gateway)


class OpenJobs:
    """The jobs of one `generate_many` whose results the caller does not have, by index."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self.states: dict[int, JobState] = {}

    def tell(self, interruption: BaseException, waiting: int) -> None:
        """All ids that are known, in one line; and that `waiting` answers are waited for."""
        why, jobs = type(interruption).__name__, self.states.values()
        insist(partial(log_known, jobs, self._gateway, why, waiting))

    def mark(self, interruption: BaseException) -> None:
        """Leave the ids, and how many creates have no answer, on the exception."""
        mark(interruption, self.states.values(), self._gateway)


def log_known(
    jobs: Collection[JobState], gateway: str, why: str, waiting: int | None = None
) -> None:
    """One line with all ids that were not told before, and the creates that have no answer.

    waiting: for the answers of so many creates, which is said instead.
    """
    known = [(job, job.known_ids()) for job in jobs]
    fresh = [(job.gateway, [each for each in ids if each not in job.told]) for job, ids in known]
    words = answers_awaited(waiting) if waiting else answers_missing(out(jobs))
    if words or any(ids for _, ids in fresh):
        logger.warning(
            "%s: %s while working on %s%s", gateway, why, tasks_at(gateway, fresh), words
        )
    for job, ids in known:
        job.told += ids


def mark(interruption: BaseException, jobs: Collection[JobState], gateway: str) -> None:
    """Leave on the exception what is known. It may be somebody's own, and refuse that."""
    known = [(job.gateway, job.known_ids()) for job in jobs]
    ids, missing = tuple(each for _, some in known for each in some), out(jobs)
    if ids or missing:
        with suppress(Exception):
            vars(interruption).update(task_ids=ids, creates_out=missing)
            interruption.add_note(
                f"{gateway}: {tasks_at(gateway, known)}{answers_missing(missing)}"
            )


def told_by(interruption: BaseException) -> tuple[tuple[str, ...], int]:
    """What was left on an exception, or on one that it interrupted: ids, and creates out."""
    each: BaseException | None = interruption
    while each is not None and not hasattr(each, "creates_out"):
        each = each.__context__
    return getattr(each, "task_ids", ()), getattr(each, "creates_out", 0)


def out(jobs: Collection[JobState]) -> int:
    """How many creates may have left and have no answer."""
    return sum(job.create_is_out for job in jobs)


def tasks_at(gateway: str, whose: Collection[tuple[str, Collection[str]]]) -> str:
    """The tasks at that gateway, then those that are at another one of the client."""
    every: dict[str, list[str]] = {}
    for name, ids in whose:
        if ids:
            every.setdefault(name or gateway, []).extend(ids)
    here = every.pop(gateway, [])
    first = [tasks(here)] if here or not every else []
    return "; ".join([*first, *(f"at {name}: {tasks(ids)}" for name, ids in every.items())])


def tasks(ids: Collection[str]) -> str:
    return f"tasks {', '.join(ids) or '(none known)'}"


def answers_missing(creates: int) -> str:
    if creates < 2:
        one = "; a create was under way and may have been accepted"
        return one if creates else ""
    return f"; {creates} creates were under way and may have been accepted"


def answers_awaited(creates: int) -> str:
    if creates < 2:
        one = "; waiting for the outcome of a create, Ctrl-C leaves without it"
        return one if creates else ""
    return f"; waiting for the outcome of {creates} creates, Ctrl-C leaves without them"
