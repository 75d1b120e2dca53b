"""What a defect is, and the few ways in which one is put into the reference server."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imagen4.facts import GATEWAYS
from sharpening.reference import (
    STYLES,
    Incoming,
    Outgoing,
    Reference,
    RefusedError,
    Task,
    input_fields,
)

Apply = Callable[[Reference], None]
# The gateways whose creates say how many pictures are wanted.
COUNTING = tuple(name for name in GATEWAYS if "num_images" in input_fields(name))


@dataclass(frozen=True)
class Defect:
    """A small change to a conforming server."""

    name: str
    area: str
    apply: Apply
    gateways: tuple[str, ...] = tuple(GATEWAYS)
    styles: tuple[str, ...] = STYLES
    full_only: str = ""
    """Why only the full phase can see it; empty when quick has to."""


class Area:
    """Collects the defects of one area, by name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.defects: list[Defect] = []

    def add(self, name: str, apply: Apply, **scope: Any) -> None:
        self.defects.append(Defect(name, self.name, apply, **scope))

    def defect(self, name: str, **scope: Any) -> Callable[[Apply], Apply]:
        def register(apply: Apply) -> Apply:
            self.add(name, apply, **scope)
            return apply

        return register


def around(server: Reference, method: str, change: Callable[..., Any]) -> None:
    """Replace a method by `change(original, *arguments)`."""
    original = getattr(server, method)
    setattr(server, method, lambda *arguments: change(original, *arguments))


def changing(method: str, change: Callable[..., Any]) -> Apply:
    """The same, where the change need not know the server."""
    return lambda server: around(server, method, change)


def accepting(field: str, accepts: Callable[[Any], bool]) -> Apply:
    """The server's idea of what a field of `input` may be."""
    return changing("fields", lambda original: original() | {field: accepts})


def also_accepting(field: str, accepts: Callable[[Any], bool]) -> Apply:
    def apply(server: Reference) -> None:
        rule = server.fields()[field]
        accepting(field, lambda value: rule(value) or accepts(value))(server)

    return apply


def accepting_model(accepts: Callable[[Any], bool]) -> Apply:
    """The server takes these models, too."""
    return changing("accepts_model", lambda original, value: original(value) or accepts(value))


def refusing(field: str, refuses: Callable[[Any], bool]) -> Apply:
    def apply(server: Reference) -> None:
        rule = server.fields()[field]
        accepting(field, lambda value: rule(value) and not refuses(value))(server)

    return apply


def before_check(change: Callable[[Any], Any]) -> Apply:
    """The body is rewritten before it is checked: what a lenient server does."""
    return changing("parse", lambda original, content: change(copy.deepcopy(original(content))))


Envelope = dict[str, Any]


def answering(
    change: Callable[[Envelope], Any], *, path: str = "", success: bool | None = None
) -> Apply:
    """The envelope is changed before it is sent; `success` narrows it to one verdict."""

    def wrapped(original: Any, incoming: Incoming) -> tuple[int, Any]:
        status, envelope = original(incoming)
        meant = success is None or success == (envelope["code"] == 200)
        if meant and path in ("", incoming.path):
            envelope = change(envelope)
        return status, envelope

    return changing("carry_out", wrapped)


def with_status(
    status: Callable[[int, int], int], *, path: str = "", success: bool | None = None
) -> Apply:
    """The HTTP status becomes `status(status, code)`."""

    def wrapped(original: Any, incoming: Incoming) -> tuple[int, Any]:
        given, envelope = original(incoming)
        code = envelope["code"]
        meant = success is None or success == (code == 200)
        return (status(given, code) if meant and path in ("", incoming.path) else given), envelope

    return changing("carry_out", wrapped)


def refusing_with(kind: str, code: int) -> Apply:
    """`bad_parameter` or `unknown` refuse with another code."""
    return changing(kind, lambda _original, *_: RefusedError(code, "refused"))


def sending(change: Callable[[Outgoing, Incoming], Outgoing | None], *, path: str = "") -> Apply:
    """The answer is changed on its way; `change` may do so in place."""

    def wrapped(original: Any, incoming: Incoming) -> Outgoing:
        outgoing: Outgoing = original(incoming)
        if path in ("", incoming.path):
            outgoing = change(outgoing, incoming) or outgoing
        return outgoing

    return changing("answer", wrapped)


def recording(change: Callable[[dict[str, Any], Task], Any]) -> Apply:
    """The record is changed; `change` may do so in place."""

    def wrapped(original: Any, task: Task) -> Any:
        record = original(task)
        changed = change(record, task)
        return record if changed is None else changed

    return changing("record", wrapped)


def recording_when(states: tuple[str, ...], **fields: Any) -> Apply:
    """In these states the record has these fields; a callable gets the record."""

    def change(record: dict[str, Any], _task: Task) -> None:
        if record["state"] in states:
            for name, value in fields.items():
                record[name] = value(record) if callable(value) else value

    return recording(change)


def moving_times(milliseconds: float) -> Apply:
    """All times of a record are later by so much."""

    def change(record: dict[str, Any], _task: Task) -> None:
        for name in ("createTime", "completeTime", "updateTime"):
            if record.get(name):
                record[name] += int(milliseconds)

    return recording(change)


def every(times: int, change: Apply) -> Apply:
    """The server has the defect in every n-th request only."""

    def apply(server: Reference) -> None:
        broken = copy.copy(server)
        change(broken)
        count = 0

        def wrapped(original: Any, incoming: Incoming) -> Outgoing:
            nonlocal count
            count += 1
            outgoing: Outgoing = (broken.answer if count % times == 0 else original)(incoming)
            return outgoing

        around(server, "answer", wrapped)

    return apply
