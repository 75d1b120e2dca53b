"""The report for a summary page: what the text says, under the names that it has there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .model import reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .broken import Broken
    from .model import Report

MARKS = {0: "✅", 1: "❌", 2: "⚠️"}
MARKUP = re.compile(r"[\\`*_\[\]<>#|~&@$]|:(?=/)")
"""What could begin markup, a link or a picture; a backslash takes that from it."""


def render_markdown(report: Report) -> str:
    return "\n".join(_markdown_lines(report)) + "\n"


def _markdown_lines(report: Report) -> Iterator[str]:
    yield f"## {MARKS[report.exit_code]} Contract: {report.gateway}, {report.model}"
    yield ""
    yield f"{_cell(report.last_line)}"
    yield ""
    yield (
        f"`{report.base_url}`, {report.style} style, {report.phase}, seed {report.seed}: "
        f"{report.requests} requests, {report.tasks} tasks, {report.paid} paid."
    )
    if report.broken:
        yield from _table_of(report.broken)
    accepted = [f"{each.promise} {each.accepted}" for each in report.accepted]
    yield from _folded_list("Accepted", accepted)
    yield from _folded_list("Accepted, and gone", list(report.no_longer))
    for title, known in (
        ("Known deviations", report.deviations),
        ("Known deviations that did not show", report.gone),
    ):
        yield from _folded_list(
            title, [f"{each.id}: {each.text} ({each.evidence})" for each in known]
        )
    yield from _folded_list("Noted", list(report.notes))
    yield from _folded_list("Checks that had nothing to look at", reasons(report.skipped))
    yield from _folded_list("Not checked", list(report.not_checked))


def _table_of(found: Iterable[Broken]) -> Iterator[str]:
    """And the commands that show it, folded."""
    yield from ("", "| operation | promise broken | seen | where |", "|---|---|---|---|")
    for broken in found:
        yield _row(broken, broken.promise)
        yield from (_row(each, f"↳ {each.promise}") for each in broken.consequences)
    yield from ("", "<details><summary>To see it yourself</summary>", "", "```bash")
    yield from (command for broken in found for command in broken.commands)
    yield from ("```", "", "</details>")


def _row(broken: Broken, promise: str) -> str:
    cells = (broken.operation, promise, broken.evidence, broken.place)
    return f"| {' | '.join(map(_cell, cells))} |"


def _folded_list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"<details><summary>{title} ({len(lines)})</summary>", "")
        yield from (f"- {_cell(line)}" for line in lines)
        yield from ("", "</details>")


def _cell(text: str) -> str:
    """Server text in a line of ours: no markup of its own, no line breaks."""
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
