"""Ctrl-C ends a run without a verdict, and keeps what it has seen."""

import json
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagen4.contract.baseline import Baseline
from imagen4.contract.command import command
from imagen4.contract.conversation import Conversation
from imagen4.contract.reports import RENDERERS, make_report
from imagen4.contract.run import NoVerdictError
from sharpening.clock import Clock
from sharpening.defect import recording_when
from sharpening.measure import Setting, hold
from sharpening.reference import Incoming, Outgoing, Reference

PROMISE = "`data.state` is one of the documented values."


def test_an_interrupted_run_tells_what_it_saw_and_what_it_did_not() -> None:
    """What was broken until then, and what was not asked any more; nothing is sent after it."""
    server = Reference("kie", "observed", Clock())
    recording_when(("waiting",), state="pending")(server)
    answer, asked = server.answer, count(1)

    def interrupted(incoming: Incoming) -> Outgoing:
        if next(asked) == 30:
            raise KeyboardInterrupt
        return answer(incoming)

    server.answer = interrupted  # type: ignore[method-assign]
    with pytest.raises(NoVerdictError) as raised:
        hold(Setting("kie", "observed"), server)
    empty = Baseline("kie", "google/imagen4", "quick", date(2026, 11, 30))
    report = make_report(raised.value.outcome, empty)
    assert (report.exit_code, [each.promise for each in report.broken]) == (2, [PROMISE])
    assert report.last_line == (
        f"could not run: interrupted; requests sent: 29; until then kie broke: {PROMISE}"
    )
    assert next(asked) == 31
    assert "no prompt (the run was interrupted)" in report.not_checked
    assert {each.reason for each in report.skipped} == {"the run was interrupted"}
    assert 'errors="1"' in RENDERERS["junit"](report)


def test_a_second_interrupt_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made of what was seen, but the run still ends as one that was interrupted."""
    server = Reference("kie", "observed", Clock())
    steps = count(1)

    def impatient(_conversation: object) -> None:
        next(steps)
        raise KeyboardInterrupt

    for step in ("_look_ahead", "_find_what_is_at_fault", "_confirm_time_out"):
        monkeypatch.setattr(Conversation, step, impatient)
    with pytest.raises(NoVerdictError):
        hold(Setting("kie", "observed"), server)
    assert next(steps) == 3


def test_an_interrupted_command_writes_its_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, and in each file and on the last line that it was no whole run."""

    def interrupt(_conversation: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Conversation, "hold", interrupt)
    paths = {form: tmp_path / form for form in RENDERERS}
    written = [word for form, path in paths.items() for word in (f"--{form}", str(path))]
    where = ["kie", "--base-url", "http://127.0.0.1:9", "--api-key", "some-key-1"]
    result = CliRunner().invoke(command, [*where, *written])
    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == "could not run: interrupted; requests sent: 0"
    assert json.loads(paths["json"].read_text(encoding="utf-8"))["exit_code"] == 2
    assert all("interrupted" in paths[form].read_text("utf-8") for form in ("junit", "markdown"))
    assert all(path.stat().st_size for path in paths.values())
