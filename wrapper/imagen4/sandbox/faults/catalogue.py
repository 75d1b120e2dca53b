"""Every fault by name, what it does, and what can be set about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...facts import DEFAULT_GATEWAY, protocol
from ...facts.documents import document
from ...facts.protocol import Code
from ..documents import last_segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value = str | int | float | bool
API_PATHS = (protocol.CREATE_PATH, protocol.DETAILS_PATH, protocol.CREDITS_PATH, protocol.LINK_PATH)


class InjectionPoint(Enum):
    """Where a fault strikes, and the operations that it can be limited to."""

    ANSWER = tuple(map(last_segment, API_PATHS))
    TASK = (last_segment(protocol.CREATE_PATH),)
    DOWNLOAD = ("file",)
    CALLBACK = ("callback",)


ANSWER, TASK, DOWNLOAD, CALLBACK = InjectionPoint


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong."""

    name: str
    point: InjectionPoint
    summary: str
    """What happens, in one line."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """What can be set, with the values that hold if nothing is said."""
    carried_out: bool = True
    """Whether the request takes effect all the same (a task is created and paid for)."""


ANSWER_FAULTS = (
    Fault("latency", ANSWER, "answers after that many real seconds", {"seconds": 2.0}),
    Fault(
        "no-answer",
        ANSWER,
        "carries the request out and never answers; hangs up after that many real seconds",
        {"seconds": 60.0},
    ),
    Fault("reset", ANSWER, "carries the request out, then resets the connection"),
    Fault("cut-body", ANSWER, "closes the connection half-way through the answer"),
    Fault("cut-json", ANSWER, "answers half of the JSON, complete as far as HTTP can tell"),
    Fault("bad-json", ANSWER, "answers something that is no JSON, declared as JSON"),
    Fault("wrong-json", ANSWER, "answers JSON that is no envelope: a list"),
    Fault("bad-utf8", ANSWER, "answers bytes that are no UTF-8, declared as JSON"),
    Fault("empty-body", ANSWER, "answers HTTP 200 with nothing in it"),
    Fault("null-data", ANSWER, "answers code 200 with `data: null`"),
    Fault("html", ANSWER, "answers a proxy's HTML page instead", {"status": 502}),
    Fault(
        "redirect",
        ANSWER,
        "redirects to another origin, without carrying the request out",
        {"status": 307, "to": "http://localhost:9/elsewhere"},
        carried_out=False,
    ),
)
TASK_FAULTS = (
    Fault("stuck", TASK, "the task stays in that state for ever", {"state": protocol.GENERATING}),
    Fault(
        "fail",
        TASK,
        "the task ends in `fail`",
        {
            "code": str(Code.INVALID),
            "message": "Invalid prompt: prompt contains prohibited content",
        },
    ),
    Fault(
        "unknown-state",
        TASK,
        "the task goes into a state nobody documented, and stays there",
        {"state": "archived"},
    ),
    Fault("out-of-order", TASK, "the task falls back to `waiting` before it succeeds"),
    Fault("vanish", TASK, "the task is unknown after that many seconds", {"seconds": 4.0}),
    Fault("late-record", TASK, "the task is unknown for that many seconds", {"seconds": 3.0}),
    Fault("slow-task", TASK, "generating takes that many seconds more", {"seconds": 120.0}),
    Fault("picture-count", TASK, "the task succeeds with that many pictures", {"count": 0}),
    Fault("broken-result", TASK, "the task succeeds and its resultJson cannot be read"),
)
DOWNLOAD_FAULTS = (
    Fault(
        "slow-download",
        DOWNLOAD,
        "sends a picture bit by bit over that many real seconds",
        {"seconds": 5.0},
    ),
    Fault("cut-download", DOWNLOAD, "closes the connection half-way through a picture"),
    Fault("gone", DOWNLOAD, "says that the picture has expired", {"status": 404}),
    Fault("not-a-picture", DOWNLOAD, "sends an HTML page under a picture's URL"),
)
CALLBACK_FAULTS = (
    Fault("duplicate-callback", CALLBACK, "sends the callback again", {"copies": 1}),
    Fault("late-callback", CALLBACK, "sends it that many seconds late", {"seconds": 30.0}),
    Fault("lost-callback", CALLBACK, "never sends the callback"),
    Fault("forged-callback", CALLBACK, "signs the callback with a wrong key"),
)


def _code_faults() -> Iterator[Fault]:
    """One for each code but 200 in the documents, and the two that newer pages or prose name."""
    page = document(DEFAULT_GATEWAY, "contract")
    schema = page["components"]["schemas"]["ApiResponse"]["properties"][protocol.CODE]
    said: dict[int, str] = {
        Code.TIMED_OUT: "Upstream is currently experiencing service issues",
        Code.QUOTA_USED_UP: "Request Limit - Sub-key Usage Exceeds Limit",
    }
    for code, text in re.findall(r"\*\*(\d+)\*\*: (.+)", schema["description"]):
        said[int(code)] = text
    codes = {*schema.get("enum", ()), *said}
    for code in sorted(codes - {Code.OK}):
        yield Fault(
            f"code-{code}",
            ANSWER,
            f"refuses with code {code}",
            {"message": said.get(code, "error"), "status": 0},
            carried_out=False,
        )


_ALL = (*ANSWER_FAULTS, *_code_faults(), *TASK_FAULTS, *DOWNLOAD_FAULTS, *CALLBACK_FAULTS)
FAULTS: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in _ALL})
"""`status` of a code fault: the HTTP status, 0 for the profile's own way (200, or the code)."""
