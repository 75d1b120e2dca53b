"""A run's outcome as text, JUnit XML, JSON and Markdown: one model, four spellings."""

import json
from collections.abc import Callable

from imagen4.contract.reports.junit import junit
from imagen4.contract.reports.markdown import markdown
from imagen4.contract.reports.model import Report, report
from imagen4.contract.reports.text import text

__all__ = ["SPELLINGS", "Report", "report", "text"]


def _json(made: Report) -> str:
    return json.dumps(made.as_dict(), ensure_ascii=False, indent=1) + "\n"


SPELLINGS: dict[str, Callable[[Report], str]] = {
    "junit": junit,
    "json": _json,
    "markdown": markdown,
}
