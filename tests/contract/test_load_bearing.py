"""A check or overlay action that catches nothing by itself is dead weight, and looks like cover."""

import pytest
from ruamel.yaml import YAML

import overlays
import regenerate
from imagen4.contract.checks import CHECKS, findings
from imagen4.contract.deviations import sort_findings
from imagen4.contract.document import Document
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

DEFECTS = {defect.name: defect for defect in CATALOGUE}

# Check → a defect that only this check sees, and the setting where that is so.
ALONE = {
    "key-opens": ("right-key-refused", "kie", "observed"),
    "key-blamed": ("unknown-task-is-401", "kie", "observed"),
    "other-keys": ("no-key-needed-to-create", "kie", "observed"),
    "key-reason": ("refused-with-404", "kie", "observed"),
    "content-type": ("type-html", "kie", "documented"),
    "strict-json": ("json-with-nan", "kie", "observed"),
    "schema": ("msg-missing", "kie", "documented"),
    "words": ("msg-empty-in-refusals", "kie", "observed"),
    "one-verdict": ("status-200-for-refusals", "kie", "documented"),
    "ends": ("never-ends", "kie", "observed"),
    "kinds-succeed": ("ratio-3-to-4-fails", "kie", "observed"),
    "some-succeed": ("every-task-fails", "apikley", "observed"),
    "same-task": ("task-id-of-another", "kie", "documented"),
    "same-model": ("model-of-another", "kie", "observed"),
    "param": ("param-not-json", "kie", "observed"),
    "failure-reason": ("fail-code-missing", "kie", "observed"),
    "no-failure": ("success-with-fail-message", "kie", "documented"),
    "allowed": ("prompt-limit-off-by-one-down", "kie", "observed"),
    "forbidden": ("prompt-up-to-10000", "apikley", "documented"),
    "reason": ("bad-parameter-is-404", "kie", "observed"),
    "only-post": ("create-by-any-method", "kie", "observed"),
    "no-task-id": ("no-id-is-the-last", "kie", "observed"),
    "result-readable": ("result-not-json", "kie", "observed"),
    "result-count": ("result-always-one", "apikley", "observed"),
    "result-distinct": ("result-all-the-same", "apikley", "documented"),
    "result-own": ("result-of-all-tasks-the-same", "kie", "observed"),
    "result-last": ("result-before-success", "kie", "observed"),
    "forward": ("goes-back-while-generating", "kie", "observed"),
    "no-way-back": ("progress-goes-back", "kie", "observed"),
    "lasting": ("param-changes", "kie", "observed"),
    "final": ("result-new-at-every-poll", "kie", "observed"),
    "own-id": ("id-by-request", "kie", "observed"),
    "known-at-once": ("id-of-another-task", "kie", "observed"),
    "stays-known": ("gone-when-ended", "kie", "documented"),
    "reads": ("reading-fails-now-and-then", "kie", "observed"),
    "no-others": ("record-names-other-tasks", "kie", "observed"),
    "unknown-task": ("tasks-by-prefix", "kie", "observed"),
    "milliseconds": ("create-time-in-seconds", "kie", "observed"),
    "times-in-order": ("complete-time-an-hour-off", "kie", "observed"),
    "not-ahead": ("update-time-a-day-ahead", "kie", "observed"),
    "this-time": ("times-a-year-behind", "kie", "observed"),
    "utc": ("times-8-hours-ahead", "kie", "documented"),
    "created-in-order": ("create-times-shuffled", "kie", "observed"),
    "completed": ("complete-time-while-running", "kie", "observed"),
    "cost-time": ("cost-time-negative", "kie", "documented"),
    "answered": ("hangs-on-create", "kie", "observed"),
    "proxy": ("html-502-now-and-then", "kie", "observed"),
    "in-time": ("slow-create", "kie", "observed"),
    "no-redirect": ("redirects-create-302", "kie", "observed"),
    "no-echo": ("key-in-refusals", "kie", "observed"),
}

# Overlay action, by its place → a defect that passes without it.
WITHOUT_ACTION = {
    0: ("msg-missing-on-record", "observed"),
    1: ("message-a-number-on-record", "observed"),
    2: ("id-missing", "observed"),
    3: ("refusal-with-an-id", "documented"),
    4: ("state-missing", "observed"),
    5: ("msg-missing-for-unknown-tasks", "observed"),
    6: ("id-of-another-task", "observed"),
    7: ("slow-create", "observed"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_without_this_check_a_defect_passes(name: str) -> None:
    """Each check is the only one to see some defect; without it the run would be green."""
    defect, gateway, style = ALONE[name]
    phase = "full" if DEFECTS[defect].full_only else "quick"
    outcome = meet(Setting(gateway, style, phase), DEFECTS[defect])
    assert outcome.sorted.violations
    assert CHECKS[name].of.is_in(outcome.trace)
    left = sort_findings(outcome.trace, findings(outcome.trace, without=[name]))
    assert left.violations == []


def _document(leave_out: int | None = None) -> Document:
    folder = regenerate.SPECS / "overlays"
    page = YAML(typ="safe", pure=True).load(regenerate.SPECS / "kie.yaml")
    document = overlays.apply(page, overlays.load(folder / "operations.yaml"))
    actions = overlays.load(folder / "contract.yaml")
    kept = [action for number, action in enumerate(actions) if number != leave_out]
    return Document(overlays.apply(document, kept))


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", range(len(overlays.load(regenerate.SPECS / "overlays" / "contract.yaml")))
)
def test_without_this_overlay_action_a_defect_passes(number: int) -> None:
    """Each action of the contract overlay makes some defect visible that is not without it."""
    name, style = WITHOUT_ACTION[number]
    setting = Setting("kie", style)
    assert meet(setting, DEFECTS[name], _document()).exit_code == 1
    assert meet(setting, DEFECTS[name], _document(leave_out=number)).exit_code == 0


def test_the_catalogue_is_broad() -> None:
    """At least eighty defects, each named once, in all the areas."""
    assert len(DEFECTS) == len(CATALOGUE) >= 80
    areas = {defect.area for defect in CATALOGUE}
    assert areas == {"request", "answer", "http", "key", "record", "state", "wire", "habit"}
