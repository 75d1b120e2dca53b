"""Whoever waits is told for how long, and how far it is; whoever reads a file is not."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagen4.contract.command import command
from imagen4.contract.progress import Progress, estimate
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.contract.trace import Trace
from imagen4.sandbox import Sandbox
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.reference import KEYS, Reference

TOLD = "About 230 requests take 5 to 20 s as a rule, 30 s where no more than 20 creates in 10 s "
TOLD += "are taken; then tasks are followed to their ends, 2 min at most."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def written() -> tuple[str, str]:
    """What a run of 100 s writes into a file, and on a terminal."""
    clock, streams = Clock(), (io.StringIO(), Terminal())
    server = Reference("kie", "observed", clock)
    server.generating = 100.0
    watching = [Progress(stream, clock.now) for stream in streams]

    def watch(trace: Trace) -> None:
        for each in watching:
            each(trace)

    target = ServerUnderTest("kie", "http://127.0.0.1:9", KEYS["kie"])
    seams = Seams(InProcess(server), clock.now, clock.sleep, server.now)
    run_contract(RunOptions(target), seams, watch=watch)
    for each in watching:
        each.close()
    return streams[0].getvalue(), streams[1].getvalue()


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


@pytest.mark.parametrize(
    ("max_paid", "words"),
    [
        (0, "About 20 requests take less than a minute"),
        (1, "About 26 requests take less than a minute"),
        (1000, "About 230 requests take 1 to 4 min"),
    ],
)
def test_what_the_budget_leaves_out_is_not_counted_in(max_paid: int, words: str) -> None:
    """Of a run that may pay for one create, most requests are not sent."""
    target = ServerUnderTest("kie", "https://staging.invalid", KEYS["kie"])
    assert estimate(RunOptions(target, max_paid=max_paid)).startswith(words)


def test_without_a_terminal_a_line_comes_now_and_then(written: tuple[str, str]) -> None:
    """Whole lines, no more than one in ten seconds."""
    lines = written[0].splitlines()
    assert 5 <= len(lines) <= 12
    assert lines[0].startswith("10 s: ")
    assert lines[-1].endswith("tasks ended")


def test_a_terminal_has_one_line_and_is_left_as_it_was(written: tuple[str, str]) -> None:
    """Each word replaces the last; the last is nothing."""
    assert "\n" not in written[1]
    assert written[1].startswith("\r\x1b[K")
    assert written[1].endswith(" tasks ended\r\x1b[K")
