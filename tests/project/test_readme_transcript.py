"""The README's transcript is typed line by line, and prints what it says."""

import doctest
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imagen4.sandbox import Sandbox
from imagen4.sandbox.journal import RecordedRequest
from project.conftest import Imagen4
from project.readme import Block, blocks

PROMPTS = ["a red fox", "an owl"]
SANDBOX = "http://127.0.0.1:8080"
AT_A_GATEWAY = "--gateway kie"


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: f"line {block.line}")
def test_a_batch_that_is_killed_goes_on_and_pays_once(
    sandbox: Sandbox, imagen4: Imagen4, block: Block
) -> None:
    """Somebody types it, kills it, types it again: all pictures, each once in the books."""
    sandbox.configure(generating=3600)
    for command, printed in typed(block):
        line = command.replace(AT_A_GATEWAY, f"{AT_A_GATEWAY} --base-url {sandbox.url('kie')}")
        if printed == "Killed\n":
            kill_once_tasks_are_known(sandbox, line)
        elif command.startswith("imagen4 "):
            _, out, err = imagen4(*shlex.split(line)[1:])
            assert alike(printed, err + out), f"{command}\n{err}{out}"
        else:
            said = typed_in_a_shell(line.replace(SANDBOX, sandbox.url()))
            assert alike(printed, said), f"{command}\n{said}"
    assert len(list(Path("out").glob("*.png"))) == len(PROMPTS)
    created = [each for each in sandbox.requests if each.operation == "createTask"]
    assert sorted(each.body["input"]["prompt"] for each in created) == PROMPTS


def typed(block: Block) -> list[tuple[str, str]]:
    """Each command of a transcript, with what is printed below it."""
    steps = [each.partition("\n") for each in block.text.split("$ ")[1:]]
    return [(command, printed) for command, _, printed in steps]


def typed_in_a_shell(line: str) -> str:
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout


def alike(printed: str, said: str) -> bool:
    """… stands for what is another each time; two tasks at once may come in either order."""
    wanted = in_any_order(printed.replace("…", "..."))
    return doctest.OutputChecker().check_output(wanted, in_any_order(said), doctest.ELLIPSIS)


def in_any_order(lines: str) -> str:
    """The lines sorted, without how many of how many are done."""
    return "".join(sorted(re.sub(r"^\d+/\d+ ", "", line) for line in lines.splitlines(True)))


def kill_once_tasks_are_known(sandbox: Sandbox, line: str) -> None:
    """SIGKILL, once each task was asked for; an hour later they have ended."""
    asked, enough = set(), threading.Event()

    def listen(entry: RecordedRequest) -> None:
        if entry.operation == "recordInfo":
            asked.add(entry.query)
        if len(asked) == len(PROMPTS):
            enough.set()

    sandbox.state.journal.listener = listen
    with subprocess.Popen([sys.executable, "-m", *shlex.split(line)]) as running:
        assert enough.wait(20)
        running.kill()
    sandbox.clock.advance(3600)
