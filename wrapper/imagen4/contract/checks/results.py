"""Results: readable, only on success, as many pictures as were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...facts.protocol import INPUT, RESULT_JSON, RESULT_URLS, SUCCEEDED
from ..document import field_of_record, shortened
from ..strict_json import value_of
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange
    from ..trace import TaskHistory, Trace

RESULT = field_of_record(RESULT_JSON)


@check("result-readable", "A success has its pictures' URLs in resultJson.", RESULT)
def result_readable(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.successes:
        if problem := _result_problem(poll):
            yield poll, problem


def _result_problem(poll: Exchange) -> str:
    text = poll.data.get(RESULT_JSON)
    shown = shortened(repr(text), 80)
    if not isinstance(text, str) or not text.strip():
        return f"state success, resultJson is {shown}"
    urls = _urls(poll)
    if not urls:
        return f"no list of resultUrls can be read in resultJson: {shown}"
    bad = [url for url in urls if not _is_url(url)]
    return f"not an absolute http(s) URL: {shortened(repr(bad[0]), 80)}" if bad else ""


def _urls(poll: Exchange) -> list[Any]:
    text = poll.data.get(RESULT_JSON)
    value = value_of(text) if isinstance(text, str) else None
    urls = value.get(RESULT_URLS) if isinstance(value, dict) else None
    return urls if isinstance(urls, list) else []


def _is_url(url: Any) -> bool:
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@check("result-count", "A success holds as many pictures as were asked for.", RESULT)
def result_count(trace: Trace) -> Iterator[Found]:
    fields = trace.document.input_fields
    for task, poll in trace.successes:
        wanted, urls = _wanted(task, fields), _urls(poll)
        if wanted and urls and len(urls) != wanted:
            yield poll, f"{wanted} asked for, {len(urls)} in resultJson"


def _wanted(task: TaskHistory, fields: dict[str, Any]) -> int | None:
    """How many pictures the request asked for; None where it breaks the document itself."""
    asked = task.asked.get(INPUT)
    if not isinstance(asked, dict) or "num_images" not in fields:
        return 1 if isinstance(asked, dict) and "num_images" not in asked else None
    value = asked.get("num_images") or fields["num_images"]["default"]
    return int(value) if value in fields["num_images"]["enum"] else None


@check("result-distinct", "Each picture of a task has a URL of its own.", RESULT)
def result_distinct(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.successes:
        urls = [url for url in _urls(poll) if isinstance(url, str)]
        if len(set(urls)) < len(urls):
            yield poll, f"{len(urls)} URLs, {len(set(urls))} different ones"


@check("result-own", "Tasks of different requests have different pictures.", RESULT)
def result_own(trace: Trace) -> Iterator[Found]:
    """The same request again is left out: its picture may be the same."""
    owners: dict[str, TaskHistory] = {}
    for task, poll in trace.successes:
        for url in filter(_is_url, _urls(poll)):
            owner = owners.setdefault(url, task)
            if owner.created.request.body != task.created.request.body:
                yield poll, f"{shortened(url, 80)} is a picture of {owner.id!r}, too"


@check("result-last", "Pictures appear with success, not before and not with failure.", RESULT)
def result_last(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        if poll.state not in (SUCCEEDED, "") and _urls(poll):
            yield poll, f"resultUrls in state {poll.state}"
