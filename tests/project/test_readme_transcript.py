"""Each transcript is typed line by line where the wheel is installed, and prints what it says."""

import doctest
import re
import shlex
import subprocess
import threading

import pytest

from imagen4.sandbox.journal import RecordedRequest
from project.conftest import Desk
from project.readme import Block, blocks

pytestmark = pytest.mark.slow

PROMPTS = ["a red fox", "an owl"]


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_batch_that_is_killed_goes_on_and_pays_once(desk: Desk, block: Block) -> None:
    """Somebody types it, kills it, types it again: all pictures, each once in the books."""
    desk.sandbox.configure(generating=3600)
    for command, printed in typed(block):
        if printed.endswith("Killed\n"):
            kill_once_tasks_are_known(desk, command)
        else:
            done = desk.typed(command)
            assert alike(printed, done.stderr + done.stdout), f"{command}\n{done}"
    assert len(list(desk.folder.glob("out/*.png"))) == len(PROMPTS)
    created = [each for each in desk.sandbox.requests if each.operation == "createTask"]
    assert sorted(each.body["input"]["prompt"] for each in created) == PROMPTS


def typed(block: Block) -> list[tuple[str, str]]:
    """Each command of a transcript, with what is printed below it."""
    steps = [each.partition("\n") for each in block.text.split("$ ")[1:]]
    return [(command, printed) for command, _, printed in steps]


def alike(printed: str, said: str) -> bool:
    """… stands for what is another each time; two tasks at once may come in either order."""
    wanted = in_any_order(printed.replace("…", "..."))
    return doctest.OutputChecker().check_output(wanted, in_any_order(said), doctest.ELLIPSIS)


def in_any_order(lines: str) -> str:
    """The lines sorted, without how many of how many are done."""
    return "".join(sorted(re.sub(r"^\d+/\d+ ", "", line) for line in lines.splitlines(True)))


def kill_once_tasks_are_known(desk: Desk, line: str) -> None:
    """SIGKILL, once each task was asked for; an hour later they have ended."""
    asked, enough = set(), threading.Event()

    def listen(entry: RecordedRequest) -> None:
        if entry.operation == "recordInfo":
            asked.add(entry.query)
        if len(asked) == len(PROMPTS):
            enough.set()

    desk.sandbox.state.journal.listener = listen
    environment = desk.installed.environment(desk.folder, desk.variables)
    program, *arguments = shlex.split(line)
    command = [desk.installed.bin / program, *arguments]
    with subprocess.Popen(command, env=environment, cwd=desk.folder) as running:
        assert enough.wait(60)
        running.kill()
    desk.sandbox.clock.advance(3600)
