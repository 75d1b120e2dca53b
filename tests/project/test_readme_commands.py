"""Every command of README and guide is typed where the wheel is installed, inline ones too."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from project.conftest import Desk
from project.installed import new_environment
from project.readme import ROOT, commands

pytestmark = pytest.mark.slow

DATABASE = "postgresql://me@db/imagen4"
ENDLESS = [
    line
    for line in commands("imagen4")
    if line.split()[1] in ("sandbox", "worker") or "--watch" in line
]
COMPARISON = "python scripts/changes.py specs/kie.yaml specs/apikley.yaml"


@pytest.mark.parametrize("line", [each for each in commands("imagen4") if each not in ENDLESS])
def test_each_imagen4_command_works(desk: Desk, line: str) -> None:
    """Typed as it stands, it succeeds; a file stands for the database on another machine."""
    done = desk.typed(line.replace(DATABASE, "queue.db"))
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr


@pytest.mark.parametrize("line", ENDLESS)
def test_each_endless_command_goes_on_until_it_is_stopped(desk: Desk, line: str) -> None:
    """It says something, and ends when it is told to; the port is a free one."""
    line = line.replace(DATABASE, "queue.db").replace(" sandbox", " sandbox --port 0")
    program, *arguments = shlex.split(line)
    environment = desk.installed.environment(desk.folder, desk.variables)
    command = [desk.installed.bin / program, *arguments]
    with subprocess.Popen(
        command, cwd=desk.folder, env=environment, stdout=-1, stderr=-2
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        running.terminate()


@pytest.mark.parametrize("line", commands("python"))
def test_each_script_runs(line: str) -> None:
    """A script's line does what it says: its exit code is its report (2: breaking changes).

    In the checkout, where scripts are, with the Python that `make setup` brings.
    """
    command = [sys.executable, *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == (2 if line == COMPARISON else 0), done.stderr
    assert done.stdout


def repository(folder: Path) -> str:
    """The address of a repository with what is committed here.

    Not of this one: pip clones without blobs, which never ends from a shallow clone such as CI's.
    """
    folder.mkdir()
    git = "git -c user.name=a -c user.email=a@example.com"
    made = f"{git} init --quiet && {git} add --all && {git} commit --quiet --message all"
    line = f"git -C '{ROOT}' archive HEAD | tar -x && {made}"
    subprocess.run(["sh", "-ec", line], cwd=folder, check=True)
    return f"git+file://{folder}"


@pytest.mark.parametrize("line", commands("pip"))
def test_each_installation_brings_the_client(wheel: Path, tmp_path: Path, line: str) -> None:
    """From a repository with this tree in place of the one on the net, and from the wheel.

    What is required lies ready, the build's backend too: no registry is asked.
    """
    environment = new_environment(tmp_path / "new")
    (tmp_path / "dist").symlink_to(wheel.parent)
    extra = re.search(r"\[(\w+)\]", line)
    environment.link(f"imagen4[{extra[1]}]" if extra else "imagen4", "hatchling", "pip")
    line = line.replace("git+https://github.com/imagen4/imagen4", repository(tmp_path / "git"))
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_QUIET": "1"}
    done = environment.run(line, tmp_path, offline)
    assert done.returncode == 0, done.stderr
    program = "imagen4 --version" if extra else "python -c 'import imagen4; imagen4.Client'"
    assert environment.run(program, tmp_path, {}).returncode == 0


@pytest.mark.parametrize("line", commands("pytest"))
def test_each_pytest_line_runs(desk: Desk, line: str) -> None:
    """The plugin's checks join a suite of one's own."""
    (desk.folder / "test_own.py").write_text("def test_own() -> None:\n    assert True\n")
    done = desk.typed(line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d+ passed", done.stdout)
