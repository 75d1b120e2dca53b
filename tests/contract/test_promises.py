"""A finding is worth what its sentence and its place in the document are worth."""

from functools import cache

import pytest

from contract.conftest import FEW, Hold
from imagen4.contract.checks import CHECKS
from imagen4.contract.document import load_document
from imagen4.contract.reports import Report, make_report, render_text
from imagen4.contract.reports.broken import Broken
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.defect import Defect, recording_when, sending
from sharpening.measure import Setting, meet
from sharpening.reference import STYLES, Outgoing, Reference

DEFECTS = {defect.name: defect for defect in CATALOGUE}


@pytest.mark.parametrize("gateway", ["kie", "apikley"])
@pytest.mark.parametrize("name", CHECKS)
def test_every_promise_stands_in_the_document(name: str, gateway: str) -> None:
    """Each check's pointer leads somewhere in both contract documents."""
    assert load_document(gateway).at(CHECKS[name].pointer) is not None


@pytest.mark.parametrize("name", CHECKS)
def test_every_promise_is_a_sentence(name: str) -> None:
    """It says what should be so, in words, not what the check does."""
    promise = CHECKS[name].promise
    assert promise[0].isupper() or promise.startswith(
        ("`", "costTime", "completeTime", "updateTime")
    )
    assert promise.endswith(".")
    assert "check" not in promise.lower()


NAMED = {
    "prompt-of-any-length": "A create whose prompt is too long is refused.",
    "ratio-may-be-any-text": (
        "A create whose aspect_ratio is not in the document's list is refused."
    ),
    "model-unchecked": "A create whose model is not in the document's list is refused.",
    "seed-may-be-a-number": "A create whose seed is of another type is refused.",
    "prompt-missing": "A create without what is required in its input is refused.",
    "id-missing": "Answers have `data.taskId`.",
    "success-in-capitals": "`data.state` is one of the documented values.",
    "any-key-passes": "A missing, empty, wrong or foreign key is refused by recordInfo.",
    "result-one-more": "A success holds as many pictures as were asked for.",
    "complete-time-0-on-success": "Times are Unix times in milliseconds.",
    "fail-code-200": "A failed task says why: failCode and failMsg.",
    "fail-code-0": "A failed task says why: failCode and failMsg.",
    "fail-message-success": "A failed task says why: failCode and failMsg.",
    "gone-when-ended": "A task that was found stays found.",
}
# Defects of one server that leave each other to be seen: a run takes longer than to look at it.
ONE_SERVER = [
    [name for name in NAMED if name.startswith(("prompt", "ratio", "model", "seed", "gone"))],
    ["any-key-passes", "result-one-more", "fail-code-200"],
    ["complete-time-0-on-success", "fail-code-0"],
    ["fail-message-success"],
    ["id-missing"],
    ["success-in-capitals"],
]


NEED_ALL = {*ONE_SERVER[0], "any-key-passes", "bad-parameter-is-401"}


@cache
def report(gateway: str, style: str, *names: str) -> Report:
    """What the suite says of a server with these defects, run once."""

    def apply(server: Reference) -> None:
        for name in names:
            DEFECTS[name].apply(server)

    creates = None if {*names} & NEED_ALL else FEW
    setting = Setting(gateway, style, creates=creates)
    return make_report(meet(setting, Defect(", ".join(names), "several", apply)))


@pytest.mark.parametrize("names", ONE_SERVER, ids=",".join)
def test_a_broken_server_is_told_which_promise_it_broke(names: list[str]) -> None:
    """The report has each promise once, a pointer into the document and a curl that shows it."""
    made = report("kie", "observed", *names)
    for promise in map(NAMED.__getitem__, names):
        (broken,) = [each for each in _told(made) if each.promise == promise]
        load_document("kie").at(broken.pointer)
        assert broken.commands[-1].startswith("curl -sS")
        assert render_text(made).count(f": {promise}\n") == 1
    assert made.last_line.startswith("violated: kie broke: ")


def _told(made: Report) -> list[Broken]:
    """The causes, each before what follows from it."""
    return [each for cause in made.broken for each in (cause, *cause.consequences)]


def test_every_named_defect_is_met() -> None:
    """The servers above have them all between them."""
    assert sorted(name for names in ONE_SERVER for name in names) == sorted(NAMED)


def test_one_of_many_is_told_as_one_of_many() -> None:
    """An example stands for its group, and the group is counted."""
    made = report("kie", "observed", *ONE_SERVER[0])
    (broken,) = [each for each in made.broken if each.promise == NAMED["prompt-of-any-length"]]
    more = broken.times - 1
    assert more > 1
    assert f"{broken.seen} (and for {more} more requests)\n" in render_text(made)


