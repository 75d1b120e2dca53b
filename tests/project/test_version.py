"""The version stands in one place, and whoever is asked gives that one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import imagen4
from imagen4.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def test_the_version_is_written_once() -> None:
    """Neither the settings nor another file of the package repeats it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["dynamic"], "version" in project) == (["version"], False)
    texts = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "wrapper").rglob("*.py")}
    naming = [name for name, text in texts.items() if f'"{imagen4.__version__}"' in text]
    assert naming == ["_version.py"]


def test_the_changelog_begins_with_the_version() -> None:
    """Its newest section is the one that is being written, or was released last."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert newest is not None
    assert newest[1] == imagen4.__version__


def test_the_command_tells_its_version() -> None:
    """`imagen4 --version` is one line."""
    command = [sys.executable, "-m", "imagen4", "--version"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == f"imagen4 {imagen4.__version__}\n"


def test_every_request_names_the_version(sandbox: Sandbox, tmp_path: Path) -> None:
    """A create, a poll and the fetching of a picture carry it in their User-Agent."""
    url, key = sandbox.url("kie"), sandbox.key("kie")
    with imagen4.Client("kie", base_url=url, api_key=key) as client:
        client.generate("a fox").images[0].save(tmp_path)
    seen = {request.operation: request.headers["user-agent"] for request in sandbox.requests}
    assert set(seen) == {"createTask", "recordInfo", "file"}
    assert set(seen.values()) == {f"imagen4/{imagen4.__version__}"}


def test_importing_the_package_costs_nothing_for_the_version() -> None:
    """It is read when it is asked for, without a look at what is installed."""
    code = (
        "import sys, imagen4; before = set(sys.modules); imagen4.__version__; "
        "print(sorted((set(sys.modules) - before) | ({'importlib.metadata'} & before)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.stdout == "['imagen4._version']\n"
