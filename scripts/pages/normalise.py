"""What is changed in a document after it was read, each rule with its reason.

Only form is touched: keys of the editor that mean nothing to a client, and
spellings that are not OpenAPI. What an endpoint takes and gives stays as it is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

Schema = dict[str, Any]
Document = dict[str, Any]

_BAD_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_NAMED = frozenset(
    (
        "properties",
        "patternProperties",
        "schemas",
        "headers",
        "responses",
        "parameters",
        "requestBodies",
        "securitySchemes",
        "links",
        "variables",
        "scopes",
        "mapping",
        "callbacks",
        "content",
        "paths",
        "$defs",
    )
)
_VALUES = frozenset(("example", "examples", "default", "enum", "const", "value"))


@dataclass(frozen=True)
class Rule:
    """One change: ``apply`` returns how often it was needed."""

    name: str
    reason: str
    apply: Callable[[Document], int]


def normalise(document: Document) -> list[str]:
    """Change the document in place; one line for each rule that was needed."""
    notes = []
    for rule in RULES:
        count = rule.apply(document)
        if count:
            notes.append(f"{rule.name} ({count}×): {rule.reason}")
    return notes


def objects(node: Any, key: str = "") -> Iterator[dict[str, Any]]:
    """Every object of the document that the grammar defines, not those in examples."""
    if isinstance(node, list):
        for item in node:
            yield from objects(item)
    if not isinstance(node, dict):
        return
    named = key in _NAMED
    if not named:
        yield node
    for name, value in list(node.items()):
        if named or name not in _VALUES:
            yield from objects(value, "" if named else name)


def shapes(node: Any, under: str = "") -> set[tuple[str, ...]]:
    """The keys of the document's objects in their order, each after where it stands."""
    if isinstance(node, list):
        return set().union(*(shapes(item, under) for item in node))
    if not isinstance(node, dict):
        return set()
    named = under in _NAMED
    found = set() if named else {(under, *node)}
    for name, value in node.items():
        if named or name not in _VALUES:
            found |= shapes(value, f"{under}/*" if named else name)
    return found


def _drop_editor_keys(document: Document) -> int:
    count = 0
    for node in objects(document):
        for key in [key for key in node if re.match(r"x-(run-in-)?api(dog|fox)", str(key))]:
            del node[key]
            count += 1
    return count


def _components(document: Document) -> dict[str, dict[str, Any]]:
    """The groups of components that are groups; the document is not validated yet."""
    found = document.get("components")
    groups = found.items() if isinstance(found, dict) else ()
    return {kind: group for kind, group in groups if isinstance(group, dict)}


def _bearer(document: Document) -> int:
    schemes = _components(document).get("securitySchemes", {})
    wrong = [s for s in schemes.values() if isinstance(s, dict) and s.get("type") == "bearer"]
    for scheme in wrong:
        scheme["type"] = "http"
        scheme.setdefault("scheme", "bearer")
    return len(wrong)


def _is_30(document: Document) -> bool:
    return str(document.get("openapi", "")).startswith("3.0")


def _schema_objects(document: Document) -> Iterator[Schema]:
    """Objects that are schemas by their keys; a parameter's ``examples`` is an object."""
    return (node for node in objects(document) if "in" not in node)


def _examples(document: Document) -> int:
    found = [
        node
        for node in _schema_objects(document)
        if _is_30(document) and isinstance(node.get("examples"), list)
    ]
    for node in found:
        values = node.pop("examples")
        if values:
            node.setdefault("example", values[0])
        if len(values) > 1:
            node["x-examples"] = list(values)
    return len(found)


def _null_type(document: Document) -> int:
    count = 0
    for node in _schema_objects(document) if _is_30(document) else ():
        if node.get("type") == "null":
            del node["type"]
            node["nullable"] = True
            node["enum"] = [None]
            count += 1
        elif isinstance(node.get("type"), list):
            count += _type_list(node)
    return count


def _type_list(node: Schema) -> int:
    types = list(node["type"])
    others = [name for name in types if name != "null"]
    if len(others) != 1:
        return 0
    node["type"] = others[0]
    if "null" in types:
        node["nullable"] = True
    return 1


def _component_names(document: Document) -> int:
    """Give components names that OpenAPI allows, and change the references with them."""
    renamed: dict[str, str] = {}
    for kind, group in _components(document).items():
        for name in [name for name in group if _BAD_NAME.search(str(name))]:
            better = _BAD_NAME.sub("_", name).strip("_") or "_"
            while better in group:
                better += "_"
            _rename(group, name, better)
            renamed[f"#/components/{kind}/{name}"] = f"#/components/{kind}/{better}"
    return _refer(document, renamed) if renamed else 0


def _rename(group: dict[str, Any], old: str, new: str) -> None:
    items = [(new if name == old else name, value) for name, value in group.items()]
    group.clear()
    group.update(items)


def _refer(document: Document, renamed: dict[str, str]) -> int:
    for node in objects(document):
        ref = node.get("$ref")
        if isinstance(ref, str) and unquote(ref) in renamed:
            node["$ref"] = quote(renamed[unquote(ref)], safe="#/")
    return len(renamed)


RULES = (
    Rule(
        "editor keys dropped", "x-apidog-* order and name things in Apidog only", _drop_editor_keys
    ),
    Rule("type: bearer → http", "OpenAPI knows the types apiKey, http, oauth2, ...", _bearer),
    Rule(
        "examples list → example",
        "a schema's `examples` is OpenAPI 3.1, the page says 3.0",
        _examples,
    ),
    Rule("type null → nullable", "OpenAPI 3.0 has no null type", _null_type),
    Rule("component names", "OpenAPI allows letters, digits, `.`, `-`, `_`", _component_names),
)