@pytest.mark.parametrize("name", ["bad-parameter-is-401", "unknown-task-is-401"])
def test_a_401_for_another_reason_puts_no_blame_on_the_key(name: str) -> None:
    """The key opens valid requests: nobody is asked whether it is the right one."""
    made = report("kie", "observed", name)
    assert [each.check for each in made.broken] == ["key-blamed"]
    assert "right one" not in render_text(made)
    assert made.broken[0].seen.endswith(", with a good key")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://staging.invalid"])
def test_a_key_that_opens_nothing_is_asked_about(url: str, clock: Clock, hold: Hold) -> None:
    """Also where nothing valid could be sent, for want of a budget."""
    server = Reference("kie", "observed", clock)
    DEFECTS["right-key-refused"].apply(server)
    made = make_report(hold(server, url, max_paid=0))
    assert [each.check for each in made.broken] == ["key-opens"]
    assert "(is it the right one?)" in render_text(made)


def test_each_operation_that_a_wrong_key_opens_is_named() -> None:
    """A paid operation that is open stands before one that only reads, and hides it not."""
    made = report("kie", "observed", *ONE_SERVER[1])
    operations = [each.operation for each in _told(made) if each.check == "other-keys"]
    assert operations == ["createTask, recordInfo", "createTask", "recordInfo"]


@pytest.mark.parametrize(
    "name", ["msg-missing", "type-html", "body-empty", "code-missing", "validation-off"]
)
def test_each_promise_has_one_line(name: str) -> None:
    """What breaks in both operations is told once, with both of them named."""
    made = make_report(meet(Setting("kie", "documented"), DEFECTS[name]))
    promises = [each.promise for each in made.broken]
    assert len(set(promises)) == len(promises)
    assert len(promises) == 1 or name == "validation-off"
    assert made.broken[0].operation == "createTask, recordInfo" or name == "validation-off"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("type-html", "createTask/post"),
        ("type-html-on-record", "recordInfo/get"),
        ("json-cut-off", "createTask/post"),
        ("slow-record", "recordInfo/get"),
    ],
)
def test_the_place_fits_the_operation_shown(name: str, place: str) -> None:
    """What is seen on recordInfo is promised there, not where createTask is described."""
    made = make_report(meet(Setting("apikley", "observed"), DEFECTS[name]))
    assert place in made.broken[0].pointer
    assert place.partition("/")[0] in made.broken[0].commands[-1]


def test_nan_is_one_finding() -> None:
    """It is no JSON; that it is no integer either says nothing new."""
    nan = Defect("nan", "record", recording_when(("success", "fail"), costTime=float("nan")))
    made = make_report(meet(Setting("kie", "documented", creates=FEW), nan))
    assert [each.check for each in made.broken] == ["strict-json"]


@pytest.mark.parametrize("style", STYLES)
def test_statuses_tell_the_style_where_no_code_can_be_read(style: str) -> None:
    """Refusals by real statuses without a body are not taken for the other style."""
    empty = sending(lambda outgoing, _: Outgoing(outgoing.status, b"", outgoing.headers))
    made = make_report(meet(Setting("kie", style, creates=FEW), Defect("empty", "answer", empty)))
    assert made.style == style


@pytest.mark.slow  # test_seen_or_skipped.py has a server that is only slow, in quick
@pytest.mark.parametrize(
    ("phase", "line"),
    [
        ("quick", "conforms as far as seen: "),
        ("full", "violated: kie broke: Every task ends in success or fail."),
    ],
)
def test_ends_that_did_not_come_are_named(phase: str, line: str) -> None:
    """Quick does not wait for ever, nor say more than it saw; full calls it broken."""
    made = make_report(meet(Setting("kie", "observed", phase), DEFECTS["never-ends"]))
    assert made.last_line.startswith(line)
    assert ("the end of 22 of 22 tasks" in made.last_line) == (phase == "quick")
    assert made.exit_code == int(phase == "full")


def test_a_slow_server_does_not_hold_up_quick() -> None:
    """Answers just within the bound: what there was no time for is counted and listed."""
    slow = Defect("slow", "wire", sending(_slow))
    made = make_report(meet(Setting("apikley", "documented"), slow))
    assert made.broken == ()
    assert made.seconds < 60
    assert made.last_line.startswith("conforms as far as seen: ")
    assert "(30 s of asking were over)" in made.last_line
    assert len(made.not_checked) > 50


def _slow(outgoing: Outgoing, _incoming: object) -> None:
    outgoing.delay = 1.4
