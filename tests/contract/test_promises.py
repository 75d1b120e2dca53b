"""A finding is worth what its sentence and its place in the document are worth."""

import pytest

from imagen4.contract.checks import CHECKS
from imagen4.contract.document import load
from imagen4.contract.reports import report, text
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

DEFECTS = {defect.name: defect for defect in CATALOGUE}


@pytest.mark.parametrize("gateway", ["kie", "apikley"])
@pytest.mark.parametrize("name", CHECKS)
def test_every_promise_stands_in_the_document(name: str, gateway: str) -> None:
    """Each check's pointer leads somewhere in both contract documents."""
    assert load(gateway).at(CHECKS[name].pointer) is not None


@pytest.mark.parametrize("name", CHECKS)
def test_every_promise_is_a_sentence(name: str) -> None:
    """It says what should be so, in words, not what the check does."""
    promise = CHECKS[name].promise
    assert promise[0].isupper() or promise.startswith(
        ("`", "costTime", "completeTime", "updateTime")
    )
    assert promise.endswith(".")
    assert "check" not in promise.lower()


NAMED = [
    ("prompt-of-any-length", "A create that breaks maxLength of prompt is refused."),
    ("ratio-may-be-any-text", "A create that breaks enum of aspect_ratio is refused."),
    ("model-unchecked", "A create that breaks enum of model is refused."),
    ("seed-may-be-a-number", "A create that breaks type of seed is refused."),
    ("prompt-missing", "A create that breaks required of input is refused."),
    ("id-missing", "Answers have the documented shape (required of data)."),
    ("success-in-capitals", "Answers have the documented shape (enum of state)."),
    ("any-key-passes", "A missing, empty, wrong or foreign key is refused by recordInfo."),
    ("result-one-more", "A success holds as many pictures as were asked for."),
    ("gone-when-ended", "A task that was found stays found."),
]


@pytest.mark.parametrize(("name", "promise"), NAMED)
def test_a_broken_server_is_told_which_promise_it_broke(name: str, promise: str) -> None:
    """The report has the promise once, a pointer into the document and a curl that shows it."""
    made = report(meet(Setting("kie", "observed"), DEFECTS[name]))
    (broken,) = [each for each in made.broken if each.promise == promise]
    load("kie").at(broken.pointer)
    assert broken.curl.startswith("curl -sS")
    assert text(made).count(f": {promise}\n") == 1
    assert made.last_line.startswith("violated: kie broke: ")


def test_each_operation_that_a_wrong_key_opens_is_named() -> None:
    """A paid operation that is open is not hidden behind one that only reads."""
    made = report(meet(Setting("kie", "observed"), DEFECTS["any-key-passes"]))
    operations = [each.operation for each in made.broken if each.check == "other-keys"]
    assert sorted(operations) == ["createTask", "recordInfo"]
