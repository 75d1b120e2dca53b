"""What one decision of a server breaks is one finding, whatever the number of promises."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from contract.foreign import reported
from imagen4.contract.reports import make_report
from imagen4.facts.protocol import CREATE_PATH
from sharpening.catalogue import CATALOGUE
from sharpening.defect import (
    accepting_model,
    around,
    before_check,
    every,
    recording,
    sending,
    with_status,
)
from sharpening.measure import Setting, meet
from sharpening.reference import Incoming, Outgoing, Reference, RefusedError, Task


@pytest.mark.parametrize(
    ("name", "promise", "consequences"),
    [
        ("no-key-needed", "A missing, empty, wrong or foreign key is refused.", 3),
        ("refused-with-403", "`code` is one of the documented values.", 1),
        ("connection-reads-one-record", "Answers do not depend on the connection.", 4),
        ("input-unchecked", "A create whose input the document forbids is refused.", 9),
        ("callback-unchecked", "A create whose callBackUrl the document forbids is refused.", 2),
        ("long-text-cut-silently", "A create whose field is too long is refused.", 2),
        ("unknown-tasks-made-up", "Asking for a task that does not exist is refused.", 2),
        ("success-in-capitals", "`data.state` is one of the documented values.", 2),
        ("create-time-in-microseconds", "Times are Unix times in milliseconds.", 1),
        ("connection-one-answer-behind", "Answers do not depend on the connection.", 7),
        ("seed-has-to-be-a-number", "A create's seed is read in its documented type.", 2),
        ("record-of-the-last-task", "A record is that of the task asked for.", 2),
        ("times-swapped", "What a record says of the request does not change.", 1),
        ("record-needs-post", "recordInfo answers what is asked.", 4),
        ("status-404-with-record", "HTTP status and code do not contradict each other.", 4),
        ("unknown-task-is-501", "A refusal's code says why.", 2),
        (
            "ratio-with-any-numbers",
            "A create whose aspect_ratio the document forbids is refused.",
            2,
        ),
        ("fields-in-snake-case", "Answers have `data.taskId`.", 2),
        ("refusal-in-errors-list", "Answers have `code`.", 1),
        ("key-wears-out", "The account's key is accepted.", 1),
        ("update-time-goes-back", "updateTime and progress do not go back.", 1),
    ],
)
def test_what_one_decision_breaks_is_one_finding(
    name: str, promise: str, consequences: int
) -> None:
    """Keys nobody looks at, a code of one's own, an unread field, a rule nobody has, a unit."""
    defect = next(each for each in CATALOGUE if each.name == name)
    (broken,) = make_report(meet(Setting("kie", "observed"), defect)).broken
    assert (broken.promise, len(broken.consequences)) == (promise, consequences)


def _crashing(server: Reference) -> None:
    crash = Outgoing(400, b"<h1>Bad Request</h1>", {"content-type": "text/html"})

    def answer(original: object, incoming: Incoming) -> Outgoing:
        listed = incoming.content[:1] == b"["
        return crash if listed else original(incoming)  # type: ignore[operator]  # a method

    around(server, "answer", answer)


def _too_large(server: Reference) -> None:
    page = Outgoing(413, b"<h1>Request Entity Too Large</h1>", {"content-type": "text/html"})
    large = lambda original, given: page if len(given.content) > 8192 else original(given)  # noqa: E731
    around(server, "answer", large)


def _any_model(server: Reference) -> None:
    accepting_model(lambda _: True)(server)
    before_check(lambda body: {"model": "any"} | body if isinstance(body, dict) else body)(server)


def _another_shape(server: Reference) -> None:
    around(server, "record", lambda original, task: {"task": original(task)})


def _listing(server: Reference) -> None:
    recording(lambda record, _: record | {"earlier": [*server.tasks][:-1]})(server)
    around(server, "new_id", lambda original: original() if len(server.tasks) < 9 else "f" * 32)


def _ended_for_a_moment(server: Reference) -> None:
    """Some for so short that nobody sees it."""

    def state(original: object, task: Task) -> object:
        told = original(task)  # type: ignore[operator]  # a method
        moment = 0.0 if task.number % 4 == 0 else 0.2
        return "generating" if server.now() - task.created > 1.5 + moment else told

    around(server, "state", state)


