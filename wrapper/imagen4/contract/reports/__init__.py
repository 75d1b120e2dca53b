"""A run's outcome in the forms that people and tools read: one model, rendered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .github import annotate_refusal, render_annotations
from .har import render_har
from .junit import render_junit
from .markdown import render_markdown
from .model import Report, make_report
from .sarif import render_sarif
from .text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "RENDERERS",
    "Report",
    "annotate_refusal",
    "make_report",
    "render_annotations",
    "render_text",
]


def _render_json(report: Report) -> str:
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n"


RENDERERS: dict[str, Callable[[Report], str]] = {
    "junit": render_junit,
    "json": _render_json,
    "markdown": render_markdown,
    "sarif": render_sarif,
    "har": render_har,
}
