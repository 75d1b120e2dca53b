"""`make test-pythons` finds the Pythons that are installed, and fails only where tests do."""

from pathlib import Path

import pytest

import pythons


def install(folder: Path, name: str, does: str) -> Path:
    """A program of that name that answers as a Python, or does not run."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for pyenv's releases, and one on the PATH; nothing is installed."""
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_the_newest_release_that_runs_is_taken(machine: Path) -> None:
    """Under pyenv or on the PATH; 3.12.10 is newer than 3.12.9. Shims and betas are passed by."""
    versions = machine / "pyenv" / "versions"
    for micro in (9, 10, 1):
        place = versions / f"3.12.{micro}" / "bin"
        install(place, "python", f"echo 3 12 {micro} final")
    install(versions / "3.12.11rc1" / "bin", "python", "echo 3 12 11 candidate")
    install(
        machine / "bin", "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127"
    )
    assert pythons.newest("3.12") == versions / "3.12.10" / "bin" / "python"
    on_path = install(machine / "bin", "python3.12", "echo 3 12 12 final")
    assert pythons.newest("3.12") == on_path


def test_without_further_pythons_nothing_fails(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each version that is promised is named."""
    assert pythons.main() == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"Python {version}: not installed" for version in pythons.promised()]
    assert len(said) == 3


@pytest.mark.parametrize(("fails", "code"), [((), 0), (("3.12",), 1)])
def test_the_tests_of_any_version_decide(
    machine: Path, monkeypatch: pytest.MonkeyPatch, fails: tuple[str, ...], code: int
) -> None:
    """One that fails does not keep the next from being tested."""
    ran: list[str] = []

    def passes(version: str, python: Path) -> bool:
        ran.append(version)
        return version not in fails

    monkeypatch.setattr(pythons, "promised", lambda: ["3.12", "3.13"])
    monkeypatch.setattr(pythons, "passes", passes)
    for minor in (12, 13):
        install(machine / "bin", f"python3.{minor}", f"echo 3 {minor} 0 final")
    assert (pythons.main(), ran) == (code, ["3.12", "3.13"])
