"""The failure this prevents: an update that CI cancelled, and half of it stays, or goes on."""

import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any, TextIO

import openapi_spec_validator
import pytest

from market.captured import KEPT, lay
from pages.errors import PageError
from pages.reader import read_page
from pages.staged import Staged
from pages.steps import StoppedError, running, scratch_folder, stoppable
from pages.vendored import replace_files

ROOT = Path(__file__).resolve().parents[2]
RATIO = "                        - '4:3'\n"
SIGNALS = [
    signal.SIGTERM,
    *(pytest.param(each, marks=pytest.mark.slow) for each in (signal.SIGINT, signal.SIGHUP)),
]
# A generator that waits, with a process of its own that does not listen to Ctrl-C.
WAITING = """\
import os, signal, subprocess, sys, time
late = "import time; time.sleep(60); print('still there')"
with open(os.environ["TOLD"], "w") as told:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", late], stdout=told)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(os.getpgrp(), file=told, flush=True)
    time.sleep(60)
"""
HALF_DONE = """\
open("generated/half", "w").close()
open("specs/kie.yaml", "a").write("# half")
"""


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an update touches, with a page of today that has a value more."""
    root = tmp_path_factory.mktemp("original")
    lay(root / "specs")
    for name in ("generated", "scripts", "today"):
        (root / name).mkdir()
    (root / "generated" / "whole.py").touch()
    (root / "scripts" / "regenerate.py").write_text(HALF_DONE + WAITING)
    shutil.copytree(ROOT / "wrapper" / "guide", root / "wrapper" / "guide")
    text = (KEPT / "kie-google-imagen4.md").read_text(encoding="utf-8")
    (root / "today" / "kie.md").write_text(
        text.replace(RATIO, RATIO + RATIO.replace("4:3", "auto"))
    )
    return root


@pytest.mark.parametrize("number", SIGNALS)
def test_a_stopped_update_leaves_all_as_it_was_and_nobody_behind(
    original: Path, number: signal.Signals, tmp_path: Path
) -> None:
    """As CI stops a job, `timeout` a command, and Ctrl-C a person's."""
    checkout = Path(shutil.copytree(original, tmp_path / "checkout"))
    lines = stopped(updating(checkout), checkout, number)
    assert lines[-1] == f"update.py: stopped by {number.name}; nothing was changed"


def test_a_killed_update_leaves_all_as_it_was(original: Path, tmp_path: Path) -> None:
    """Nobody puts anything back then: only a copy beside the folders was changed."""
    checkout = Path(shutil.copytree(original, tmp_path / "checkout"))
    before, told = state(checkout), tmp_path / "told"
    with generating(updating(checkout), checkout, told) as (program, _, group):
        program.kill()
        os.killpg(group, signal.SIGKILL)  # nobody else ends it, and it works in the copy alone
    assert (checkout / ".imagen4-update" / "generated" / "half").exists()
    shutil.rmtree(checkout / ".imagen4-update")
    assert state(checkout) == before


def test_what_cannot_be_copied_is_said_in_one_line(tmp_path: Path) -> None:
    """As for a full disk; and nothing is left of what was copied before."""
    (tmp_path / "specs").mkdir()
    os.mkfifo(tmp_path / "specs" / "pipe")
    reason = "cannot write .*/.imagen4-update/specs/pipe: .* is a named pipe; see to the disk$"
    with pytest.raises(PageError, match=reason), Staged(tmp_path, ("specs",), tools=()):
        pass
    assert list(tmp_path.iterdir()) == [tmp_path / "specs"]


