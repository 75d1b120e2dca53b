"""The guide's tables: what differs between the gateways, and the models that are vendored."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from differences import compare
from differences.report import as_cell, as_table
from imagen4.facts import GATEWAYS
from imagen4.facts.models import WITHDRAWN
from pages.errors import PageError
from pages.reader import read_page


def gateways_table(root: Path) -> str:
    """What differs between the gateways' documents."""
    pages = {name: read_page(root / "specs" / f"{name}.yaml").document for name in GATEWAYS}
    (first, one), *others = pages.items()
    return "\n".join(as_table(compare(one, other), first, name) for name, other in others)


def models_table(root: Path) -> str:
    """The vendored models: their fields (required ones in bold), and what a picture costs."""
    rows = [row for gateway in GATEWAYS for row in _rows(root, gateway)]
    return "| model | fields | price |\n|---|---|---|\n" + "".join(rows)


TABLES: dict[str, Callable[[Path], str]] = {"gateways": gateways_table, "models": models_table}


FOLDER = "wrapper/guide"
PAGE = f"{FOLDER}/gateways.md"


def fresh_page(root: Path) -> str:
    """The page's text with its tables as they are now."""
    text = (root / PAGE).read_text(encoding="utf-8")
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
        before, begun, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not begun or not ended:
            raise PageError(f"{PAGE} has no {begin.strip()} ... {end}", "put the two lines back")
        text = f"{before}{begun}{table(root)}{ended}{after}"
    return text


def _rows(root: Path, gateway: str) -> Iterator[str]:
    folder = root / "generated" / "imagen4_generated" / gateway
    for entry in _json(folder / "catalogue.json"):
        schema = _json(folder / "inputs" / f"{entry['slug']}.json")["input"]
        required = schema.get("required", ())
        names = sorted(schema["properties"], key=lambda name: name not in required)
        fields = ", ".join(
            f"**{as_cell(name)}**" if name in required else as_cell(name) for name in names
        )
        mark = " †" if entry["name"] in WITHDRAWN else ""
        model = f"{gateway}: {as_cell(entry['name'])}{mark}"
        yield f"| {model} | {fields} | {_price(gateway, entry['name'])} |\n"


def _price(gateway: str, model: str) -> str:
    facts = GATEWAYS[gateway]
    price = facts.prices.get(model)
    if price is None:
        return "unknown"
    dollars = facts.dollars_per_credit
    money = f" (${price.credits * dollars:.2f})" if dollars else ""
    return f"{price.credits:g} credits{money} per {price.per}"


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())
