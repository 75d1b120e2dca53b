"""A model's own fields on the command line: `--model NAME --set name=value`."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..facts import DEFAULT_MODEL, GATEWAYS
from ..facts.documents import GENERATED
from ..facts.models import ModelEntry, catalogue, input_schema
from .options import Command

# Arguments and options of their own.
OPTIONS = {
    "prompt": "PROMPT",
    "num_images": "--num-images",
    "aspect_ratio": "--aspect-ratio",
    "negative_prompt": "--negative-prompt",
    "seed": "--seed",
}


def vendored_models(gateway: str) -> Mapping[str, ModelEntry]:
    """A gateway's models by name."""
    return catalogue(f"{GENERATED}.{gateway}")


def schema_of_any(gateways: Sequence[str], model: str) -> Mapping[str, Any]:
    """What a model takes on the first of the gateways that has it."""
    return next(filter(None, (schema_of(each, model) for each in gateways)), {})


def schema_of(gateway: str, model: str) -> Mapping[str, Any]:
    """What a model takes; nothing for one that the gateway does not have."""
    known = model in vendored_models(gateway)
    return input_schema(f"{GENERATED}.{gateway}", model) if known else {}


def named_values(pairs: Iterable[str]) -> dict[str, str]:
    """Each `name=value`."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"Must be like name=value: {name}", param_hint="--set")
        if name in values:
            raise click.BadParameter(f"{name} is given twice.", param_hint="--set")
        values[name] = text
    return values


def parse_fields(pairs: Iterable[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """`name=value` as the model's schema types it: texts as they stand, anything else as JSON."""
    values = named_values(pairs)
    for name in OPTIONS.keys() & values:
        raise click.BadParameter(f"{name} is given by {OPTIONS[name]}.", param_hint="--set")
    known = schema.get("properties", {})
    return {name: typed(name, text, known.get(name, {})) for name, text in values.items()}


def typed(name: str, text: str, field: Mapping[str, Any]) -> Any:
    if "string" in (field.get("type"), *field.get("type", ())):
        return text
    try:
        return json.loads(text)
    except ValueError:
        if "type" not in field:
            return text
        raise click.BadParameter(
            f"{name} must be JSON of type {field['type']}, such as {EXAMPLES.get(field['type'])}.",
            param_hint="--set",
        ) from None


EXAMPLES = {"boolean": "true", "integer": "2", "number": "0.5", "array": '["a", "b"]'}


def complete_model(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The models of the gateway that is named, or of all."""
    names = dict.fromkeys(name for each in _named(context) for name in vendored_models(each))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_aspect_ratio(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The values that the model which is named takes."""
    field = _known_fields(context).get("aspect_ratio", {})
    return [CompletionItem(each) for each in field.get("enum", ()) if each.startswith(incomplete)]


def complete_field(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The fields of the model that is named, and then the values that a field may have."""
    known = _known_fields(context)
    name, equals, _ = incomplete.partition("=")
    choices = known.get(name, {}).get("enum", ()) if equals else ()
    words = [f"{name}={choice}" for choice in choices] if equals else [f"{each}=" for each in known]
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _known_fields(context: click.Context) -> Mapping[str, Any]:
    """What stands on the command line so far says of which model."""
    model = context.params.get("model") or DEFAULT_MODEL
    fields: Mapping[str, Any] = schema_of_any(_named(context), model).get("properties", {})
    return fields


def _named(context: click.Context) -> Sequence[str]:
    """The gateways that the command line names, or all."""
    return context.params.get("gateways") or list(GATEWAYS)


def model_option(words: str) -> Callable[[Command], Command]:
    return click.option(
        "--model",
        "-m",
        metavar="NAME",
        default=DEFAULT_MODEL,
        show_default=True,
        shell_complete=complete_model,
        help=f"{words}; `imagen4 models` lists them.",
    )


def set_option(words: str) -> Callable[[Command], Command]:
    """What the model takes beside the arguments."""
    return click.option(
        "--set",
        "pairs",
        metavar="NAME=VALUE",
        multiple=True,
        shell_complete=complete_field,
        help=f"{words}; lists are JSON. This may be given several times.",
    )
