"""What is accepted for a while does not fail CI; what is new, or has expired, does."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imagen4.contract.baseline import Baseline, read_baseline
from imagen4.contract.command import command
from imagen4.contract.reports import RENDERERS, Report, make_report, render_text
from imagen4.contract.run import RunOutcome
from imagen4.contract.server import CouldNotRunError
from imagen4.sandbox import Sandbox
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

DEFECTS = {each.name: each for each in CATALOGUE}
TODAY = date(2026, 11, 30)
EMPTY = Baseline("kie", "google/imagen4", "quick", TODAY)


def _outcome(name: str, seed: int = 0) -> RunOutcome:
    return meet(Setting("kie", "observed", seed=seed), DEFECTS[name])


def _accepting(report: Report) -> Baseline:
    return EMPTY.updated([each.identity for each in report.broken])


@pytest.fixture(scope="module")
def broken() -> RunOutcome:
    """What a server does that takes a prompt of any length."""
    return _outcome("prompt-of-any-length")


@pytest.fixture(scope="module")
def baseline(broken: RunOutcome) -> Baseline:
    """With just that accepted, on the day before its last."""
    return replace(_accepting(make_report(broken)), today=date(2026, 12, 29))


def test_what_is_accepted_breaks_nothing(broken: RunOutcome, baseline: Baseline) -> None:
    """Whatever the seed; every form says that it is accepted, until when and why."""
    for outcome in (broken, _outcome("prompt-of-any-length", seed=7)):
        report = make_report(outcome, baseline)
        assert (report.exit_code, report.broken, len(report.accepted)) == (0, (), 1)
        assert report.last_line.startswith("conforms")
    told = "accepted until 2026-12-30: not looked into yet"
    forms = [render_text(report), *(RENDERERS[name](report) for name in ("junit", "json", "sarif"))]
    assert all(told in form for form in forms)
    assert told.replace(":", "") in RENDERERS["markdown"](report).replace(":", "")


def test_what_is_new_fails(baseline: Baseline) -> None:
    """Another promise is not what was accepted."""
    report = make_report(_outcome("ratio-may-be-any-text"), baseline)
    assert report.exit_code == 1
    assert [each.accepted for each in report.broken] == [""]


@pytest.fixture(scope="module")
def conforming() -> RunOutcome:
    return meet(Setting("kie", "observed"))


def test_what_has_gone_is_said(conforming: RunOutcome, baseline: Baseline) -> None:
    """Nothing fails for it; somebody may take it out of the file."""
    report = make_report(conforming, baseline)
    line = "A create whose prompt is too long is refused. (not looked into yet)"
    assert (report.exit_code, report.no_longer) == (0, (line,))
    assert line in render_text(report)
    assert replace(baseline, phase="full").updated([]).entries == ()


def test_only_a_full_run_says_that_what_full_found_has_gone(
    conforming: RunOutcome, baseline: Baseline
) -> None:
    """quick does not try what it found."""
    found_in_full = tuple(replace(each, phase="full") for each in baseline.entries)
    full = replace(baseline, entries=found_in_full)
    assert make_report(conforming, full).no_longer == ()
    assert full.updated([]).entries == found_in_full


def test_what_has_expired_fails_until_it_is_renewed(broken: RunOutcome, baseline: Baseline) -> None:
    """The last day is the day named; the reason is kept."""
    assert make_report(broken, replace(baseline, today=date(2026, 12, 30))).exit_code == 0
    late = replace(baseline, today=date(2026, 12, 31))
    report = make_report(broken, late)
    assert report.exit_code == 1
    assert "expired: accepted until 2026-12-30: not looked into yet" in render_text(report)
    explained = tuple(replace(each, reason="told them") for each in late.entries)
    renewed = replace(late, entries=explained).updated([each.identity for each in report.broken])
    assert [(each.reason, each.expires) for each in renewed.entries] == [
        ("told them", date(2027, 1, 30))
    ]


def test_the_file_is_read_as_it_was_written(baseline: Baseline, tmp_path: Path) -> None:
    """Whatever stands in a reason; entries for another model are left as they are."""
    (entry,) = baseline.entries
    odd = replace(entry, reason='"""\n\x7f\\ é 🦊 \t= # [[accepted]]')
    other = replace(entry, model="nano-banana-2")
    path = tmp_path / "accepted.toml"
    path.write_text(replace(baseline, entries=(odd,), others=(other,)).as_toml(), encoding="utf-8")
    assert len(tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]) == 2
    assert read_baseline(path, EMPTY) == replace(EMPTY, entries=(odd,), others=(other,))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reason = ", "why = ", "missing or unknown in an entry: reason, why"),
        ('"not looked into yet"', '" "', "without a reason: A create whose prompt"),
        ("2026-12-30", '"2026-12-30"', "expires is a day without quotes: 2027-01-31"),
        ('"quick"', '"slow"', "a phase is one of quick, full"),
        ("[[accepted]]", "[[accepted", "(at line"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_one_line(
    baseline: Baseline, tmp_path: Path, old: str, new: str, said: str
) -> None:
    """Before anything is sent."""
    path = tmp_path / "accepted.toml"
    path.write_text(baseline.as_toml().replace(old, new), encoding="utf-8")
    with pytest.raises(CouldNotRunError) as raised:
        read_baseline(path, EMPTY)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def _run(url: str, *options: str) -> Result:
    runner = CliRunner(env={"KIE_API_KEY": ""})
    return runner.invoke(command, ["kie", "--base-url", url, *options])


def test_the_command_accepts_and_then_conforms(tmp_path: Path) -> None:
    """Over real HTTP: --update-baseline writes the file that the next run goes by."""
    path = str(tmp_path / "accepted.toml")
    with Sandbox(speed=1000, limits=False) as sandbox:
        sandbox.fault("picture-count", share=1.0, count=0)
        url = sandbox.url("kie")
        missing = _run(url, "--baseline", path)
        assert (missing.exit_code, sandbox.requests) == (2, [])
        assert missing.output.startswith(f"could not run: the baseline {path}: ")
        assert _run(url, "--baseline", path, "--update-baseline").exit_code == 0
        assert _run(url, "--baseline", path, "--seed", "3").exit_code == 0
