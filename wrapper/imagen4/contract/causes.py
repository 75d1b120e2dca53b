"""Which findings follow from others: a server with one thing wrong breaks many promises.

A cause is read off the conversation, or off the violations. Where several promises are broken on
the exchanges that show it, a finding of its own stands before them, and they say that they follow
from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ..facts.protocol import INPUT, Code
from .alike import ENOUGH, NOT_THERE, alike, gist
from .cause import Cause, causes_among
from .checks.registry import CHECKS, Finding
from .checks.requests import BODY_SUBJECTS
from .document import (
    BODY_SCHEMA,
    CODE_SCHEMA,
    INPUT_SCHEMA,
    METHODS,
    NO_TASK_ANSWER,
    pointer,
)
from .exchange import ACCOUNT, Exchange, Expect, Subject
from .trace import operation_name

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from .document import Document
    from .trace import Trace

MOST = 0.75
"""Where more than this share of what is forbidden passes, it is not single rules that are amiss."""
TRIED = 3
FAILURES = ACCOUNT | {Code.TIMED_OUT, Code.SERVER_ERROR, Code.DISABLED}


def trace_back(trace: Trace, violations: list[Finding]) -> list[Finding]:
    """The violations, each with what it follows from, and the findings they follow from."""
    left = violations
    for cause in (*_causes(trace), *causes_among(violations)):
        left = _explained(cause, left)
    return left


def _explained(cause: Cause, violations: list[Finding]) -> list[Finding]:
    """With the cause as a finding in front; as they were where it explains one promise alone."""
    shown_by = {exchange.number for exchange in cause.shown_by}
    known = {each.because_of for each in violations} | {cause.promise}
    explained = [
        each
        for each in violations
        if not each.because_of
        and any(e.number in shown_by for e in (each.exchange, each.against) if e)
        and (not cause.checks or each.check in cause.checks)
        and each.promise not in known
    ]
    stands = any(each.promise == cause.promise for each in violations)
    if not stands and len({each.promise for each in explained}) < 2:
        return violations
    # It counts for the check that noticed it first, and is shown where that was.
    roots = [
        Finding(explained[0].check, cause.promise, cause.pointer, exchange, cause.seen)
        for exchange in {each.exchange.number: each.exchange for each in explained}.values()
    ]
    follows = {id(each) for each in explained}
    same = (each.because_of for each in violations if each.promise == cause.promise)
    root = next(filter(None, same), cause.promise)  # what follows from it, does from its cause
    rest = [replace(each, because_of=root) if id(each) in follows else each for each in violations]
    return rest if stands else [*roots, *rest]


def _causes(trace: Trace) -> Iterator[Cause]:
    """The most telling first: what one explains, no other does."""
    yield from _answered_alike("", pointer("paths"), trace.answered)
    for path in METHODS:
        asked = [each for each in trace.answered if each.request.path == path]
        yield from _answered_alike(operation_name(path), pointer("paths", path), asked)
    yield from _mixed_up(trace)
    yield from _failing(trace)
    # What the document leaves open is answered in the same way, and may be no success, either.
    empty = [each for each in trace.expecting(Expect.OPEN) if not each.created_id]
    yield from _unrefused(
        "What the document forbids", CODE_SCHEMA, trace.expecting(Expect.REFUSE), empty
    )
    unknown = trace.expecting(Expect.REFUSE, Subject.UNKNOWN_TASK, Subject.NO_TASK_ID)
    yield from _unrefused("Asking for a task that does not exist", NO_TASK_ANSWER, unknown)
    bodies = trace.expecting(Expect.REFUSE, *BODY_SUBJECTS)
    yield from _unrefused("A create that the document forbids", BODY_SCHEMA, bodies)
    yield from _in_another_type(trace)
    fields: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in bodies:
        for place in _places_above(trace.document, exchange):
            fields[place].append(exchange)
    for place in sorted(fields, key=len):
        name = place.rpartition("/")[2]
        yield from _unrefused(f"A create whose {name} the document forbids", place, fields[place])


def _in_another_type(trace: Trace) -> Iterator[Cause]:
    """Fields that are refused whatever right text they hold, and taken in another type."""
    creates = trace.expecting(Expect.ACCEPT, Subject.PARAMETER)
    forbidden = trace.expecting(Expect.REFUSE, Subject.PARAMETER)
    for name in trace.document.input_fields:
        place = f"{INPUT_SCHEMA}/properties/{name}"
        taken = [each for each in forbidden if each.intent.pointer.startswith(f"{place}/")]
        taken = [each for each in taken if each.verdict.accepted]
        given = [each for each in creates if name in each.request.body[INPUT]]
        refused = [each for each in given if each.verdict.refused]
        wanted = [each for each in given if each.request.body[INPUT][name] not in ("", [])]
        all_refused = all(each.verdict.refused for each in wanted)
        if taken and wanted and all_refused and len(given) < len(creates):
            promise = f"A create's {name} is read in its documented type."
            seen = f"accepted: {taken[0].intent.what}; refused: {wanted[0].intent.what}"
            checks = frozenset({"allowed", "forbidden"})
            yield Cause(promise, place, seen, [*taken, *refused], checks)


def _places_above(document: Document, exchange: Exchange) -> list[str]:
    """The fields of a body that a rule is about, by their places: outer ones, and a missing one."""
    holder, _, keyword = exchange.intent.pointer.rpartition("/")
    places, value = [], exchange.request.body
    for each in re.finditer(r"/properties/([^/]+)", holder.removeprefix(BODY_SCHEMA)):
        places.append(holder[: len(BODY_SCHEMA) + each.end()])
        value = value.get(each[1]) if isinstance(value, dict) else None
    if keyword == "required" and isinstance(value, dict):
        missing = (name for name in document.at(exchange.intent.pointer) if name not in value)
        places += [f"{holder}/properties/{name}" for name in missing]
    return places


def _answered_alike(operation: str, place: str, asked: list[Exchange]) -> Iterator[Cause]:
    if not alike(asked):
        return
    first = asked[0]
    same = [each for each in asked if gist(each) == gist(first)]
    seen = f"{len(same)} of {len(asked)} answers were the same: {first.told}"
    if first.verdict.status in NOT_THERE and first.verdict.code is None:
        promise = f"{operation} is where the document says."
    else:
        promise = f"{operation or 'Each operation'} answers what is asked."
    yield Cause(promise, place, seen, same)


def _mixed_up(trace: Trace) -> Iterator[Cause]:
    """Records of tasks that share an id tell of one of them, and of the others nothing true."""
    first: dict[str, Exchange] = {}
    again: set[str] = set()
    for each in trace.answered:
        # Over a kept connection alone, it is the answer to another request.
        if each.created_id and first.setdefault(each.created_id, each) is not each:
            again |= set() if each.keep_alive else {each.created_id}
    polls = [poll for task in trace.tasks if task.id in again for poll in task.polls]
    if polls:
        yield Cause(CHECKS["own-id"].promise, CHECKS["own-id"].pointer, "", polls)


def _failing(trace: Trace) -> Iterator[Cause]:
    """Refusals in the same words whatever was asked: a failure, or no envelope at all.

    For bad parameters alone, a code 500 is known to be the gateway's word.
    """
    failures: dict[Hashable, list[Exchange]] = defaultdict(list)
    for exchange in trace.speaking:
        verdict = exchange.verdict
        if verdict.refused and (verdict.effective in FAILURES or not exchange.payload):
            failures[gist(exchange)].append(exchange)
    for exchanges in failures.values():
        first = exchanges[0]
        of_all_kinds = len({each.intent.subject for each in exchanges}) >= ENOUGH
        if of_all_kinds or not first.payload:
            share = f"{len(exchanges)} of {len(trace.answered)} answers"
            kinds = " to requests of all kinds" if of_all_kinds else ""
            seen = f"{share}{kinds}: {first.told}"
            promise = "The gateway does not fail." if first.payload else "A refusal is an envelope."
            yield Cause(promise, pointer("paths"), seen, exchanges)


def _unrefused(
    what: str, place: str, tried: list[Exchange], likewise: Iterable[Exchange] = ()
) -> Iterator[Cause]:
    passed = [each for each in tried if each.verdict.accepted]
    if len(tried) >= TRIED and len(passed) > MOST * len(tried):
        seen = f"{len(passed)} of {len(tried)} such requests were accepted"
        yield Cause(f"{what} is refused.", place, seen, [*passed, *likewise])
