"""Whether the examples of a recovered document fit their schemas.

Only what a wrong nesting would show is asked: the types. Real pages break their
own enums and required lists in examples, and that is theirs to do.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pages.errors import AGAIN, PageError
from pages.normalise import objects
from pages.references import led_to

Document = dict[str, Any]


def must_conform(document: Document) -> None:
    """Refuse a document one of whose examples has another shape than its schema."""
    for schema, example in samples(document):
        for error in errors(document, schema, example):
            if error.validator == "type" and error.instance is not None:
                raise PageError(f"an example does not fit its schema: {error.message[:120]}", AGAIN)


def unnamed_keys(document: Document) -> int:
    """How many keys of examples no schema names, where their schema names any."""
    found = samples(document)
    return sum(_unnamed([_inlined(document, schema, 0)], example) for schema, example in found)


def _unnamed(schemas: list[dict[str, Any]], example: Any) -> int:
    for word in ("allOf", "oneOf", "anyOf"):
        schemas = [*schemas, *(part for schema in schemas for part in schema.get(word, ()))]
    if isinstance(example, list):
        items = [schema["items"] for schema in schemas if isinstance(schema.get("items"), dict)]
        return sum(_unnamed(items, entry) for entry in example)
    named = [schema["properties"] for schema in schemas if schema.get("properties")]
    if not named or not isinstance(example, dict):
        return 0
    under = {key: [names[key] for names in named if key in names] for key in example}
    return sum(_unnamed(under[key], example[key]) if under[key] else 1 for key in example)


def samples(document: Document) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every schema of the document with an example or a default that stands beside or in it."""
    for node in objects(document):
        schema = node["schema"] if isinstance(node.get("schema"), dict) else node
        for key in ("example", "default"):
            if key in node and (schema is not node or _is_schema(node)):
                yield schema, node[key]


def _is_schema(node: dict[str, Any]) -> bool:
    return bool(node.keys() & {"type", "properties", "items", "allOf", "oneOf", "anyOf", "enum"})


def errors(
    document: Document,
    schema: dict[str, Any],
    example: Any,
    dialect: type[Any] = Draft202012Validator,
) -> Iterator[ValidationError]:
    """What is wrong with an example, by the rules of JSON Schema and OpenAPI's nullable."""
    yield from dialect(_inlined(document, schema, 0)).iter_errors(example)


def _inlined(document: Document, node: Any, depth: int) -> Any:
    """The schema as JSON Schema: references resolved, ``nullable`` as a type."""
    if depth > 30:
        return {}
    if isinstance(node, list):
        return [_inlined(document, item, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _inlined(document, led_to(document, node["$ref"]), depth + 1)
    kept = {
        key: value
        if key in ("enum", "const", "default", "required")
        else _inlined(document, value, depth + 1)
        for key, value in node.items()
        if key not in ("example", "examples", "discriminator", "xml", "format")
    }
    if kept.pop("nullable", False) is True and isinstance(kept.get("type"), str):
        kept["type"] = [kept["type"], "null"]
    return kept
