"""What one decision of a server breaks is one finding, whatever the number of promises."""

from collections.abc import Callable

import pytest

from contract.foreign import reported
from imagen4.contract.reports import make_report
from sharpening.catalogue import CATALOGUE
from sharpening.defect import around, recording
from sharpening.measure import Setting, meet
from sharpening.reference import Incoming, Outgoing, Reference


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
        ("connection-one-answer-behind", "Answers do not depend on the connection.", 8),
        ("seed-has-to-be-a-number", "A create's seed is read in its documented type.", 2),
        ("record-of-the-last-task", "A record is that of the task asked for.", 2),
        ("times-swapped", "What a record says of the request does not change.", 1),
        ("record-needs-post", "recordInfo answers what is asked.", 4),
        ("status-404-with-record", "HTTP status and code do not contradict each other.", 6),
        ("unknown-task-is-501", "A refusal's code says why.", 2),
        (
            "ratio-with-any-numbers",
            "A create whose aspect_ratio the document forbids is refused.",
            2,
        ),
        ("fields-in-snake-case", "Answers have `data.taskId`.", 2),
        ("refusal-in-errors-list", "Answers have `code`.", 1),
        ("key-wears-out", "The account's key is accepted.", 2),
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


def _another_shape(server: Reference) -> None:
    around(server, "record", lambda original, task: {"task": original(task)})


def _listing(server: Reference) -> None:
    recording(lambda record, _: record | {"earlier": [*server.tasks][:-1]})(server)
    around(server, "new_id", lambda original: original() if len(server.tasks) < 9 else "f" * 32)


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (_crashing, "Answers are JSON that every reader understands alike."),
        (_another_shape, "Answers have `data.taskId`."),
        (_listing, "Every create gets an id of its own."),
    ],
)
def test_what_else_is_wrong_with_the_same_answers_stands_under_it(
    change: Callable[[Reference], None], promise: str
) -> None:
    """A page has no code and another type; names moved as one; ids mixed up are named as well."""
    (broken,) = reported(change).broken
    assert (broken.promise, bool(broken.consequences)) == (promise, True)
