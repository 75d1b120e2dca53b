"""CONTRIBUTING.md is what newcomers follow: its script works, and what it names is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(SCRIPT,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", TEXT.replace("```", ""))]
MADE = {".venv/bin/python", ".venvs/peers"}  # by make, when it is first wanted
PATHS = sorted({span for span in SPANS if re.fullmatch(r"\.?\w+(/[\w.-]+)+/?", span)} - MADE)
TARGETS = sorted({span.split()[1] for span in SPANS if span.startswith("make ")})


def circles(folder: Path) -> str:
    """What the script prints when it is run in a checkout."""
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_no_files_import_each_other_in_a_circle() -> None:
    """Neither when they run nor for types: what stands below can be read without what is above."""
    assert circles(ROOT) == "0"


@pytest.mark.parametrize(
    "import_of_a",
    ["from . import a", "from .a import x", "from typing import TYPE_CHECKING\n\n"
     "if TYPE_CHECKING:\n    from .a import x", "def f():\n    from pkg.a import x"],
)  # fmt: skip
def test_the_script_sees_each_way_to_import(tmp_path: Path, import_of_a: str) -> None:
    """At the top, for types only, or in a function; over any number of files."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "pyproject.toml").write_text('[tool.ruff]\nsrc = ["wrapper"]\n')
    (tmp_path / "scripts").mkdir()
    package = tmp_path / "wrapper" / "pkg"
    package.mkdir(parents=True)
    texts = {"__init__": "", "a": "from . import b\nx = 1", "b": "import pkg.c", "c": import_of_a}
    for name, text in {**texts, "d": "from . import a"}.items():
        (package / f"{name}.py").write_text(text + "\n")
    files = [f"wrapper/pkg/{name}.py" for name in "abc"]
    assert circles(tmp_path) == f"1 {files}"


@pytest.mark.parametrize("path", PATHS)
def test_what_it_names_is_there(path: str) -> None:
    """A path that moved is found here, not by a newcomer."""
    placeholder = "NAME" in path
    assert placeholder or (ROOT / path).exists()


@pytest.mark.parametrize("target", TARGETS)
def test_each_make_target_exists(target: str) -> None:
    """Make knows it."""
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr
