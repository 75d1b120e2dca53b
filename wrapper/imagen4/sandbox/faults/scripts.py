"""Faults in the life of a task: they rewrite its script when it is created."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ...facts.protocol import FAILED, GENERATING, WAITING
from ..tasks import SandboxTask, Script, TaskStage
from .catalogue import Value

if TYPE_CHECKING:
    from .book import ArmedFault

Rewrite = Callable[[Script, Mapping[str, Value]], Script]


def faulty_task(task: SandboxTask, armed: ArmedFault | None) -> SandboxTask:
    """The task with the fault written into its script; as it is on a good day."""
    if armed is None:
        return task
    return replace(task, script=REWRITES[armed.fault.name](task.script, armed.parameters))


def _stuck(script: Script, parameters: Mapping[str, Value]) -> Script:
    state = str(parameters["state"])
    earlier = []
    for stage in script.stages[:-1]:
        earlier.append(stage)
        if stage.state == state:
            return replace(script, stages=tuple(earlier))
    return replace(script, stages=(TaskStage(0.0, state),))


def _ending(script: Script, state: str) -> Script:
    """The same script with another last state."""
    *early, last = script.stages
    return replace(script, stages=(*early, TaskStage(last.start, state)))


def _fail(script: Script, parameters: Mapping[str, Value]) -> Script:
    code, message = str(parameters["code"]), str(parameters["message"])
    return replace(_ending(script, FAILED), fail_code=code, fail_message=message)


def _out_of_order(script: Script, _parameters: Mapping[str, Value]) -> Script:
    end = script.stages[-1]
    begun = TaskStage(end.start / 4, GENERATING)
    back = TaskStage(end.start * 5 / 8, WAITING)
    return replace(script, stages=(TaskStage(0.0, WAITING), begun, back, end))


def _delayed(script: Script, parameters: Mapping[str, Value]) -> Script:
    *early, end = script.stages
    late = replace(end, start=end.start + float(parameters["seconds"]))
    return replace(script, stages=(*early, late))


REWRITES: dict[str, Rewrite] = {
    "stuck": _stuck,
    "fail": _fail,
    "unknown-state": lambda script, given: _ending(script, str(given["state"])),
    "out-of-order": _out_of_order,
    "slow-task": _delayed,
    "vanish": lambda script, given: replace(script, visible_until=float(given["seconds"])),
    "late-record": lambda script, given: replace(script, visible_from=float(given["seconds"])),
    "picture-count": lambda script, given: replace(script, pictures=int(given["count"])),
    "broken-result": lambda script, _given: replace(script, result_text='{"resultUrls": ['),
}
