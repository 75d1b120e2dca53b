"""Results: readable, only on success, as many pictures as were asked for."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import BODY, TASK, shortened
from imagen4.contract.exchange import Exchange
from imagen4.contract.strict_json import value_of
from imagen4.contract.trace import Task, Trace, state

RESULT = f"{TASK}/properties/resultJson"


@check("result-readable", "A success has its pictures' URLs in resultJson.", RESULT)
def result_readable(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for poll in _successes(task):
            problem = _problem(poll.data.get("resultJson"))
            if problem:
                yield poll, problem


def _problem(text: Any) -> str:
    shown = shortened(repr(text), 80)
    if not isinstance(text, str) or not text.strip():
        return f"state success, resultJson is {shown}"
    urls = _urls(text)
    if not urls:
        return f"no list of resultUrls can be read in resultJson: {shown}"
    bad = [url for url in urls if not _is_url(url)]
    return f"not an absolute http(s) URL: {shortened(repr(bad[0]), 80)}" if bad else ""


def _urls(text: Any) -> list[Any]:
    value = value_of(text) if isinstance(text, str) else None
    urls = value.get("resultUrls") if isinstance(value, dict) else None
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
    fields = trace.document.at(f"{BODY}/properties/input/properties")
    for task in trace.tasks:
        wanted = _wanted(task, fields)
        for poll in _successes(task):
            urls = _urls(poll.data.get("resultJson"))
            if wanted and urls and len(urls) != wanted:
                yield poll, f"{wanted} asked for, {len(urls)} in resultJson"


def _wanted(task: Task, fields: dict[str, Any]) -> int | None:
    """How many pictures the request asked for; None where it breaks the document itself."""
    body = task.created.request.body
    asked = body.get("input") if isinstance(body, dict) else None
    if not isinstance(asked, dict) or "num_images" not in fields:
        return 1 if isinstance(asked, dict) and "num_images" not in asked else None
    value = asked.get("num_images") or fields["num_images"]["default"]
    return int(value) if value in fields["num_images"]["enum"] else None


@check("result-distinct", "Each picture of a task has a URL of its own.", RESULT)
def result_distinct(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for poll in _successes(task):
            urls = [url for url in _urls(poll.data.get("resultJson")) if isinstance(url, str)]
            if len(set(urls)) < len(urls):
                yield poll, f"{len(urls)} URLs, {len(set(urls))} different ones"


@check("result-own", "Tasks of different requests have different pictures.", RESULT)
def result_own(trace: Trace) -> Iterator[Found]:
    """The same request again is left out: its picture may be the same."""
    owners: dict[str, Task] = {}
    for task in trace.tasks:
        for poll in _successes(task):
            for url in filter(_is_url, _urls(poll.data.get("resultJson"))):
                owner = owners.setdefault(url, task)
                if owner.created.request.body != task.created.request.body:
                    yield poll, f"{shortened(url, 80)} is a picture of {owner.id!r}, too"


@check("result-last", "Pictures appear with success, not before and not with failure.", RESULT)
def result_last(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for poll in task.records:
            if state(poll) not in ("success", "") and _urls(poll.data.get("resultJson")):
                yield poll, f"resultUrls in state {state(poll)}"


def _successes(task: Task) -> Iterator[Exchange]:
    return (poll for poll in task.records if state(poll) == "success")
