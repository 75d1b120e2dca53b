"""What a check has to have seen before its silence says anything: selections from a trace.

A check that found nothing because nothing was there to look at is not passed but skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ...facts.protocol import FAILED, SUCCEEDED, Code
from ..exchange import Exchange, Expect, Subject
from ..trace import FINAL, RUNNING, TaskHistory, Trace

Select = Callable[[Trace], Iterable[object]]


@dataclass(frozen=True)
class Evidence:
    """What a check looks at, and what is to be said where there is none of it."""

    absent: str
    select: Select
    optional: bool = False
    """Whether a server that keeps every promise may never show it: it is not blamed for that."""

    def is_in(self, trace: Trace) -> bool:
        return any(True for _ in self.select(trace))


def records_with(*fields: str, ended: bool = False) -> Evidence:
    """Records, perhaps of ended tasks only, with a value in each of the fields."""

    def select(trace: Trace) -> Iterator[Exchange]:
        for _, poll in trace.records:
            told = all(poll.data.get(name) not in (None, "") for name in fields)
            if told and (poll.state in FINAL or not ended):
                yield poll

    whose = " of an ended task" if ended else ""
    return Evidence(f"no record{whose} with {' and '.join(fields)} was read", select)


def forbidden(absent: str, *subjects: Subject) -> Evidence:
    """Answers to requests that have to be refused; 401 says nothing but of the key."""
    silent = None if Subject.KEY in subjects else Code.UNAUTHORIZED

    def select(trace: Trace) -> Iterator[Exchange]:
        asked = trace.expecting(Expect.REFUSE, *subjects)
        return (each for each in asked if silent is None or each.verdict.effective != silent)

    return Evidence(absent, select)


def _in_state(absent: str, *states: str, optional: bool = False) -> Evidence:
    def select(trace: Trace) -> Iterator[Exchange]:
        return (poll for _, poll in trace.records if poll.state in states)

    return Evidence(absent, select, optional)


def _pairs(polls: Callable[[TaskHistory], list[Exchange]]) -> Select:
    return lambda trace: (pair for task in trace.tasks for pair in pairwise(polls(task)))


ASKED = Evidence("nothing was asked", lambda trace: trace.exchanges)
ANSWERED = Evidence("nothing was answered", lambda trace: trace.answered)
SPEAKING = Evidence("nothing was answered but by redirects", lambda trace: trace.speaking)
REFUSED = Evidence("nothing was refused", lambda t: (e for e in t.speaking if e.verdict.refused))
POLLED = Evidence(
    "no task was asked for", lambda t: (poll for each in t.tasks for poll in each.polls)
)
POLLED_TWICE = Evidence("no task was asked for twice", _pairs(lambda task: task.polls))
RECORDS = Evidence("no record of a task was read", lambda trace: trace.records)
READ_TWICE = Evidence("no task's record was read twice", _pairs(lambda task: task.records))
ENDED_TWICE = Evidence("no ended task's record was read twice", _pairs(lambda task: task.ended))
RUNNING_SEEN = _in_state("no task was seen before it ended", *RUNNING)
SUCCESS_SEEN = _in_state("no task was seen to succeed", SUCCEEDED)
FAILURE_SEEN = _in_state("no task was seen to fail", FAILED, optional=True)
NO_FAILURE_SEEN = _in_state("no task was seen that had not failed", *RUNNING, SUCCEEDED)
NO_SUCCESS_SEEN = _in_state("no task was seen that had not succeeded", *RUNNING, FAILED)
