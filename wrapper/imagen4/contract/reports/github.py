"""The report as GitHub Actions has it: an annotation where each broken promise stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .spec_lines import find_spec_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Report


def render_annotations(report: Report) -> str:
    """Workflow commands, one a line; empty when nothing is wrong."""
    return "".join(f"{line}\n" for line in _annotations(report))


def _annotations(report: Report) -> Iterator[str]:
    for broken in report.broken:
        place = find_spec_line(broken.pointer, report.gateway, report.model, Path.cwd())
        where = f"file={_property(place.file)},line={place.line}," if place.line else ""
        yield f"::error {where}title={_property(broken.promise)}::{_data(broken.told)}"
    if report.exit_code == 2:
        yield annotate_refusal(report.reason)


def annotate_refusal(reason: str) -> str:
    """The workflow command for a run that came to no verdict."""
    return f"::error title=could not run::{_data(reason)}"


def _data(text: str) -> str:
    """GitHub's own escapes: a server cannot end the line and give a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
