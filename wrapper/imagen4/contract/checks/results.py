"""Results: readable, only on success, as many pictures as were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...facts.gateways import DEFAULT_MODEL
from ...facts.models import COUNT_FIELDS
from ...facts.protocol import INPUT, RESULT_JSON, RESULT_URLS, SUCCEEDED, TASK_ID
from ..document import field_of_record, shortened
from ..strict_json import value_of
from .evidence import NO_SUCCESS_SEEN, SUCCESS_SEEN, Evidence
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange
    from ..trace import TaskHistory, Trace

RESULT = field_of_record(RESULT_JSON)
NOT_IN_URLS = frozenset(' "<>\\^`{|}')
"""RFC 3986, but that many write characters beyond ASCII as they are."""


@check(
    "result-readable", "A success has its pictures' URLs in resultJson.", RESULT, of=SUCCESS_SEEN
)
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
    if not isinstance(url, str) or not url.isprintable() or NOT_IN_URLS.intersection(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _counts(trace: Trace) -> Iterator[tuple[Exchange, str, int, int]]:
    """Each success of which both are known: how many were asked for, and how many there are."""
    name = next((each for each in COUNT_FIELDS if each in trace.document.input_fields), "")
    for task, poll in trace.successes:
        wanted, got = _wanted(trace, task, name), len(_urls(poll))
        if wanted and got:
            yield poll, name, wanted, got


COUNTED = Evidence("no success says how many pictures were asked for", _counts, optional=True)
SUCCESSES = Evidence(
    "fewer than two tasks were seen to succeed",
    lambda trace: list({task.id for task, _ in trace.successes})[1:],
)


@check("result-count", "A success holds as many pictures as were asked for.", RESULT, of=COUNTED)
def result_count(trace: Trace) -> Iterator[Found]:
    for poll, name, wanted, got in _counts(trace):
        # A maximum may be stayed below.
        if got > wanted if name.startswith("max") else got != wanted:
            yield poll, f"{wanted} asked for, {got} in resultJson"


def _wanted(trace: Trace, task: TaskHistory, name: str) -> int | None:
    """How many pictures the request asked for; None where nobody knows.

    Of a model that does not count, that is known of imagen4 alone: one. wire: others gave 2 or 6.
    """
    asked = task.asked.get(INPUT)
    if not isinstance(asked, dict) or (not name and asked.keys() & {*COUNT_FIELDS}):
        return None
    if not name:
        return 1 if trace.document.model == DEFAULT_MODEL else None
    value = asked.get(name) or trace.document.input_fields[name].get("default")
    known = value is not None and trace.document.accepts(name, value)
    return int(value) if known else None


@check("result-distinct", "Each picture of a task has a URL of its own.", RESULT, of=SUCCESS_SEEN)
def result_distinct(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.successes:
        urls = [url for url in _urls(poll) if isinstance(url, str)]
        if len(set(urls)) < len(urls):
            yield poll, f"{len(urls)} URLs, {len(set(urls))} different ones"


@check("result-own", "Tasks of different requests have different pictures.", RESULT, of=SUCCESSES)
def result_own(trace: Trace) -> Iterator[Found]:
    """The same request again is left out: its picture may be the same.

    So is the record of another task: its pictures are that task's own.
    """
    owners: dict[str, TaskHistory] = {}
    for task, poll in trace.successes:
        if poll.data.get(TASK_ID) != task.id:
            continue
        for url in filter(_is_url, _urls(poll)):
            owner = owners.setdefault(url, task)
            if owner.created.request.body != task.created.request.body:
                yield poll, f"{shortened(url, 80)} is a picture of {owner.id!r}, too"


@check(
    "result-last",
    "Pictures appear with success, not before and not with failure.",
    RESULT,
    of=NO_SUCCESS_SEEN,
)
def result_last(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        if poll.state not in (SUCCEEDED, "") and _urls(poll):
            yield poll, f"resultUrls in state {poll.state}"
