"""The failure this prevents: a traceback instead of a document or one line that says why not."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

import regenerate
from overlays import OverlayError
from pages.captures import Capture, Captures
from pages.errors import PageError
from pages.reader import read_bytes
from pages.vendored import vendored_text

KEYS = ("type", "$ref", "enum", "required", "properties", "items", "allOf", "example", "content",
        "schema", "parameters", "security", "title", "tags", "components", "x-a")  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, 0, -1.5, "", "string", "说明：", [], {}, [{}], ["a", "null"],
                           {"type": "string"}, {"$ref": "#/paths"}, "3.1.0", [[]])  # fmt: skip
TOGETHER = 4


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key there."""
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


def mutate(document: dict[str, Any], chance: random.Random) -> None:
    """One thing is dropped, changed, wrapped, added, or stands in another order."""
    holder, key = chance.choice(list(places(document)))
    how = chance.randrange(5)
    if how == 0:
        del holder[key]
    elif how == 1:
        holder[key] = copy.deepcopy(chance.choice(VALUES))
    elif how == 2:
        holder[key] = {"allOf": [holder[key]]}
    elif isinstance(holder, dict) and how == 3:
        holder[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
    elif isinstance(holder, dict):
        items = chance.sample(list(holder.items()), len(holder))
        holder.clear()
        holder.update(items)


@pytest.fixture(scope="module", params=["3.0.0", "3.1.0"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """kie's captured page, in either version of OpenAPI."""
    _, data = Captures(regenerate.SPECS).recorded("kie")
    return read_bytes(data).document | {"openapi": request.param}


def outcome(made: dict[str, Any], capture: Capture) -> str:
    """What stands in the way of the documents that client, sandbox and suite are built on."""
    try:
        page = read_bytes(json.dumps(made).encode())
        vendored_text(capture, page)
        regenerate.documents_of("kie", page.document)
    except (PageError, OverlayError, regenerate.RegenerateError) as refusal:
        return str(refusal)
    return "nothing"


STARTS = range(0, 10 * TOGETHER, TOGETHER)


@pytest.mark.parametrize(
    "start",
    [*STARTS[:5], *(pytest.param(each, marks=pytest.mark.slow) for each in STARTS[5:])],
)
def test_a_mutated_page_is_taken_or_refused_in_one_line(
    document: dict[str, Any], start: int
) -> None:
    """A line that fits on a screen, and no other exception."""
    capture, _ = Captures(regenerate.SPECS).recorded("kie")
    for seed in range(start, start + TOGETHER):
        chance, made = random.Random(seed), copy.deepcopy(document)
        for _ in range(chance.randrange(1, 4)):
            mutate(made, chance)
        line = outcome(made, capture)
        assert line.splitlines() == [line], seed
        assert len(line) < 300, seed
