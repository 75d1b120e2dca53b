"""Every command in the README is run, inline ones too, or the reason it is not stands here."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from imagen4.cli.group import COMMANDS
from imagen4.sandbox import Sandbox
from project.conftest import Imagen4
from project.readme import IN_BLOCKS, INLINE, PROGRAMS, ROOT, TEXT, commands

# Until it is stopped it serves, at a port that may be taken; tests/sandbox/test_command.py runs it.
ENDLESS = ["imagen4 sandbox"]
COMPARISON = "python scripts/changes.py specs/kie.yaml specs/apikley.yaml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", text))


def test_every_command_is_of_a_program_tested_here() -> None:
    """In blocks nothing else stands; in sentences nothing else has arguments."""
    assert [line for line in IN_BLOCKS if words(line)[0] not in PROGRAMS] == []
    assert [span for span in INLINE if " " in span and span.split()[0] not in PROGRAMS] == []
    assert [program for program in PROGRAMS if not commands(program)] == []
    assert COMPARISON in commands("python")
    assert set(ENDLESS) <= set(commands("imagen4"))


@pytest.mark.parametrize("line", [each for each in commands("imagen4") if each not in ENDLESS])
def test_each_imagen4_command_works(sandbox: Sandbox, imagen4: Imagen4, line: str) -> None:
    """Typed as it stands, only the address being the sandbox's, it succeeds."""
    arguments = words(line)[1:]
    if "--base-url" in arguments:
        arguments[arguments.index("--base-url") + 1] = sandbox.url(arguments[1])
    elif "--gateway" in arguments:
        arguments += ["--base-url", sandbox.url(arguments[arguments.index("--gateway") + 1])]
    code, said, _ = imagen4(*arguments)
    assert code == 0
    assert said


@pytest.mark.parametrize("line", ENDLESS)
def test_each_endless_command_knows_what_is_shown(imagen4: Imagen4, line: str) -> None:
    """The subcommand exists, and its help lists the options."""
    code, said, _ = imagen4(words(line)[1], "--help")
    assert code == 0
    assert options(line) <= options(said)


def test_options_named_by_themselves_are_those_of_a_command(imagen4: Imagen4) -> None:
    """`--profile` in a sentence is an option that some command has."""
    known = set().union(*(options(imagen4(name, "--help")[1]) for name in COMMANDS))
    assert {span for span in INLINE if span.startswith("-")} <= known


@pytest.mark.parametrize("line", commands("make"))
def test_each_make_target_exists(line: str) -> None:
    """Listed by `make help`. Not made here: that takes minutes, or the net; .ci/run makes most."""
    (target,) = words(line)[1:]
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert target in [each.split()[1] for each in listed.stdout.splitlines()]
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr


@pytest.mark.parametrize("line", commands("python"))
def test_each_script_runs(line: str) -> None:
    """A script's line does what it says: its exit code is its report (2: breaking changes)."""
    command = [sys.executable, *words(line)[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == (2 if line == COMPARISON else 0), done.stderr
    assert done.stdout


@pytest.mark.parametrize("line", commands("pip"))
def test_each_installation_names_what_there_is(line: str) -> None:
    """The distribution and an extra of it. Not run: it needs the net; test_wheel.py installs."""
    install, wanted = words(line)[1:]
    name, extra = re.fullmatch(r"(\w+)(?:\[(\w+)\])?", wanted).groups()  # type: ignore[union-attr]
    assert (install, name) == ("install", PROJECT["name"])
    assert extra is None or extra in PROJECT["optional-dependencies"]


@pytest.mark.parametrize("line", commands("pytest"))
def test_each_pytest_line_has_options_that_exist(pytestconfig: pytest.Config, line: str) -> None:
    """As the plugin that this very run has loaded knows them."""
    names = [word.partition("=")[0] for word in words(line)[1:]]
    assert len([pytestconfig.getoption(name) for name in names]) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("line", commands("pytest"))
def test_each_pytest_line_runs(sandbox: Sandbox, tmp_path: Path, line: str) -> None:
    """The plugin's checks join a suite of one's own; `...` stands for the server's address."""
    (tmp_path / "test_own.py").write_text("def test_own() -> None:\n    assert True\n")
    given = [word.replace("...", sandbox.url("kie")) for word in words(line)[1:]]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *given]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d+ passed", done.stdout)


def test_every_file_that_is_named_exists() -> None:
    """Paths of the project, in sentences, blocks and the drawing of how it hangs together."""
    named = set(
        re.findall(r"(?<![\w/.])(?:\.github|generated|scripts|specs|tests|wrapper)/\S*", TEXT)
    )
    paths = {name.rstrip(".,;:`)") for name in named}
    assert len(paths) >= 10
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []
