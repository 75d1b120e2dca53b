"""Reading a task out of the gateway's record of it. Nothing a server can send raises here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..facts import protocol
from ..facts.protocol import STATES, SUCCEEDED
from .answer import json_value
from .echo import echoed_input
from .origins import link_as_sent
from .redaction import one_line, redacted
from .task import Task

# 32 hexadecimal digits on the wire, task_google_… in the documents. Whatever can stand on one
# line of a log is taken.
_LONGEST_ID = 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def task_from_record(
    record: Mapping[str, Any],
    gateway: str,
    raw: Any,
    *,
    expected_id: str | None = None,
    secrets: Collection[str] = (),
) -> Task | None:
    """The task that `data` of an answer describes; None without a state or an id.

    `expected_id` is the id we asked for: it stands in when the answer names none, and an answer
    about another task is no answer. `secrets` are cut out of what the gateway put in its own
    words, since those may quote the prompt, and get shown and logged.
    """
    state = state_from(record.get(protocol.STATE), secrets)
    task_id = usable_id(record.get(protocol.TASK_ID)) or expected_id
    if not state or not task_id or (expected_id and task_id != expected_id):
        return None
    created = moment(record.get(protocol.CREATE_TIME))
    completed = moment(record.get(protocol.COMPLETE_TIME))
    links, urls = result_links(record) if state == SUCCEEDED else ([], [])
    return Task(
        task_id=task_id,
        state=state,
        gateway=gateway,
        model=line_from(record.get(protocol.MODEL)),
        urls=tuple(urls),
        unusable_links=len(links) - len(urls),
        seed=verbatim(echoed_input(record.get(protocol.PARAM)).get("seed")),
        fail_code=line_from(record.get(protocol.FAIL_CODE), secrets),
        fail_message=line_from(record.get(protocol.FAIL_MESSAGE), secrets),
        progress=finite_number(record.get(protocol.PROGRESS)),
        credits=finite_number(record.get(protocol.CREDITS)),
        cost_time=duration(record.get(protocol.COST_TIME), created, completed),
        created=created,
        completed=completed,
        updated=moment(record.get(protocol.UPDATE_TIME)),
        raw=raw,
    )


def usable_id(value: object) -> str | None:
    """A task id that can be asked for, or None."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**_LONGEST_ID:
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        return None
    return value if value.isprintable() and not value.isspace() else None


def state_from(value: object, secrets: Collection[str]) -> str | None:
    """The state on one line; one of the documented words even if that is the prompt, too."""
    return value if value in STATES and isinstance(value, str) else line_from(value, secrets)


def line_from(value: object, secrets: Collection[str] = ()) -> str | None:
    """Text on one line, without the secrets; a number is spelled out.

    Anything else, and "", is None. The secrets go first: once the text is cut to length,
    what is left of a long prompt could no longer be told.
    """
    spelled = None if value is None else verbatim(value)
    return one_line(redacted(spelled, secrets)) or None if spelled else None


def verbatim(value: object) -> str | None:
    """Text as it is; a number with all its digits; anything else, and "", is None."""
    if value is None or isinstance(value, str):
        return value or None
    if finite_number(value) is None:
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def finite_number(value: object) -> float | None:
    """A finite number, also from text; else None."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: object) -> datetime | None:
    """Unix milliseconds as an aware datetime."""
    milliseconds = None if value is None else finite_number(value)
    if milliseconds is None:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def duration(
    value: object, created: datetime | None, completed: datetime | None
) -> timedelta | None:
    """`costTime`: seconds on the wire (64 of 64 recorded answers), milliseconds in the documents.

    Read as seconds, unless the task's own times say that only milliseconds can be meant.
    """
    amount = finite_number(value)
    if amount is None or not 0 <= amount < 1e12:
        return None
    seconds = timedelta(seconds=amount)
    if created and completed and seconds > 100 * (completed - created) > timedelta(0):
        return seconds / 1000
    return seconds


def result_links(record: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What stands where links to pictures belong, and those that lead somewhere.

    `resultJson` is JSON text; since August 2026 it stands also decoded, in `response`.
    """
    unusable = list[str]()
    for name in (protocol.RESULT_JSON, protocol.RESULT_PARSED):
        links = named_links(record.get(name))
        if usable := [link for link in links if link_as_sent(link)]:
            return links, usable
        unusable = unusable or links
    return unusable, []


def named_links(result: object) -> list[str]:
    """Whatever stands where links to pictures belong.

    That is {"resultUrls": [link, …]}. The pictures are paid for also where the list, or the link,
    stands alone, where each is an object with a `url`, or where one of them is JSON text again.
    """
    found = without_text(result)
    if isinstance(found, Mapping):
        found = without_text(found.get(protocol.RESULT_URLS))
    elif isinstance(found, str) and link_as_sent(found) is None:
        return []
    links = found if isinstance(found, list) else [found]
    named = (each.get(protocol.URL) if isinstance(each, Mapping) else each for each in links)
    return [link for link in named if isinstance(link, str) and link]


def without_text(value: object) -> object:
    """What JSON text says, or JSON text in JSON text; anything else as it is."""
    for _ in range(2):
        decoded = json_value(value) if isinstance(value, str) else None
        value = value if decoded is None else decoded
    return value
