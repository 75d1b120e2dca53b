"""The README is the front door: each of its blocks works as pasted."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import imagen4
from imagen4.sandbox import Sandbox
from project.readme import BLOCKS, TEXT, Block, blocks

SNIPPETS = blocks("python")
TESTS = blocks("python", tests=True)
WORKFLOW = blocks("yaml")


def line(block: Block) -> str:
    return f"line {block.line}"


def at(sandbox: Sandbox, client: Callable[..., Any], gateway: str, **settings: Any) -> Any:
    return client(gateway, base_url=sandbox.url(gateway), **settings)


def test_every_block_is_run_by_a_test_here() -> None:
    """Each fence is read; one in a language that nothing here runs would be an empty promise."""
    assert len(re.findall(r"^ *```", TEXT, re.MULTILINE)) == 2 * len(BLOCKS)
    assert {each.language for each in BLOCKS} <= {"sh", "console", "python", "text", "yaml"}
    assert len(SNIPPETS) + len(TESTS) == TEXT.count("```python")
    assert [len(blocks("console")), len(SNIPPETS), len(TESTS), len(WORKFLOW)] == [1, 6, 1, 1]


@pytest.mark.parametrize("block", SNIPPETS, ids=line)
def test_each_snippet_saves_pictures(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, block: Block
) -> None:
    """Pasted as it is (only the address is the sandbox's), a snippet leaves pictures in out/."""
    monkeypatch.setattr(imagen4, "Client", partial(at, sandbox, imagen4.Client))
    monkeypatch.setattr(imagen4, "AsyncClient", partial(at, sandbox, imagen4.AsyncClient))
    code = compile("\n" * block.line + block.text, "README.md", "exec")
    exec(code, {"__name__": "__main__"})  # noqa: S102  # our own text
    saved = list((tmp_path / "out").iterdir())
    assert len(saved) >= 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in saved)
    assert "createTask" in {request.operation for request in sandbox.requests}


@pytest.mark.parametrize("block", TESTS, ids=line)
def test_the_example_test_passes(tmp_path: Path, block: Block) -> None:
    """A user's test file with the example in it passes, with the fixture from the plugin.

    Without the plugins of others that this project has, and whose imports take seconds.
    """
    (tmp_path / "test_example.py").write_text(block.text, encoding="utf-8")
    without = [f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "hypothesispytest")]
    command = [sys.executable, "-m", "pytest", "-q", *without, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("block", WORKFLOW, ids=line)
def test_the_workflow_step_works_as_pasted(sandbox: Sandbox, tmp_path: Path, block: Block) -> None:
    """The step's script, run by a shell with its variables set, passes and writes its reports."""
    (step,) = YAML(typ="safe").load(block.text)
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
    assert done.stdout.splitlines()[-1].startswith("conforms")
    assert {path.name for path in tmp_path.iterdir()} >= {"contract.xml", "contract.sarif"}


def test_the_first_screen_shows_commands_and_where_the_pictures_are() -> None:
    """Within the first 24 lines stand both commands, a snippet's start and the pictures' path."""
    first = "\n".join(TEXT.splitlines()[:24])
    for words in ("make demo", "make test", "out/kie/", "from imagen4 import Client"):
        assert words in first
