"""`imagen4 models`: which models there are, what they take and what they cost."""

import json
from collections.abc import Mapping
from typing import Any

import click

from ..core.schema import nearest
from ..facts import GATEWAYS
from ..facts.models import WITHDRAWN, ModelEntry
from . import options
from .fields import complete_model, schema_of, vendored_models


@click.command()
@click.argument("name", required=False, shell_complete=complete_model)
@click.option(
    "--gateway",
    "-g",
    "gateways",
    type=click.Choice(list(GATEWAYS)),
    callback=lambda _context, _option, name: (name,) if name else tuple(GATEWAYS),
    help="List only the models of this gateway.",
)
@options.as_json
def command(name: str | None, gateways: tuple[str, ...], as_json: bool) -> None:
    """List the models, or show the fields that model NAME takes.

    What is listed is what the gateways' pages said on the day they were captured; prices are
    in the gateway's credits.
    """
    found = [
        described(each, model)
        for each in gateways
        for model in vendored_models(each).values()
        if name in (None, model.name)
    ]
    if not found:
        known = {each for gateway in GATEWAYS for each in vendored_models(gateway)}
        hint = nearest(str(name), known) or "; `imagen4 models` lists them"
        raise click.BadParameter(f"There is no model {name}{hint}", param_hint="NAME")
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for line in table(found) if name is None else details(found):
            click.echo(line)


def described(gateway: str, model: ModelEntry) -> dict[str, Any]:
    """What is known of a model, as `--json` prints it."""
    price, withdrawn = GATEWAYS[gateway].prices.get(model.name), WITHDRAWN.get(model.name)
    schema = schema_of(gateway, model.name)
    required = schema.get("required", ())
    return {
        "model": model.name,
        "gateway": gateway,
        "captured": model.captured,
        "page": model.page,
        "price": price and price._asdict(),
        "withdrawn": withdrawn and withdrawn._asdict(),
        "fields": {
            name: {"required": name in required, **field}
            for name, field in schema.get("properties", {}).items()
        },
    }


def table(found: list[dict[str, Any]]) -> list[str]:
    """A line for each model; a note below says what was withdrawn."""
    head = ("MODEL", "GATEWAY", "CREDITS", "CAPTURED", "FIELDS")
    rows = [head, *(row(each) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]))
        for row in rows
    ]
    return [*lines, *dict.fromkeys(note for each in found for note in withdrawal_notes(each))]


def row(model: Mapping[str, Any]) -> tuple[str, ...]:
    mark = "*" if model["withdrawn"] else ""
    fields = ", ".join(model["fields"])
    return (model["model"] + mark, model["gateway"], cost(model), model["captured"], fields)


def cost(model: Mapping[str, Any]) -> str:
    price = model["price"]
    return f"{price['credits']:g} per {price['per']}" if price else "unknown"


def withdrawal_notes(model: Mapping[str, Any]) -> list[str]:
    """What is known of a model's end."""
    withdrawn = model["withdrawn"]
    if not withdrawn:
        return []
    successors = " or ".join(withdrawn["successors"])
    return [
        f"* Its maker withdrew {model['model']} on {withdrawn['date']}; what a gateway delivers "
        f"under that name since is unknown. Successor: {successors}."
    ]


def details(found: list[dict[str, Any]]) -> list[str]:
    """One model's fields, for each gateway that has it."""
    lines = []
    for model in found:
        lines += [f"{model['model']} on {model['gateway']}: {cost(model)} credits"]
        lines += [f"  page {model['page']}, captured {model['captured']}"]
        for name, field in model["fields"].items():
            lines += [f"  {name}: {limits(field)}"]
    return [*lines, *dict.fromkeys(note for each in found for note in withdrawal_notes(each))]


def limits(field: Mapping[str, Any]) -> str:
    """A field's type, choices and bounds on one line."""
    kind = field.get("type", "anything")
    parts = [" or ".join(kind) if isinstance(kind, list) else kind]
    parts += ["required"] if field["required"] else []
    for keyword, words in LIMITS.items():
        if keyword in field:
            parts.append(words.format(field[keyword]))
    if "enum" in field:
        parts.append("one of " + ", ".join(map(str, field["enum"])))
    if "default" in field:
        parts.append(f"default {json.dumps(field['default'], ensure_ascii=False)}")
    return ", ".join(parts)


LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matching {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}
