"""The command line knows every vendored model: their names, fields and prices."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli.invoking import at
from imagen4.cli.generate import command as generate
from imagen4.sandbox import Sandbox


def test_models_are_listed_with_what_is_known_of_them(imagen4: Callable) -> None:
    """Price, day of capture, fields, and that Imagen 4 was withdrawn."""
    out = imagen4("models").out
    assert "google/imagen4*             kie      8 per request  2026-" in out
    assert "Its maker withdrew google/imagen4 on 2026-08-17" in out
    assert "unknown" in next(line for line in out.splitlines() if line.startswith("nano-banana-2"))
    assert "kie" not in imagen4("models", "--gateway", "apikley").out


def test_one_models_fields_are_shown_with_types_limits_and_defaults(imagen4: Callable) -> None:
    """What its page says, on a line each."""
    out = imagen4("models", "nano-banana-2").out
    assert "prompt: string, required, at most 20000 characters" in out
    assert "image_input: array, at most 14 items" in out
    assert 'resolution: string, one of 1K, 2K, 4K, default "1K"' in out


def test_models_are_also_json(imagen4: Callable) -> None:
    """For programs."""
    (model,) = json.loads(imagen4("models", "google/imagen4-ultra", "--json").out)
    assert model["price"]["credits"] == 12
    assert model["withdrawn"]["successors"]
    assert model["fields"]["prompt"]["required"] is True


def test_an_unknown_model_is_refused(imagen4: Callable) -> None:
    """With a line, before anything else."""
    done = imagen4("models", "nano-bananas-2")
    assert done.code == 2
    assert "no model nano-bananas-2; did you mean nano-banana-2" in done.err
    assert "no model zzz; `imagen4 models` lists them" in imagen4("models", "zzz").err


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        (["resolution=9K"], "resolution must be one of 1K, 2K, 4K"),
        (["image_input=x"], "image_input must be JSON of type array, such as"),
        (["resolution"], "Must be like name=value: resolution"),
        (["resolution=1K", "resolution=2K"], "resolution is given twice"),
        (["seed=7"], "seed is given by --seed"),
        (["resolutoin=1K"], "did you mean resolution?"),
    ],
)
def test_fields_that_the_model_does_not_take_are_refused(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, pairs: list[str], says: str
) -> None:
    """Before anything is paid."""
    sets = [part for pair in pairs for part in ("--set", pair)]
    done = imagen4(
        "generate", "a fox", *at(sandbox, "kie"), "-m", "nano-banana-2", "-o", str(tmp_path), *sets
    )
    assert (done.code, list(sandbox.requests)) == (2, [])
    assert says in done.err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["--model", "nano-b"], ["nano-banana-2", "nano-banana-pro"]),
        (["--model", "nano-banana-2", "--set", "res"], ["resolution="]),
        (["--model", "nano-banana-2", "--set", "resolution="], ["resolution=1K", "resolution=2K"]),
    ],
)
def test_models_fields_and_values_are_completed(typed: list[str], offered: list[str]) -> None:
    """As the shell asks for them."""
    *before, incomplete = typed
    option = before[-1]
    context = click.Context(generate)
    context.params = {"gateway": "kie", "model": before[1] if len(before) > 1 else None}
    parameter = next(each for each in generate.params if option in each.opts)
    found = [item.value for item in parameter.shell_complete(context, incomplete)]
    assert found[: len(offered)] == offered
