"""A check that had nothing to look at is skipped and says why: its silence is no praise."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.conftest import Hold
from imagen4.contract.checks import CHECKS
from imagen4.contract.command import command
from imagen4.contract.reports import make_report
from imagen4.contract.run import RunOutcome
from imagen4.sandbox import Sandbox
from sharpening.clock import Clock
from sharpening.reference import STYLES, Reference

NEEDS_AN_END = {"ends", "some-succeed", "cost-time", "result-readable", "result-own", "final"}
OF_ANY_ANSWER = {"answered", "in-time", "no-redirect", "no-echo", "content-type", "strict-json"}
OF_ANY_ANSWER |= {"proxy", "schema", "one-verdict", "words", "key-opens"}


def _skipped(outcome: RunOutcome) -> dict[str, str]:
    return {each.check: each.reason for each in outcome.skipped}


@pytest.mark.parametrize("style", STYLES)
def test_every_check_has_something_to_look_at_on_a_conforming_server(
    style: str, clock: Clock, hold: Hold
) -> None:
    """But for what nobody promises to show, which is not held against it."""
    outcome = hold(Reference("kie", style, clock), strict=True)
    assert set(_skipped(outcome)) == ({"no-way-back"} if style == "observed" else set())
    assert outcome.exit_code == 0


def test_where_no_task_ends_nothing_about_ends_is_passed(clock: Clock, hold: Hold) -> None:
    """Each says what was not there, and the last line how many; --strict makes that no verdict.

    Two minutes may be too short for a server that is slow with all of them: nothing is broken.
    """
    server = Reference("kie", "observed", clock)
    server.generating = 10_000.0
    outcome = hold(server)
    assert outcome.sorted.violations == []
    skipped = _skipped(outcome)
    assert skipped.keys() >= NEEDS_AN_END
    assert skipped["result-readable"] == "no task was seen to succeed"
    assert skipped["cost-time"] == "no record of an ended task with costTime was read"
    last, asleep = make_report(outcome).last_line, len(outcome.asleep)
    assert last.startswith("conforms as far as seen: ")
    assert f"{asleep} of {len(CHECKS)} checks had nothing to look at" in last
    strict = replace(outcome, options=replace(outcome.options, strict=True))
    last = make_report(strict).last_line
    assert (outcome.exit_code, strict.exit_code) == (0, 2)
    assert last.startswith("not all seen: nothing to look at for ")
    assert all(name in last for name in NEEDS_AN_END)


def test_a_refused_key_skips_nearly_everything_in_every_report(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Three refusals say nothing of what was not asked; each report gives that reason."""
    files = {name: tmp_path / name for name in ("json", "junit", "markdown")}
    written = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    arguments = ["kie", "--base-url", sandbox.url("kie"), "--api-key", "another-key", *written]
    result = CliRunner().invoke(command, arguments)
    made = json.loads(files["json"].read_text(encoding="utf-8"))
    skipped = {each["check"]: each["reason"] for each in made["skipped"]}
    assert set(skipped) == set(CHECKS) - OF_ANY_ANSWER
    assert set(skipped.values()) == {"the key was refused"}
    cases = ET.parse(files["junit"]).getroot()[0].findall("testcase[skipped]")  # noqa: S314  # written by ourselves
    assert {case.attrib["classname"].rpartition(".")[2] for case in cases} == set(skipped)
    assert {case[0].get("message") for case in cases} == {"the key was refused"}
    for text in (result.output, files["markdown"].read_text(encoding="utf-8")):
        assert f"the key was refused: {', '.join(skipped)}" in text
    assert result.exit_code == 1
