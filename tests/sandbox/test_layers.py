"""Whoever opens the package reads its layers there, so they must be those that are held."""

import tomllib
from pathlib import Path

import imagen4.sandbox

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))


def test_the_docstring_lists_the_layers_that_are_held() -> None:
    """All of them, in their order."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == ["imagen4.sandbox"])
    listed = "; ".join(layer.replace(" | ", ", ") for layer in layers) + "."
    assert listed in " ".join(str(imagen4.sandbox.__doc__).split())