def test_a_file_that_the_disk_does_not_bear_leaves_nothing_of_itself(tmp_path: Path) -> None:
    """Nor a new one beside it: they are replaced together."""
    (tmp_path / "small").write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(PageError, match="see to the disk"):
            replace_files({tmp_path / "small": b"new", tmp_path / "large": b"new" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert state(tmp_path) == {"small": b"old"}


def test_the_next_one_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    """And of two at once the second is refused."""
    (tmp_path / "specs").mkdir()
    (tmp_path / ".imagen4-update" / "specs" / "half").mkdir(parents=True)
    with Staged(tmp_path, ("specs", "generated"), tools=()) as staged:
        assert list(staged.root.rglob("*")) == [staged.root / "specs"]
        with pytest.raises(PageError, match="another update is at work"):
            Staged(tmp_path, ("specs",), tools=()).__enter__()
    assert list(tmp_path.iterdir()) == [tmp_path / "specs"]


def test_a_folder_is_not_lost_between_two_names(tmp_path: Path) -> None:
    """Whoever was killed as copy and folder changed places had it under a third name."""
    (tmp_path / ".imagen4-update" / "specs" / "new").mkdir(parents=True)
    (tmp_path / ".imagen4-update" / "specs.spare" / "old").mkdir(parents=True)
    with Staged(tmp_path, ("specs",), tools=()):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["specs", "old"]


@pytest.mark.parametrize("kept", [True, False])
def test_folders_change_places_together_or_not_at_all(tmp_path: Path, kept: bool) -> None:
    """One that is new comes and goes with the others."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "old").touch()
    with Staged(tmp_path, ("specs", "generated"), tools=()) as staged:
        (staged.root / "specs" / "old").rename(staged.root / "specs" / "new")
        (staged.root / "generated").mkdir()
        staged.swap()
        assert {path.name for path in (tmp_path / "specs").iterdir()} == {"new"}
        if kept:
            staged.keep()
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert names == ({"specs", "specs/new", "generated"} if kept else {"specs", "specs/old"})


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_a_stopped_regeneration_says_so_in_one_line(number: signal.Signals, tmp_path: Path) -> None:
    """By itself it leaves nothing half done either, and no traceback."""
    for name in ("specs", "generated", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    (tmp_path / "openapi_python_client.py").write_text(WAITING)
    lines = stopped([str(tmp_path / "scripts" / "regenerate.py")], tmp_path, number)
    assert lines == [f"regenerate: stopped by {number.name}; generated/ is whole"]


def test_a_stopped_fetch_says_so_in_one_line(tmp_path: Path) -> None:
    """Whoever waits for a page that does not come can end it, and nothing is written."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    before = state(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/a.md"
        command = [sys.executable, str(ROOT / "scripts" / "vendor.py"), "kie", url]
        command += ["--specs", str(tmp_path / "specs")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
            silent.settimeout(60)
            with silent.accept()[0]:
                program.send_signal(signal.SIGINT)
                _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (130, "vendor.py: stopped by SIGINT\n")
    assert state(tmp_path) == before


def test_a_signal_while_a_program_or_a_folder_is_made_leaves_neither_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It waits until that is there, and comes before anybody uses it."""
    made: list[Any] = []

    def then_stop(make: Callable[..., Any]) -> Callable[..., Any]:
        def making(*arguments: Any, **more: Any) -> Any:
            made.append(make(*arguments, **more))
            signal.pthread_kill(get_ident(), signal.SIGTERM)  # the runner has threads, too
            return made[-1]

        return making

    monkeypatch.setattr(subprocess, "Popen", then_stop(subprocess.Popen))
    monkeypatch.setattr(tempfile, "mkdtemp", then_stop(tempfile.mkdtemp))
    waiting = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(StoppedError), stoppable(), running(waiting, cwd=tmp_path):
        pass
    with pytest.raises(StoppedError), stoppable(), scratch_folder(tmp_path):
        pass
    assert made[0].returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_a_stop_is_no_fault_of_the_page_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The validator may fail in any way; that it was stopped refuses no page, and ends the work."""

    def stopping(*_: Any) -> Iterator[Any]:
        signal.pthread_kill(get_ident(), signal.SIGINT)
        yield from ()

    monkeypatch.setattr(openapi_spec_validator.OpenAPIV30SpecValidator, "iter_errors", stopping)
    with pytest.raises(StoppedError), stoppable():
        read_page(KEPT / "kie-google-imagen4.md")


def updating(checkout: Path) -> list[str]:
    """The command that updates a checkout."""
    command = [str(ROOT / "scripts" / "update.py"), "--no-tests"]
    return [*command, "--root", str(checkout), "--from", str(checkout / "today")]


@contextmanager
def generating(
    command: list[str], checkout: Path, told: Path
) -> Iterator[tuple[subprocess.Popen[str], TextIO, int]]:
    """A command that has begun to generate, what ends with the generator's processes, and those."""
    os.mkfifo(told)
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TOLD": str(told)}
    program = subprocess.Popen(
        [sys.executable, *command],
        cwd=checkout,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with program, os.fdopen(os.open(told, os.O_RDONLY | os.O_NONBLOCK)) as channel:
        assert select.select([channel], [], [], 60)[0], "nothing was generated"
        os.set_blocking(channel.fileno(), True)
        yield program, channel, int(channel.readline())


def stopped(command: list[str], checkout: Path, number: signal.Signals) -> list[str]:
    """What a command says when it is stopped while it generates."""
    before, told = state(checkout), checkout.with_name("told")
    with generating(command, checkout, told) as (program, channel, _):
        program.send_signal(number)
        _, errors = program.communicate(timeout=60)
        assert channel.read() == "", "a process that it started went on"
    assert program.returncode == 128 + number
    told.unlink()
    assert state(checkout) == before
    return errors.splitlines()
