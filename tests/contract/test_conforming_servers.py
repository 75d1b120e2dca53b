"""A false alarm is the fastest way to have a suite switched off."""

from typing import Any

import pytest

from contract.conftest import BRIEFLY, Hold
from imagen4.contract.notes import notes
from sharpening.clock import Clock
from sharpening.defect import Apply, Defect, around, refusing_with, with_status
from sharpening.measure import Setting, meet
from sharpening.reference import STYLES, Reference, RefusedError, Task

GATEWAYS = ("kie", "apikley")


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("phase", "profile"),
    [
        ("quick", "auto"),
        pytest.param("quick", "told", marks=SLOW),
        pytest.param("full", "auto", marks=SLOW),
    ],
)
@pytest.mark.parametrize(
    ("gateway", "style"),
    [
        ("kie", "observed"),
        ("apikley", "documented"),
        pytest.param("kie", "documented", marks=SLOW),
        pytest.param("apikley", "observed", marks=SLOW),
    ],
)
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


def test_a_refusal_as_http_200_is_a_finding_where_real_statuses_were_told() -> None:
    """A server said to be `documented` has to put its verdict into the status, too."""
    found = meet(Setting("kie", "observed", profile="documented")).sorted.violations
    assert {finding.check for finding in found} == {"one-verdict"}


VARIANTS = {
    "real statuses for keys": ("observed", with_status(lambda s, c: c if c == 401 else s)),
    "500 for bad parameters": ("documented", refusing_with("bad_parameter", 500)),
    "the same picture for the same request": (
        "documented",
        lambda server: around(
            server,
            "urls",
            lambda original, task: [
                f"https://files.invalid/{hash(str(task.request)):x}/{number}.png"
                for number, _ in enumerate(original(task))
            ],
        ),
    ),
    "Content-Type ignored": (
        "observed",
        lambda server: around(server, "accepts_content_type", lambda _original, _given: True),
    ),
    "Content-Type ignored, and 400 for what is no JSON": (
        "observed",
        lambda server: (
            around(server, "accepts_content_type", lambda _original, _given: True),
            _refusing_for("JSON", 400)(server),
        ),
    ),
    "415 for what is sent as nothing": ("documented", lambda s: _refusing_for("Type", 415)(s)),
    "ids counted up": (
        "documented",
        lambda server: around(
            server, "new_id", lambda _: f"task_google_1765172350{len(server.tasks) + 1}"
        ),
    ),
    "an earlier picture for the same request, at that task's address": (
        "observed",
        lambda server: around(
            server, "urls", lambda original, task: original(_first(server, task))
        ),
    ),
}


def _refusing_for(word: str, code: int) -> Apply:
    """Frameworks have words of their own for what they refuse before a gateway is asked."""

    def refused(original: Any, message: str) -> Any:
        return RefusedError(code, message) if word in message else original(message)

    return lambda server: around(server, "bad_parameter", refused)


def _first(server: Reference, task: Task) -> Task:
    return next(each for each in server.tasks.values() if each.request == task.request)


MORE = (("quick", "apikley"), ("full", "kie"), ("full", "apikley"))


@pytest.mark.parametrize(
    ("phase", "gateway"),
    [
        ("quick", "kie"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in MORE),
    ],
)
@pytest.mark.parametrize("name", VARIANTS)
def test_other_ways_of_conforming_are_no_finding(name: str, gateway: str, phase: str) -> None:
    """A verdict told twice, the other known code, a lenient media type: nothing is broken.

    Valid JSON taken under another media type is worth a line, and no more.
    """
    style, apply = VARIANTS[name]
    variant = Defect(name, "variant", apply)
    outcome = meet(Setting(gateway, style, phase), variant)
    assert outcome.sorted.violations == []
    ignored = "left open by the document, accepted: JSON sent as text/plain"
    assert (ignored in notes(outcome.trace)) == name.startswith("Content-Type ignored")


def test_a_record_without_the_name_of_its_model_is_noted(clock: Clock, hold: Hold) -> None:
    """Empty where a name should be is left open, and worth a line."""
    server = Reference("kie", "observed", clock)
    record = server.record
    server.record = lambda task: record(task) | {"model": ""}  # type: ignore[method-assign]
    outcome = hold(server, **BRIEFLY)
    assert outcome.sorted.violations == []
    assert "recordInfo answers with an empty data.model" in notes(outcome.trace)


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


OPEN["completeTime 0 where there is no success"] = lambda record, envelope: (
    envelope | {"data": record | ({} if record["state"] == "success" else {"completeTime": 0})}
)


def _why(record: dict[str, object]) -> dict[str, object]:
    """A failure says why: there the two fields are not optional."""
    failed = record["state"] == "fail"
    return {name: record[name] for name in ("failCode", "failMsg")} if failed else {}


@pytest.mark.parametrize(
    ("name", "style"),
    [
        pytest.param(name, style, marks=[] if style == "observed" else SLOW)
        for name in OPEN
        for style in STYLES
    ],
)
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
    assert hold(server, **BRIEFLY).sorted.violations == []


def test_ids_of_any_shape_are_fine(clock: Clock, hold: Hold) -> None:
    """An id is whatever the server says, also where a URL would have to escape it."""
    server, shapes = Reference("kie", "observed", clock), ["7", "a/b?c&d=é", "x" * 300, "0", "{}"]

    def new_id() -> str:
        number = len(server.tasks)
        return f"{shapes[number % len(shapes)]}{number}"

    server.new_id = new_id  # type: ignore[method-assign]
    assert hold(server, **BRIEFLY).sorted.violations == []
    assert len(server.tasks) >= len(shapes)
