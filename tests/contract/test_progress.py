"""Whoever waits is told for how long, and how far it is; whoever reads a file is not."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagen4.contract.command import command
from imagen4.contract.progress import Progress
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.sandbox import Sandbox
from sharpening.clock import Clock
from sharpening.reference import KEYS, InProcess, Reference

TOLD = "About 230 requests take 5 to 20 s as a rule; "
TOLD += "then tasks are followed to their ends, 2 min at most."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _watched(stream: io.StringIO) -> str:
    """What a run of 150 s writes there."""
    clock = Clock()
    server = Reference("kie", "observed", clock)
    server.generating = 100.0
    progress = Progress(stream, clock.now)
    target = ServerUnderTest("kie", "http://127.0.0.1:9", KEYS["kie"])
    seams = Seams(InProcess(server), clock.now, clock.sleep, server.now)
    run_contract(RunOptions(target), seams, watch=progress)
    progress.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("options", "stderr"), [((), TOLD), (("--quiet",), ""), (("--json", "report.json"), "")]
)
def test_the_time_it_takes_is_said_before_anything_is_sent(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    stderr: str,
) -> None:
    """Beside the report, not in it; nothing where a file is made for a program."""
    monkeypatch.chdir(tmp_path)
    arguments = ["kie", "--base-url", sandbox.url("kie"), "--api-key", "another-key", *options]
    result = CliRunner().invoke(command, arguments)
    assert result.stderr.partition("\n")[0] == stderr
    assert result.stdout.startswith("kie, google/imagen4 at ")


def test_without_a_terminal_a_line_comes_now_and_then() -> None:
    """Whole lines, no more than one in ten seconds."""
    lines = _watched(io.StringIO()).splitlines()
    assert 5 <= len(lines) <= 15
    assert lines[0].startswith("10 s: ")
    assert lines[-1].endswith("of 20 tasks ended")


def test_a_terminal_has_one_line_and_is_left_as_it_was() -> None:
    """Each word replaces the last; the last is nothing."""
    text = _watched(Terminal())
    assert "\n" not in text
    assert text.startswith("\r\x1b[K")
    assert text.endswith(" of 20 tasks ended\r\x1b[K")
