"""What mutation testing works on, and what it accepts."""

import tomllib
from pathlib import Path

import pytest

import mutation

SETTINGS = tomllib.loads((mutation.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which mutmut would run."""
    monkeypatch.setattr(mutation, "PLACE", tmp_path / "place")
    mutation.prepare()
    return mutation.PLACE


def test_every_name_in_mutmuts_settings_is_there(place: Path) -> None:
    """A folder that got another name would otherwise be left out without a word."""
    settings = SETTINGS["tool"]["mutmut"]
    copied = settings["also_copy"] + settings["pytest_add_cli_args_test_selection"]
    assert [name for name in copied if not (place / name).exists()] == []
    assert [name for name in settings["only_mutate"] if not list(place.glob(name))] == []


def test_only_what_was_tried_counts() -> None:
    """Mutants that were not asked for are neither noticed nor missed; a time-out is noticed."""
    counts = {"killed": 8, "timeout": 1, "survived": 2, "no_tests": 1, "suspicious": 0}
    assert mutation.noticed(counts | {"skipped": 50}) == 0.75
