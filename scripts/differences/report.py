"""Changes for people and for machines: lines, Markdown, JSON, and the guide's table."""

import json
from collections.abc import Sequence
from typing import Any

from differences.change import MISSING, Change, Grade, shown, verdict
from pages.errors import visible

_WORDS = {
    Grade.BREAKING: "Breaking: a client that was right before may fail or behave otherwise.",
    Grade.COMPATIBLE: "Compatible: old clients go on as they were, unless words say otherwise.",
    Grade.COSMETIC: "Cosmetic: words and examples.",
}


def as_text(changes: Sequence[Change]) -> str:
    """One line for each change, and one that sums up."""
    return "".join(change.line() + "\n" for change in changes) + summary(changes) + "\n"


def summary(changes: Sequence[Change]) -> str:
    """How many changes of each grade there are."""
    if not changes:
        return "no differences"
    counts = {grade: sum(change.grade is grade for change in changes) for grade in _WORDS}
    return ", ".join(f"{count} {grade.word}" for grade, count in counts.items() if count)


def as_json(changes: Sequence[Change]) -> str:
    """The changes as a JSON document."""
    return json.dumps(
        {"verdict": verdict(changes).word, "changes": [_entry(change) for change in changes]},
        indent=2,
        ensure_ascii=False,
        default=str,
    )


def _entry(change: Change) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "class": change.grade.word,
        "side": change.side.value,
        "pointer": change.pointer,
        "change": change.text,
    }
    values = {"old": change.old, "new": change.new}
    return entry | {key: value for key, value in values.items() if value is not MISSING}


def as_markdown(changes: Sequence[Change], title: str) -> str:
    """The changes as a section of a pull request."""
    parts = [f"## {_safe(title)}: {summary(changes)}\n"]
    for grade, words in _WORDS.items():
        found = [change for change in changes if change.grade is grade]
        if found:
            rows = "".join(
                f"| {c.side.value} | {as_cell(c.pointer)} | {as_cell(c.text)} |\n" for c in found
            )
            head = "| side | where | what |\n|---|---|---|\n"
            parts.append(f"\n### {words}\n\n{head}{rows}")
    return "".join(parts)


def as_items(lines: Sequence[str]) -> list[str]:
    """Lines about pages as a list in a pull request."""
    return [f"- {as_cell(line)}\n" for line in lines]


def as_table(changes: Sequence[Change], old: str, new: str) -> str:
    """The differences that matter as a table of two columns, for the guide."""
    rows = [f"| | {old} | {new} |\n|---|---|---|\n"]
    for change in changes:
        if change.grade is Grade.COSMETIC:
            continue
        name = as_cell(_short_name(change))
        rows.append(f"| {name} | {_cell(change.old)} | {_cell(change.new)} |\n")
    return "".join(rows)


def _short_name(change: Change) -> str:
    """The end of a pointer: the names a reader knows."""
    parts = [part for part in change.pointer.split("/") if part not in ("properties", "")]
    return ".".join(part.replace("~1", "/") for part in parts[-2:]) if len(parts) > 1 else parts[0]


def _cell(value: Any) -> str:
    if value is MISSING:
        return "–"
    return as_cell(value if isinstance(value, str) else shown(value))


def as_cell(text: str) -> str:
    """Text from a page as Markdown code: it cannot become markup, a link or a mention."""
    flat = visible(" ".join(text.split())).replace("`", "'").replace("|", "\\|")
    return f"`{flat}`" if flat else ""


def _safe(text: str) -> str:
    return "".join(char for char in text if char.isalnum() or char in " -_.→/")
