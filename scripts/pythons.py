"""Run the tests of the client and the command line on each further Python that is installed.

Looked for are the versions that pyproject.toml names, under pyenv and on the PATH, in their
newest release; the one that runs this script is left to `make test`. Each gets a virtual
environment of its own in .venvs/, with pinned versions. What is not installed is only said;
the exit code is 1 if tests failed somewhere, or could not be set up.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"
TESTS = ("tests/client", "tests/cli")
PACKAGE = ("--editable", ".[cli,ledger,postgres,sandbox,testing,contract]", "--group", "test")
QUIETLY = ("--quiet", "--disable-pip-version-check")
TELL = "import sys; print(*sys.version_info[:3], sys.version_info.releaselevel)"

Release = tuple[int, int, int]


def promised() -> list[str]:
    """The versions that pyproject.toml names, but the one that runs this."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    return [version for version in named if version != f"3.{sys.version_info.minor}"]


def candidates(version: str) -> Iterator[Path]:
    """Where a version may be installed: each of pyenv's releases, then along the PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from pyenv.glob(f"versions/{version}.*/bin/python")
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"


def release(python: Path) -> Release | None:
    """Which release it is; None where it does not run, such as a shim of pyenv's."""
    try:
        done = subprocess.run([python, "-I", "-c", TELL], capture_output=True, text=True)
    except OSError:
        return None
    told = done.stdout.split()
    if done.returncode or told[3:] != ["final"]:
        return None
    major, minor, micro = map(int, told[:3])
    return major, minor, micro


def newest(version: str) -> Path | None:
    """The newest release of a version that is installed and runs."""
    found = {python: number for python in candidates(version) if (number := release(python))}
    return max(found, key=found.__getitem__, default=None)


def passes(version: str, python: Path) -> bool:
    """Set up the version's environment and run the tests in it."""
    folder = ROOT / ".venvs" / version
    own = folder / "bin" / "python"
    install: list[str | Path] = [own, "-m", "pip", "install", *QUIETLY, "--constraint", CONSTRAINTS]
    steps: tuple[list[str | Path], ...] = (
        [python, "-m", "venv", folder],
        [*install, "pip"],
        [*install, *PACKAGE],
        [own, "-m", "pytest", "--quiet", "--numprocesses", "2", *TESTS],
    )
    return all(succeeds(step) for step in steps)


def succeeds(step: list[str | Path]) -> bool:
    """Run it; say how it ended if not well, since one that was killed says nothing itself."""
    code = subprocess.run(step, cwd=ROOT).returncode
    if code:
        print(f"pythons.py: exit code {code}: {' '.join(map(str, step))}", file=sys.stderr)
    return code == 0


def main() -> int:
    """Say what was found, and run the tests on each."""
    found = {version: newest(version) for version in promised()}
    for version, python in found.items():
        print(f"Python {version}: {python or 'not installed'}", flush=True)
    failed = []
    for version, python in found.items():
        if python:
            print(f"\nPython {version}: {' '.join(TESTS)}", flush=True)
            if not passes(version, python):
                failed.append(version)
    if failed:
        print(f"pythons.py: failed on {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