def _get_creates(server: Reference) -> None:
    """Nothing new."""
    first = lambda _: {"taskId": next(iter(server.tasks))}  # noqa: E731
    around(server, "operations", lambda original: original() | {("GET", CREATE_PATH): first})


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (_ended_for_a_moment, "A task's state only moves forward."),
        (_get_creates, "Tasks are created by POST and by no other method."),
        (_crashing, "A refusal is an envelope."),
        (_too_large, "A refusal is an envelope."),
        (_any_model, "A create whose model the document forbids is refused."),
        (_another_shape, "Answers have `data.taskId`."),
        (_listing, "Every create gets an id of its own."),
    ],
)
def test_what_else_is_wrong_with_the_same_answers_stands_under_it(
    change: Callable[[Reference], None], promise: str
) -> None:
    """A page has no code and another type; a field that nobody reads may be missing, too."""
    (broken,) = reported(change).broken
    assert (broken.promise, bool(broken.consequences)) == (promise, True)


def test_a_create_that_is_answered_with_201_has_made_a_task() -> None:
    """That contradicts its code, which is the finding; all else about the task is seen."""
    created = with_status(lambda _status, _code: 201, path=CREATE_PATH, success=True)
    report = reported(created)
    (broken,) = report.broken
    assert broken.promise == "HTTP status and code do not contradict each other."
    assert (broken.consequences, report.not_checked, report.tasks > 20) == ((), (), True)


def _reading(change: Callable[[int, Any, Reference], Any]) -> Callable[[Reference], None]:
    """Each record as `change(number, record, server)` has it."""

    def apply(server: Reference) -> None:
        numbers = count(1)
        around(server, "record", lambda read, task: change(next(numbers), read(task), server))

    return apply


def _failing(number: int, record: Any, _server: Reference) -> Any:
    if number % 8 == 0:
        raise RefusedError(500, "Server exception, please try again later")
    return record


def _losing(number: int, record: Any, server: Reference) -> Any:
    if number % 3 == 0:
        raise server.unknown()
    return record


def _mixing(number: int, record: Any, server: Reference) -> Any:
    return record | {"taskId": next(iter(server.tasks))} if number % 7 == 0 else record


def _in_another_type(number: int, record: Any, _server: Reference) -> Any:
    return record | {"model": [record["model"]]} if number % 5 == 0 else record


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (_failing, "The record of a task that exists can be read."),
        (_losing, "A created task is found whenever it is asked for."),
        (_mixing, "A record is that of the task asked for."),
        (_in_another_type, "`data.model` is of the documented type."),
    ],
)
def test_a_record_that_is_wrong_now_and_then_is_one_finding(
    change: Callable[[int, Any, Reference], Any], promise: str
) -> None:
    """A failure is not told as a lost task, nor the right record as a change of the wrong one."""
    (broken,) = reported(_reading(change)).broken
    assert broken.promise == promise


def test_a_task_that_is_known_late_is_followed_to_its_end() -> None:
    """That it was not known at once is one finding; it says nothing of all that comes later."""
    defect = next(each for each in CATALOGUE if each.name == "known-after-a-second")
    report = make_report(meet(Setting("kie", "observed"), defect))
    (broken,) = report.broken
    assert broken.check == "known-at-once"
    assert {each.check for each in report.skipped if not each.optional} <= {"completed"}


def _status(code: int, said: bytes) -> Callable[[Reference], None]:
    kind = {"content-type": "application/json"}
    return every(20, sending(lambda _o, _i: Outgoing(code, said, {**kind})))


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (_status(500, b'{"code": 500, "msg": "Internal error"}'), "The gateway does not fail."),
        (
            _status(503, b'{"code": 503, "msg": "upstream"}'),
            "`code` is one of the documented values.",
        ),
        (_status(200, b'{"code": 408, "msg": "late"}'), "The gateway does not fail."),
        (_status(200, b'{"code": 433, "msg": "limit"}'), "The gateway does not fail."),
    ],
    ids=["500", "503", "408", "433"],
)
def test_a_failure_now_and_then_is_one_finding(
    change: Callable[[Reference], None], promise: str
) -> None:
    """Its status says nothing of the style in which all else is refused."""
    (broken,) = reported(change).broken
    assert broken.promise == promise


def test_an_operation_that_is_not_there_has_no_style() -> None:
    """Its status is the web server's, and no reason to want any from the other operation."""

    def lost(original: Any, given: Incoming) -> Outgoing:
        said = b'{"code": 404, "msg": "Not Found"}'
        here = given.path == CREATE_PATH
        answer: Outgoing = original(given)
        return answer if here else Outgoing(404, said, {"content-type": "application/json"})

    (broken,) = reported(lambda server: around(server, "answer", lost)).broken
    assert broken.promise == "recordInfo answers what is asked."
