"""A typo on what an error holds is found before the program runs, by either type checker."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BEFORE = """\
from imagen4 import PartialFailure, TaskTimeout


def timed_out(error: TaskTimeout, partial: PartialFailure) -> None:
    assert error.job is not None
    assert partial.result is not None
    error.job.task_ids, error.job.wait, partial.result.images[0].url, partial.result.save
"""
TYPOS = [
    "error.job.wiat()",
    "error.job.task_id",
    "error.task_idz",
    "partial.result.imges",
    "partial.result.images[0].urll",
    "[image.sed for image in partial.result]",
    "partial.tasks[0].stat",
    "partial.failures[0].messag",
]
PATHS = [f"--search-path={ROOT / folder}" for folder in ("wrapper", "generated")]
CHECKERS = {
    "mypy": ["mypy", f"--config-file={ROOT / 'pyproject.toml'}"],
    "pyrefly": ["pyrefly", "check", "--preset=default", "--output-format=min-text", *PATHS],
}


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_each_typo_is_found_and_nothing_else(checker: str, tmp_path: Path) -> None:
    """One complaint for each line that has one, none for the lines that do not."""
    file = tmp_path / "typos.py"
    file.write_text(BEFORE + "".join(f"    {typo}\n" for typo in TYPOS))
    name, *options = CHECKERS[checker]
    command = [Path(sys.executable).with_name(name), *options, file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if "typos.py:" in line]
    first = BEFORE.count("\n") + 1
    lines = [int(line.partition("typos.py:")[2].partition(":")[0]) for line in told]
    assert lines == list(range(first, first + len(TYPOS))), done.stdout + done.stderr
