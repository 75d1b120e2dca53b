"""Callbacks as a wait takes them: hints to look, on which nothing depends.

A task whose callback is awaited is left alone but for a few polls, in case none comes. It is
due at once when one comes; if it still runs then, it is polled at the documented pace, whatever
else comes. Where a poll finds an end that no callback told of, callbacks are not counted on until
some have come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import TaskFailed
from .task import Task

if TYPE_CHECKING:
    from .job_state import JobState
    from .ports import Bell
    from .session import Session
    from .tracked_task import TrackedTask


def heed_callbacks(bell: Bell, running: list[TrackedTask], now: float) -> None:
    """At a task's first callback it is asked for: that is a hint, and the answer counts."""
    called = bell.take()
    for task in running:
        if task.task_id in called and not task.called:
            task.called, task.due = True, min(task.due, now)


def note_silence(bell: Bell, tracked: list[TrackedTask]) -> None:
    """Say of tasks whose end was seen without a callback, which came after we had begun."""
    called = bell.take()  # also while the last poll was under way
    for task in tracked:
        ended = isinstance(task.outcome, (Task, TaskFailed))
        seen_to_end = ended and task.polls > (0 if task.begun_here else 1)
        if seen_to_end and not (task.called or task.task_id in called):
            bell.missed(task.task_id)


def callback_pause(session: Session, job: JobState, task: TrackedTask, elapsed: float) -> float:
    """How long to leave a task alone since a callback will tell; 0 where none can be awaited."""
    if job.bell is None or not job.bell.reliable or task.called:
        return 0.0
    if not (task.begun_here or task.polls):
        return 0.0  # it may have ended before we began
    return session.polling.callback_pause(elapsed)
