"""A registered deviation must not become a blanket under which other defects hide."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract.conftest import BRIEFLY, FEW, Hold
from imagen4.contract.deviations import Deviation, registered
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.defect import Envelope, around
from sharpening.measure import Setting, meet
from sharpening.reference import Reference, RefusedError

DEFECTS = {defect.name: defect for defect in CATALOGUE}

# Defects one step beside a deviation: the same operation, field or code.
BESIDE = [
    ("bad-parameter-is-501", "observed"),
    pytest.param("bad-parameter-is-505", "documented", marks=pytest.mark.slow),
    ("unknown-task-is-500", "observed"),
    ("unknown-task-is-null", "observed"),
    ("cost-time-of-another", "observed"),
    ("cost-time-as-text", "observed"),
    ("fail-code-missing", "observed"),
    ("fail-code-a-number", "observed"),
    ("result-null", "observed"),
    ("task-id-null", "observed"),
    ("state-null", "observed"),
    ("create-always-500", "observed"),
    ("data-null-on-create", "observed"),
]


@pytest.mark.parametrize(("name", "style"), BESIDE)
def test_a_deviation_hides_no_defect_beside_it(name: str, style: str) -> None:
    """The known shape is excused; the next one to it is a violation."""
    creates = None if name.startswith("bad-parameter") else FEW
    assert meet(Setting("kie", style, creates=creates), DEFECTS[name]).exit_code == 1


def refusing(change: Callable[[Envelope], Envelope], clock: Clock) -> Reference:
    """A server whose refusals are told otherwise."""
    server = Reference("kie", "observed", clock)

    def refuse(plain: Any, refused: RefusedError) -> tuple[int, Envelope]:
        status, envelope = plain(refused)
        return status, change(envelope)

    around(server, "refuse", refuse)
    return server


@pytest.mark.parametrize(
    ("data", "checks"),
    [
        pytest.param({}, set(), marks=pytest.mark.slow),
        ({"errors": ["x"]}, set()),
        ({"taskId": "x"}, {"schema"}),
    ],
)
def test_a_known_500_may_have_details_but_no_task(
    data: object, checks: set[str], clock: Clock, hold: Hold
) -> None:
    """What is excused of a bad parameter is its code; an id with it is another defect."""
    server = refusing(lambda told: told | {"data": data} if told["code"] == 500 else told, clock)
    assert {finding.check for finding in hold(server).sorted.violations} == checks


NOTHING = {"null": {"data": None}, "empty": {"data": {}}, "absent": {}}


@pytest.mark.parametrize(
    "nothing", ["empty", "absent", pytest.param("null", marks=pytest.mark.slow)]
)
def test_no_data_is_no_data_however_it_is_spelled(nothing: str, clock: Clock, hold: Hold) -> None:
    """In a refusal null, an empty object and no `data` at all tell a reader the same."""
    plain = ("code", "msg")
    outcome = hold(refusing(lambda told: {n: told[n] for n in plain} | NOTHING[nothing], clock))
    assert outcome.sorted.violations == []
    assert {"bad-parameter-500", "unknown-task-422"} <= set(outcome.sorted.excused)


@pytest.mark.parametrize("data", [{"detail": "x"}, []])
def test_an_unknown_task_with_data_is_more_than_the_deviation(
    data: object, clock: Clock, hold: Hold
) -> None:
    """The recorded refusal has nothing in it; one that has is not the one that was recorded."""
    unknown = "recordInfo is null"
    server = refusing(lambda e: e | {"data": data} if e["msg"] == unknown else e, clock)
    assert "reason" in {finding.check for finding in hold(server, **BRIEFLY).sorted.violations}


def test_a_deviation_that_is_gone_is_named(clock: Clock, hold: Hold) -> None:
    """When the gateway does what its page says, the run says which deviation can be dropped."""
    server = Reference("kie", "observed", clock)
    server.unknown = lambda: RefusedError(404, "Task not found")  # type: ignore[method-assign]
    outcome = hold(server, **BRIEFLY)
    assert [each.id for each in outcome.sorted.gone] == ["unknown-task-422"]
    assert "unknown-task-422" not in outcome.sorted.excused


def test_a_deviation_that_could_not_show_is_not_called_gone(clock: Clock, hold: Hold) -> None:
    """Without a bad parameter sent, nothing is known of how bad parameters are refused."""
    outcome = hold(Reference("kie", "observed", clock), "https://staging.invalid", max_paid=0)
    assert "bad-parameter-500" not in {each.id for each in outcome.sorted.gone}


@pytest.mark.parametrize("deviation", registered(), ids=lambda each: each.id)
def test_every_deviation_is_narrow_and_has_its_evidence(deviation: Deviation) -> None:
    """Each names its checks, what was seen and how that is known, and a shape that is not empty."""
    assert deviation.evidence.partition(":")[0] in ("doc", "wire", "claim", "unknown")
    assert deviation.checks
    assert deviation.documented
    assert deviation.seen
    assert deviation.fields or deviation.codes
    assert all(json.loads(value) is None for value in deviation.values)
