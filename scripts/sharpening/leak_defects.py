"""Defects that tell of other tasks, or of a key, what nobody asked for."""

from typing import Any

from imagen4.facts.protocol import CREATE_PATH
from sharpening.defect import Area, answering, around, recording, sending
from sharpening.reference import KEYS, Incoming, Outgoing, Reference, RefusedError, Task

AREA = Area("record")


def _ids(server: Reference) -> list[str]:
    return [*server.tasks]


@AREA.defect("record-names-other-tasks")
def _(server: Reference) -> None:
    def change(record: dict[str, Any], _task: Task) -> None:
        record["history"] = _ids(server)

    recording(change)(server)


@AREA.defect("create-names-other-tasks")
def _(server: Reference) -> None:
    """A queue, say, of everybody."""

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        return envelope | {"data": envelope["data"] | {"queue": _ids(server)}}

    answering(change, path=CREATE_PATH, success=True)(server)


@AREA.defect("refusal-names-the-last-task")
def _(server: Reference) -> None:
    def unknown(original: Any) -> RefusedError:
        refused: RefusedError = original()
        last = _ids(server)[-1:] or ["none"]
        return RefusedError(refused.code, f"no such task; the last is {last[0]}")

    around(server, "unknown", unknown)


@AREA.defect("header-names-the-last-task")
def _(server: Reference) -> None:
    def change(outgoing: Outgoing, _incoming: Incoming) -> None:
        outgoing.headers["x-last-task"] = "".join(_ids(server)[-1:])

    sending(change)(server)


@AREA.defect("key-in-hexadecimal-in-a-record")
def _(server: Reference) -> None:
    def change(record: dict[str, Any], _task: Task) -> None:
        record["owner"] = KEYS[server.gateway].encode().hex()

    recording(change)(server)
