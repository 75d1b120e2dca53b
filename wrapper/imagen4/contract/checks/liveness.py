"""Liveness: every task ends, and not every one of them in failure."""

from collections.abc import Iterator

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import TASK
from imagen4.contract.trace import Trace, state

STATE = f"{TASK}/properties/state"
ENOUGH = 5
"""So many different prompts that failed, and none that did not, are no bad luck."""


@check("ends", "Every task ends in success or fail.", STATE)
def ends(trace: Trace) -> Iterator[Found]:
    if not trace.patient:
        return
    for task in trace.tasks:
        if task.records and not task.ended:
            yield task.records[-1], f"{task.id!r} is still {state(task.records[-1])!r}"


@check("some-succeed", "Tasks the document allows can succeed.", STATE)
def some_succeed(trace: Trace) -> Iterator[Found]:
    ended = [task.ended[-1] for task in trace.tasks if task.ended]
    if len(ended) >= ENOUGH and all(state(poll) == "fail" for poll in ended):
        yield ended[-1], f"all {len(ended)} tasks failed: {ended[-1].data.get('failMsg')!r}"
