"""The report for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .broken import Broken
    from .model import Report

LISTED = 12


def render_text(report: Report) -> str:
    return "\n".join(_text_lines(report))


def _text_lines(report: Report) -> Iterator[str]:
    told = "detected" if report.profile == "auto" else "told"
    of = f"{report.gateway}, {report.model}"
    yield f"{of} at {report.base_url}: {report.style} style ({told}), {report.phase}"
    yield f"requests: {report.requests}, tasks: {report.tasks}, seed: {report.seed}"
    if report.paid:
        yield f"{report.paid} request(s) that may have been paid for"
    for broken in report.broken:
        yield from _lines_about(broken)
    yield from _first_of_list(
        "Accepted", [f"{each.promise} {each.accepted}" for each in report.accepted]
    )
    yield from _first_of_list("Accepted, and gone", list(report.no_longer))
    yield from _first_of_list(
        "Known deviations", [f"{each.id}: {each.text}" for each in report.deviations]
    )
    yield from _first_of_list(
        "Known deviations that did not show", [each.id for each in report.gone]
    )
    yield from _first_of_list("Noted", list(report.notes))
    yield from _first_of_list(
        "Checks that had nothing to look at", reasons(report.skipped), most=None
    )
    yield from _first_of_list("Not checked", list(report.not_checked))
    yield ""
    yield report.last_line


def _lines_about(broken: Broken) -> Iterator[str]:
    yield ""
    yield f"✗ {broken.title}"
    yield f"  {broken.place}"
    yield f"  {broken.evidence}"
    yield from (f"  {command}" for command in broken.commands)
    if broken.consequences:
        yield "  From this follows:"
    yield from (f"  · {each.title}" for each in broken.consequences)


def _first_of_list(title: str, lines: list[str], most: int | None = LISTED) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title} ({len(lines)})"
        yield from (f"  · {line}" for line in lines[:most])
        if more := len(lines[most:]) if most else 0:
            yield f"  · … {more} more (--json has them all)"
