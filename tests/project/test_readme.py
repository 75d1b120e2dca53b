"""The README is the front door: whatever can be pasted from it has to work."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import imagen4
from imagen4.cli.group import run
from imagen4.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)( test)?\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SNIPPETS = [text for language, test, text in BLOCKS if language == "python" and not test]
TESTS = [text for language, test, text in BLOCKS if language == "python" and test]
LINES = [line for language, _, text in BLOCKS if language == "sh" for line in text.splitlines()]
COMMANDS = [line for line in LINES if line.startswith("imagen4 ")]
MAKES = [line for line in LINES if line.startswith("make ")]
WORKFLOW = [text for language, _, text in BLOCKS if language == "yaml"]
SCRIPTS = [line for line in LINES if line.startswith("python scripts/")]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    monkeypatch.chdir(tmp_path)
    with Sandbox(waiting=0, generating=0, limits=False) as sandbox:
        for gateway in ("kie", "apikley"):
            monkeypatch.setenv(f"{gateway.upper()}_API_KEY", sandbox.key(gateway))
        yield sandbox


def at(sandbox: Sandbox, client: Callable[..., Any], gateway: str) -> Any:
    return client(gateway, base_url=sandbox.url(gateway))


def test_every_block_is_run_by_a_test_here() -> None:
    """A block in a language that nothing here runs would be a promise nobody checks."""
    assert {language for language, _, _ in BLOCKS} <= {"sh", "python", "text", "yaml"}
    assert sorted(COMMANDS + MAKES + SCRIPTS) == sorted(LINES)
    assert len(SNIPPETS) >= 3


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_each_snippet_saves_pictures(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snippet: str
) -> None:
    """Pasted as it is (only the address is the sandbox's), a snippet leaves pictures in out/."""
    monkeypatch.setattr(imagen4, "Client", partial(at, sandbox, imagen4.Client))
    monkeypatch.setattr(imagen4, "AsyncClient", partial(at, sandbox, imagen4.AsyncClient))
    exec(compile(snippet, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102  # our own text
    saved = list((tmp_path / "out").iterdir())
    assert len(saved) >= 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in saved)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_works(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Typed as it stands, a command of the README succeeds."""
    arguments = shlex.split(line, comments=True)
    if "--base-url" in arguments:
        arguments[arguments.index("--base-url") + 1] = sandbox.url(arguments[2])
    elif "--gateway" in arguments:
        gateway = arguments[arguments.index("--gateway") + 1]
        arguments += ["--base-url", sandbox.url(gateway)]
    monkeypatch.setattr(sys, "argv", arguments)
    assert run() == 0


@pytest.mark.parametrize("text", WORKFLOW)
def test_the_workflow_step_works_as_pasted(sandbox: Sandbox, tmp_path: Path, text: str) -> None:
    """The step's script, run by a shell with its variables set, passes and writes its reports."""
    (step,) = YAML(typ="safe").load(text)
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GATEWAY_URL": sandbox.url("kie"),
        "KIE_API_KEY": sandbox.key("kie"),
    }
    assert set(step["env"]) == set(environment) - {"PATH"}
    done = subprocess.run(
        ["sh", "-e", "-c", step["run"]], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("conforms: kie")
    assert {path.name for path in tmp_path.iterdir()} >= {"contract.xml", "contract.md"}


@pytest.mark.parametrize("line", MAKES)
def test_each_make_target_exists(line: str) -> None:
    """A target that the README names is known to make; .ci/run carries the two main ones out."""
    target = shlex.split(line, comments=True)[1]
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", SCRIPTS)
def test_each_script_runs(line: str) -> None:
    """A script's line does what it says: its exit codes are its report (2: breaking changes)."""
    command = [sys.executable, *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == (2 if "changes.py" in line else 0), done.stderr
    assert done.stdout


@pytest.mark.parametrize("text", TESTS)
def test_the_example_test_passes(tmp_path: Path, text: str) -> None:
    """A user's test file with the example in it passes, with the fixture from the plugin."""
    (tmp_path / "test_example.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert " passed" in done.stdout, done.stdout + done.stderr


def test_the_first_screen_shows_commands_and_where_the_pictures_are() -> None:
    """Within the first 24 lines stand both commands, a snippet's start and the pictures' path."""
    first = "\n".join(README.splitlines()[:24])
    for words in ("make demo", "make test", "out/kie/", "from imagen4 import Client"):
        assert words in first
