"""A task as the gateway describes it, by polling or by callback."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .envelope import decode
from .redaction import one_line, redacted

RUNNING = frozenset({"waiting", "queuing", "generating"})
SUCCESS = "success"
FAIL = "fail"
DOCUMENTED = RUNNING | {SUCCESS, FAIL}
# 32 hexadecimal digits on the wire, task_google_… in the documents. Anything that can stand
# in an URL and on one line of a log is taken.
_TASK_ID = re.compile(r"[!-~]{1,256}")


@dataclass(frozen=True, slots=True)
class Task:
    """One task. What the gateway did not say, or said unreadably, is None.

    state: "waiting", "queuing", "generating", "success", "fail", or a word that no
        document knows.
    urls: where the pictures are, good for about a day (documented); empty until success.
    seed: as it was sent, read back from the gateway's copy of the request.
    cost_time: how long the gateway worked. `created`, `completed`, `updated` are aware (UTC).
    progress: per cent. credits: what the task cost.
    raw: the decoded answer; not part of the repr, since it holds the prompt.
    """

    task_id: str
    state: str
    model: str | None = None
    urls: tuple[str, ...] = ()
    seed: str | None = None
    fail_code: str | None = None
    fail_message: str | None = None
    progress: float | None = None
    credits: float | None = None
    cost_time: timedelta | None = None
    created: datetime | None = None
    completed: datetime | None = None
    updated: datetime | None = None
    raw: Any = field(default=None, repr=False, compare=False)

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @property
    def succeeded(self) -> bool:
        return self.state == SUCCESS

    @property
    def failed(self) -> bool:
        return self.state == FAIL


def task_from(
    details: object, raw: Any, *, asked: str | None = None, secrets: Collection[str] = ()
) -> Task | None:
    """The task that a generated details model describes; None without a state or an id.

    `asked` is the id we asked for: it stands in when the answer names none, and an answer
    about another task is no answer. `secrets` are cut out of what the gateway put in its own
    words, since those may quote the prompt, and get shown and logged.
    """
    named = usable_id(getattr(details, "task_id", None))
    state = state_from(getattr(details, "state", None), secrets)
    task_id = named or asked
    if not state or not task_id or (asked and task_id != asked):
        return None
    created = moment(getattr(details, "create_time", None))
    completed = moment(getattr(details, "complete_time", None))
    return Task(
        task_id=task_id,
        state=state,
        model=text(getattr(details, "model", None)),
        urls=urls(details) if state == SUCCESS else (),
        seed=verbatim(asked_for(getattr(details, "param", None)).get("seed")),
        fail_code=text(getattr(details, "fail_code", None), secrets),
        fail_message=text(getattr(details, "fail_msg", None), secrets),
        progress=number(getattr(details, "progress", None)),
        credits=number(getattr(details, "credits_consumed", None)),
        cost_time=duration(getattr(details, "cost_time", None), created, completed),
        created=created,
        completed=completed,
        updated=moment(getattr(details, "update_time", None)),
        raw=raw,
    )


def usable_id(value: object) -> str | None:
    """A task id that can be asked for, or None."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**18:
        value = str(value)
    return value if isinstance(value, str) and _TASK_ID.fullmatch(value) else None


def state_from(value: object, secrets: Collection[str]) -> str | None:
    """The state on one line; one of the documented words even if that is the prompt, too."""
    state = text(value)
    return state if state in DOCUMENTED else text(value, secrets)


def text(value: object, secrets: Collection[str] = ()) -> str | None:
    """Text on one line, without the secrets; a number is spelled out.

    Anything else, and "", is None. The secrets go first: once the text is cut to length,
    what is left of a long prompt could no longer be told.
    """
    spelled = verbatim(value)
    return one_line(redacted(spelled, secrets)) or None if spelled else None


def verbatim(value: object) -> str | None:
    """Text as it is; a number with all its digits; anything else, and "", is None."""
    if isinstance(value, str):
        return value or None
    if number(value) is None:
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def number(value: object) -> float | None:
    """A finite number, also from text; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: object) -> datetime | None:
    """Unix milliseconds as an aware datetime."""
    milliseconds = number(value)
    if milliseconds is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def duration(
    value: object, created: datetime | None, completed: datetime | None
) -> timedelta | None:
    """`costTime`: seconds on the wire (64 of 64 recorded answers), milliseconds in the documents.

    Read as seconds, unless the task's own times say that only milliseconds can be meant.
    """
    amount = number(value)
    if amount is None or not 0 <= amount < 1e12:
        return None
    seconds = timedelta(seconds=amount)
    if created and completed and seconds > 100 * (completed - created) > timedelta(0):
        return seconds / 1000
    return seconds


def urls(details: object) -> tuple[str, ...]:
    """The pictures: `resultJson` is JSON text; since August 2026 also decoded in `response`."""
    result = getattr(details, "result_json", None)
    decoded = decode(result) if isinstance(result, str) else result
    for candidate in (decoded, getattr(details, "response", None)):
        found = candidate.get("resultUrls") if isinstance(candidate, Mapping) else None
        if isinstance(found, list) and any(isinstance(url, str) and url for url in found):
            return tuple(url for url in found if isinstance(url, str) and url)
    return ()


def asked_for(param: object) -> Mapping[str, Any]:
    """The request in `param`, which is JSON text whose `input` is JSON text again."""
    request = decode(param) if isinstance(param, str) else param
    fields = request.get("input") if isinstance(request, Mapping) else None
    fields = decode(fields) if isinstance(fields, str) else fields
    return fields if isinstance(fields, Mapping) else {}


def words_in(data: object) -> tuple[str, ...]:
    """The prompts that an answer's data repeat, also of a task that another process created."""
    records = data if isinstance(data, list) else [data]
    requests = [asked_for(each.get("param")) for each in records if isinstance(each, Mapping)]
    words = (each.get(name) for each in requests for name in ("prompt", "negative_prompt"))
    return tuple(word for word in words if isinstance(word, str))
