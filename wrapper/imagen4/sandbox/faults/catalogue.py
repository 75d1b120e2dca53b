"""Every fault by name, what it does, and what can be set about it."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType

from attrs import field, frozen

from imagen4.facts.documents import document

Value = str | int | float | bool

API_OPERATIONS = ("createTask", "recordInfo", "credit", "download-url")


class Stage(Enum):
    """Where a fault strikes, and the operations that it can be limited to."""

    ANSWER = API_OPERATIONS
    TASK = ("createTask",)
    DOWNLOAD = ("file",)
    CALLBACK = ("callback",)


@frozen
class Fault:
    """One thing that can go wrong."""

    name: str
    stage: Stage
    says: str
    """What happens, in one line."""
    parameters: Mapping[str, Value] = field(factory=dict)
    """What can be set, with the values that hold if nothing is said."""
    carried_out: bool = True
    """Whether the request takes effect all the same (a task is created and paid for)."""


ANSWER_FAULTS = (
    Fault("latency", Stage.ANSWER, "answers after that many real seconds", {"seconds": 2.0}),
    Fault(
        "no-answer",
        Stage.ANSWER,
        "carries the request out and never answers; hangs up after that many real seconds",
        {"seconds": 60.0},
    ),
    Fault("reset", Stage.ANSWER, "carries the request out, then resets the connection"),
    Fault("cut-body", Stage.ANSWER, "closes the connection half-way through the answer"),
    Fault("cut-json", Stage.ANSWER, "answers half of the JSON, complete as far as HTTP can tell"),
    Fault("bad-json", Stage.ANSWER, "answers something that is no JSON, declared as JSON"),
    Fault("wrong-json", Stage.ANSWER, "answers JSON that is no envelope: a list"),
    Fault("bad-utf8", Stage.ANSWER, "answers bytes that are no UTF-8, declared as JSON"),
    Fault("empty-body", Stage.ANSWER, "answers HTTP 200 with nothing in it"),
    Fault("null-data", Stage.ANSWER, "answers code 200 with `data: null`"),
    Fault("html", Stage.ANSWER, "answers a proxy's HTML page instead", {"status": 502}),
    Fault(
        "redirect",
        Stage.ANSWER,
        "redirects to another origin, without carrying the request out",
        {"status": 307, "to": "http://localhost:9/elsewhere"},
        carried_out=False,
    ),
)
TASK_FAULTS = (
    Fault("stuck", Stage.TASK, "the task stays in that state for ever", {"state": "generating"}),
    Fault(
        "fail",
        Stage.TASK,
        "the task ends in `fail`",
        {"code": "422", "message": "Invalid prompt: prompt contains prohibited content"},
    ),
    Fault(
        "unknown-state",
        Stage.TASK,
        "the task goes into a state nobody documented, and stays there",
        {"state": "archived"},
    ),
    Fault("out-of-order", Stage.TASK, "the task falls back to `waiting` before it succeeds"),
    Fault("vanish", Stage.TASK, "the task is unknown after that many seconds", {"seconds": 4.0}),
    Fault("late-record", Stage.TASK, "the task is unknown for that many seconds", {"seconds": 3.0}),
    Fault("slow-task", Stage.TASK, "generating takes that many seconds more", {"seconds": 120.0}),
    Fault("picture-count", Stage.TASK, "the task succeeds with that many pictures", {"count": 0}),
    Fault("broken-result", Stage.TASK, "the task succeeds and its resultJson cannot be read"),
)
DOWNLOAD_FAULTS = (
    Fault(
        "slow-download",
        Stage.DOWNLOAD,
        "sends a picture bit by bit over that many real seconds",
        {"seconds": 5.0},
    ),
    Fault("cut-download", Stage.DOWNLOAD, "closes the connection half-way through a picture"),
    Fault("gone", Stage.DOWNLOAD, "says that the picture has expired", {"status": 404}),
    Fault("not-a-picture", Stage.DOWNLOAD, "sends an HTML page under a picture's URL"),
)
CALLBACK_FAULTS = (
    Fault("duplicate-callback", Stage.CALLBACK, "sends the callback again", {"copies": 1}),
    Fault("late-callback", Stage.CALLBACK, "sends it that many seconds late", {"seconds": 30.0}),
    Fault("lost-callback", Stage.CALLBACK, "never sends the callback"),
    Fault("forged-callback", Stage.CALLBACK, "signs the callback with a wrong key"),
)


def _code_faults() -> Iterator[Fault]:
    """One for each code but 200 in the documents, and the two that newer pages or prose name."""
    page = document("kie", "vendored")
    schema = page["components"]["schemas"]["ApiResponse"]["properties"]["code"]
    said = {
        408: "Upstream is currently experiencing service issues",
        433: "Request Limit - Sub-key Usage Exceeds Limit",
        **{
            int(code): text
            for code, text in re.findall(r"\*\*(\d+)\*\*: (.+)", schema["description"])
        },
    }
    codes = {*schema.get("enum", ()), *said}
    for code in sorted(codes - {200}):
        yield Fault(
            f"code-{code}",
            Stage.ANSWER,
            f"refuses with code {code}",
            {"message": said.get(code, "error"), "status": 0},
            carried_out=False,
        )


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            *ANSWER_FAULTS,
            *_code_faults(),
            *TASK_FAULTS,
            *DOWNLOAD_FAULTS,
            *CALLBACK_FAULTS,
        )
    }
)
"""`status` of a code fault: the HTTP status, 0 for the profile's own way (200, or the code)."""
