"""Defects that show only where a connection is used for more than one request."""

from typing import Any

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.defect import Apply, Area, around
from sharpening.reference import Incoming, Reference

AREA = Area("wire")


def remembering(change: Any, method: str = "answer") -> Apply:
    """`change(original, incoming, memory)`; each connection has a memory of its own."""

    def apply(server: Reference) -> None:
        memories: dict[int, dict[str, Any]] = {}

        def wrapped(original: Any, incoming: Incoming) -> Any:
            return change(original, incoming, memories.setdefault(incoming.connection, {}))

        around(server, method, wrapped)

    return apply


def _one_behind(original: Any, incoming: Incoming, memory: dict[str, Any]) -> Any:
    answer = original(incoming)
    before = memory.get("answer", answer)
    memory["answer"] = answer
    return before


def _let_in_before(original: Any, incoming: Incoming, memory: dict[str, Any]) -> Any:
    """The first key that is good is good for all that follows."""
    incoming.headers = incoming.headers | memory
    status, envelope = original(incoming)
    if envelope["code"] == 200:
        memory["authorization"] = incoming.headers["authorization"]
    return status, envelope


def _first_create(original: Any, incoming: Incoming, memory: dict[str, Any]) -> Any:
    return memory.setdefault("created", original(incoming))


def _first_on(path: str) -> Any:
    """A cache that knows the path and not what is asked there."""

    def change(original: Any, incoming: Incoming, memory: dict[str, Any]) -> Any:
        answer = original(incoming)
        return memory.setdefault("first", answer) if incoming.path == path else answer

    return change


AREA.add("connection-one-answer-behind", remembering(_one_behind))
AREA.add("connection-let-in-for-good", remembering(_let_in_before, "carry_out"))
AREA.add("connection-creates-once", remembering(_first_create, "create"))
AREA.add("connection-reads-one-record", remembering(_first_on(DETAILS_PATH)))
AREA.add("connection-repeats-its-create", remembering(_first_on(CREATE_PATH)))
