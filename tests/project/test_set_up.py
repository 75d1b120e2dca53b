"""`python scripts/…`, as it is printed, from a clone of the repository."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(each.name for each in (ROOT / "scripts").glob("*.py"))
MAINS = [name for name in SCRIPTS if "import set_up" in (ROOT / "scripts" / name).read_text()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    return folder


def run(folder: Path, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """With a Python that has no packages: `-S` hides them."""
    command = [sys.executable, "-S", f"scripts/{script}", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_scripts_of_readme_are_among_those_that_look() -> None:
    """Whatever is printed to be typed says so itself."""
    assert {"changes.py", "vendor.py", "update.py", "regenerate.py"} <= set(MAINS)


@pytest.mark.parametrize("script", MAINS)
def test_a_clone_that_is_not_set_up_says_so_in_one_line(clone: Path, script: str) -> None:
    """No traceback, and an exit code that none of them uses for a result."""
    done = run(clone, script)
    line = f"{script}: the project is not set up here; run: make setup\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", line)


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "ValueError"])
def test_a_ctrl_c_while_a_script_starts_is_one_line(error: str) -> None:
    """It ends by the signal, without the way to wherever it was; other errors show theirs."""
    code = f"import sys; sys.path.append('scripts'); import set_up; raise {error}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    by_hand = error == "KeyboardInterrupt"
    assert (done.returncode == -signal.SIGINT) is by_hand
    assert (done.stderr == "-c: stopped by SIGINT\n") is by_hand
    assert ("Traceback" in done.stderr) is not by_hand


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="needs what make setup makes")
def test_a_script_runs_in_the_environment_whichever_python_starts_it() -> None:
    """`python` need not be that of .venv once `make setup` has run."""
    done = run(ROOT, "changes.py", "specs/kie.yaml", "specs/kie.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_script_starts_without_what_judges_documents() -> None:
    """The validator takes half of a start; only a page that came as far as that waits for it."""
    code = "import sys; sys.path.append('scripts'); import update, vendor; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    loaded = done.stdout.split()
    assert ("pages.forms" in loaded, "openapi_spec_validator" in loaded) == (True, False)
