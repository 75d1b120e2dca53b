"""A false alarm is the fastest way to have a suite switched off."""

import pytest

from contract.conftest import Hold
from sharpening.clock import Clock
from sharpening.measure import Setting, meet
from sharpening.reference import STYLES, Reference

GATEWAYS = ("kie", "apikley")


@pytest.mark.parametrize(
    ("phase", "profile"), [("quick", "auto"), ("quick", "told"), ("full", "auto")]
)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_conforming_server_conforms(gateway: str, style: str, phase: str, profile: str) -> None:
    """No phase finds anything on a conforming server of either style, told or detected."""
    chosen = "auto" if profile == "auto" else style
    outcome = meet(Setting(gateway, style, phase, seed=7, profile=chosen))
    assert outcome.sorted.violations == []
    assert (outcome.exit_code, outcome.trace.style) == (0, style)


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(20))
def test_no_seed_brings_a_false_alarm(seed: int, style: str) -> None:
    """Whatever is generated in full, a conforming server stays green."""
    gateway = GATEWAYS[seed % 2]
    assert meet(Setting(gateway, style, "full", seed)).sorted.violations == []


def test_a_server_of_the_wrong_style_is_told_apart() -> None:
    """Real statuses from a server said to be `observed` are findings, and so the other way."""
    for style, told in (("documented", "observed"), ("observed", "documented")):
        found = meet(Setting("kie", style, profile=told)).sorted.violations
        assert {finding.check for finding in found} == {"one-verdict"}


OPEN = {
    "words under `message` on recordInfo": lambda record, envelope: {
        ("message" if key == "msg" else key): value for key, value in envelope.items()
    },
    "additions a tolerant reader accepts": lambda record, envelope: (
        envelope | {"data": record | {"creditsConsumed": 8.0, "successFlag": 1, "response": {}}}
    ),
    "optional fields absent": lambda record, envelope: (
        envelope
        | {"data": {key: record[key] for key in ("taskId", "state", "resultJson")} | _why(record)}
    ),
    "optional fields null": lambda record, envelope: (
        envelope
        | {"data": record | dict.fromkeys(("costTime", "completeTime", "updateTime", "progress"))}
    ),
}


def _why(record: dict[str, object]) -> dict[str, object]:
    """A failure says why: there the two fields are not optional."""
    failed = record["state"] == "fail"
    return {name: record[name] for name in ("failCode", "failMsg")} if failed else {}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", OPEN)
def test_what_the_facts_leave_open_is_no_finding(
    name: str, style: str, clock: Clock, hold: Hold
) -> None:
    """Neither spelling of the words, nor additions, nor missing optional fields are judged."""
    server = Reference("apikley", style, clock)
    plain = server.carry_out

    def carry_out(incoming: object) -> tuple[int, dict[str, object]]:
        status, envelope = plain(incoming)  # type: ignore[arg-type]  # passed on as it came
        data = envelope.get("data")
        changed = isinstance(data, dict) and "state" in data
        return status, OPEN[name](data, envelope) if changed else envelope

    server.carry_out = carry_out  # type: ignore[assignment,method-assign]  # one changed decision
    assert hold(server).sorted.violations == []


@pytest.mark.parametrize("new_id", ["7", "a/b?c&d=é", "x" * 300, "0", "{}"])
def test_ids_of_any_shape_are_fine(new_id: str, clock: Clock, hold: Hold) -> None:
    """An id is whatever the server says, also where a URL would have to escape it."""
    server = Reference("kie", "observed", clock)
    server.new_id = lambda: f"{new_id}{len(server.tasks)}"  # type: ignore[method-assign]
    assert hold(server).sorted.violations == []
