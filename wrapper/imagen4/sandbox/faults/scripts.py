"""Faults in the life of a task: they rewrite its script when it is created."""

from collections.abc import Callable, Mapping

from attrs import evolve

from ..tasks import Script, Stage, Task
from .book import Armed
from .catalogue import Value

Rescript = Callable[[Script, Mapping[str, Value]], Script]


def rescripted(task: Task, armed: Armed) -> Task:
    """The task with the fault written into its script."""
    return evolve(task, script=RESCRIPTS[armed.fault.name](task.script, armed.parameters))


def _stuck(script: Script, parameters: Mapping[str, Value]) -> Script:
    state = str(parameters["state"])
    earlier = []
    for stage in script.stages[:-1]:
        earlier.append(stage)
        if stage.state == state:
            return evolve(script, stages=tuple(earlier))
    return evolve(script, stages=(*earlier, Stage(script.stages[-1].start, state)))


def _fail(script: Script, parameters: Mapping[str, Value]) -> Script:
    end = Stage(script.stages[-1].start, "fail")
    return evolve(
        script,
        stages=(*script.stages[:-1], end),
        fail_code=str(parameters["code"]),
        fail_message=str(parameters["message"]),
    )


def _unknown_state(script: Script, parameters: Mapping[str, Value]) -> Script:
    *early, last = script.stages
    return evolve(script, stages=(*early, Stage(last.start, str(parameters["state"]))))


def _out_of_order(script: Script, _parameters: Mapping[str, Value]) -> Script:
    *early, generating, end = script.stages
    back = Stage((generating.start + end.start) / 2, "waiting")
    return evolve(script, stages=(*early, generating, back, end))


def _slow(script: Script, parameters: Mapping[str, Value]) -> Script:
    *early, end = script.stages
    return evolve(
        script, stages=(*early, evolve(end, start=end.start + float(parameters["seconds"])))
    )


RESCRIPTS: dict[str, Rescript] = {
    "stuck": _stuck,
    "fail": _fail,
    "unknown-state": _unknown_state,
    "out-of-order": _out_of_order,
    "slow-task": _slow,
    "vanish": lambda script, given: evolve(script, visible_until=float(given["seconds"])),
    "late-record": lambda script, given: evolve(script, visible_from=float(given["seconds"])),
    "picture-count": lambda script, given: evolve(script, pictures=int(given["count"])),
    "broken-result": lambda script, _given: evolve(script, result_text='{"resultUrls": ['),
}
