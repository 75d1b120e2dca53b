"""The command is what a newcomer starts first: it must say where it is, and stop when told."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from imagen4.sandbox.command import command
from imagen4.sandbox.faults import FAULTS

ARGV = [sys.executable, "-m", "imagen4", "sandbox"]


@pytest.fixture
def server() -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """A running command with a fault armed, and the addresses it printed."""
    argv = [*ARGV, "--port", "0", "--fault", "code-455:gateway=kie,times=1", "--speed", "100"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        assert run.stdout is not None
        lines = [run.stdout.readline().split() for _ in range(4)]
        assert lines[1][-3:] == ["webhook", "key", "sandbox-webhook-key"]
        try:
            yield run, {words[0]: words[1] for words in lines[:3]}
        finally:
            run.kill()


def test_it_serves_until_ctrl_c(server: tuple["subprocess.Popen[str]", dict[str, str]]) -> None:
    """Prints addresses, strikes with its faults, logs a line a request, and ends in good order."""
    run, urls = server
    headers = {"authorization": "Bearer sandbox-kie-key"}
    url = f"{urls['kie']}/api/v1/chat/credit"
    codes = [
        httpx.get(f"{url}?key=sandbox-kie-key", headers=headers).json()["code"] for _ in range(2)
    ]
    assert httpx.get(urls["page"]).status_code == 200
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 0
    assert codes == [455, 200]
    assert "kie credit" in said
    assert "code 455" in said
    assert "sandbox-kie-key" not in said
    assert said.rstrip().endswith("stopped")
    assert "Traceback" not in said


@pytest.mark.parametrize("aside", ["said", "/dev/full"])
def test_a_program_reads_one_line_of_json(tmp_path: Path, aside: str) -> None:
    """Addresses and keys on standard output; what people read is beside it, if anybody does."""
    said = tmp_path / aside  # an absolute path stays as it is
    argv = [*ARGV, "--port", "0", "--json", "--webhook-key", "a key of ours"]
    with said.open("w") as err, subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=err) as run:
        assert run.stdout is not None
        try:
            told = json.loads(run.stdout.readline())
            for each in told["gateways"].values():
                headers = {"authorization": f"Bearer {each['key']}"}
                answer = httpx.get(f"{each['url']}/api/v1/chat/credit", headers=headers)
                assert answer.json()["code"] == 200
            assert httpx.get(told["page"]).status_code == 200
            run.send_signal(signal.SIGINT)
            rest, _ = run.communicate(timeout=60)
        finally:
            run.kill()
    keys = {name: each["webhook_key"] for name, each in told["gateways"].items()}
    assert keys == {"kie": "a key of ours", "apikley": None}
    assert (run.returncode, rest) == (0, b"")
    if aside == "said":
        lines = said.read_text().splitlines()
        assert [line.split()[1] for line in lines[:2]] == ["kie", "apikley"]
        assert lines[-1] == "stopped"


def test_every_fault_is_listed() -> None:
    """On a line of its own."""
    result = CliRunner().invoke(command, ["--list-faults"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(FAULTS)


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--fault", "earthquake"], "no such fault"),
        (["--fault", "reset:times=many"], "times must be a number"),
        (["--speed", "-1"], "speed must be a number from 0"),
        (["--credits", "nan"], "credits must be a number"),
        (["--profile", "imagined"], "'imagined' is not one of"),
        (["--port", "99999"], "cannot listen on 127.0.0.1:99999"),
        (["--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1:0"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(argv: list[str], reason: str) -> None:
    """And an exit code other than 0."""
    result = CliRunner().invoke(command, argv)
    assert result.exit_code != 0
    assert reason in result.output
    assert "Traceback" not in result.output
