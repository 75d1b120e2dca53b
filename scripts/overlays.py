"""Apply OpenAPI Overlay documents, and complain as soon as one has gone stale.

An overlay holds what is known beyond a gateway's page. When the page moves, an
action may lose its target or become superfluous; both would go unnoticed with
the tools that exist (none of those tried fails on an action that matches
nothing), so here both are errors.

The format is OpenAPI Overlay 1.0.0. Every action also carries ``description``
(why) and ``x-evidence`` (how it is known: ``doc``, ``wire``, ``claim`` or
``unknown``, then a sentence).
"""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonpath_rfc9535

from pages.errors import PageError
from pages.yamltext import load_yaml

EVIDENCE = ("doc:", "wire:", "claim:", "unknown:", "contract:")


class OverlayError(Exception):
    """An overlay document is malformed, has lost a target, or says what is already so."""


@dataclass(frozen=True)
class Action:
    """One action: what it targets, why, on what evidence, and its change."""

    name: str
    target: str
    remove: bool
    update: Any


def load(path: Path) -> list[Action]:
    """Read an overlay document; ``OverlayError`` names the file and what is wrong with it."""
    try:
        document = load_yaml(path.read_text(encoding="utf-8"))
    except PageError as error:
        raise OverlayError(f"{path.name}: {error.reason}") from None
    if document.get("overlay") != "1.0.0":
        raise OverlayError(
            f"{path.name}: not an OpenAPI Overlay 1.0.0 document; it begins with `overlay: 1.0.0`"
        )
    if not {"title", "version"} <= set(document.get("info") or ()):
        raise OverlayError(f"{path.name}: info needs a title and a version")
    actions = document.get("actions") or []
    if not actions:
        raise OverlayError(f"{path.name}: no actions; drop the file")
    return [_action(f"{path.name}, action {n}", raw) for n, raw in enumerate(actions, 1)]


def _action(name: str, raw: dict[str, Any]) -> Action:
    if not raw.get("description"):
        raise OverlayError(f"{name}: needs a description that says why")
    if not str(raw.get("x-evidence", "")).startswith(EVIDENCE):
        raise OverlayError(f"{name}: x-evidence must begin with one of {', '.join(EVIDENCE)}")
    if bool(raw.get("update")) == bool(raw.get("remove")):
        raise OverlayError(f"{name}: needs either an update that is not empty or remove: true")
    return Action(name, str(raw.get("target")), bool(raw.get("remove")), raw.get("update"))


def apply(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """A copy of ``document`` with every action carried out, in order.

    ``OverlayError`` when an action's target matches nothing, or when any part of
    its update is already so in the document.
    """
    root = {"$": deepcopy(document)}
    for action in actions:
        _carry_out(action, root)
    return root["$"]


def _carry_out(action: Action, root: dict[str, Any]) -> None:
    try:
        nodes = jsonpath_rfc9535.find(action.target, root["$"])
    except jsonpath_rfc9535.JSONPathError as error:
        raise OverlayError(
            f"{action.name}: bad target {action.target}: {error}; a JSONPath belongs there"
        ) from None
    if not nodes:
        raise OverlayError(
            f"{action.name}: target {action.target} matches nothing; mend or drop it"
        )
    # Last first, so that removing an item does not move the ones still to be removed.
    for location in sorted((node.location for node in nodes), reverse=True):
        parent, key = _holder(root, ("$", *location))
        if action.remove:
            del parent[key]
        else:
            parent[key] = _merge(parent[key], deepcopy(action.update), action)


def _holder(holder: Any, path: tuple[str | int, ...]) -> tuple[Any, Any]:
    for step in path[:-1]:
        holder = holder[step]
    return holder, path[-1]


def _merge(old: Any, new: Any, action: Action) -> Any:
    """Objects merge, lists grow, anything else is replaced; nothing may be there already."""
    if isinstance(old, list):
        items = new if isinstance(new, list) else [new]
        _refuse_known([item for item in items if item in old], action)
        return old + items
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {
            key: _merge(old[key], value, action) if key in old else value
            for key, value in new.items()
        }
    _refuse_known([new] if old == new else [], action)
    return new


def _refuse_known(known: list[Any], action: Action) -> None:
    if known:
        raise OverlayError(
            f"{action.name}: {known[0]!r} at {action.target} is already so upstream; drop it here"
        )
