"""What a tolerant reader accepts and a maintainer may like to know: noted, never failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..facts.protocol import CODE, DATA, MESSAGE, MESSAGE_IN_EXAMPLES, MODEL, Code
from .cases.judge import GENERATED
from .document import CREATED_ANSWER, METHODS, TASK_SCHEMA
from .exchange import ACCOUNT, Expect, Subject
from .promptness import OFTEN, slow_answers, too_slow
from .trace import Trace, operation_name

if TYPE_CHECKING:
    from collections.abc import Iterator

FOR_ANOTHER_REASON = ACCOUNT | {Code.UNAUTHORIZED, Code.FORBIDDEN}
ENVELOPE = (CODE, MESSAGE, MESSAGE_IN_EXAMPLES, DATA)


def notes(trace: Trace) -> list[str]:
    """One line each, without repetitions, in order of appearance."""
    limited = ["some requests were refused with 429 and sent again"] if trace.limited else []
    found = [*_additions(trace), *_nameless(trace), *limited, *_slowness(trace), *_left_open(trace)]
    return list(dict.fromkeys(found))


def _additions(trace: Trace) -> Iterator[str]:
    created = (
        f"{CREATED_ANSWER}/content/application~1json/schema/allOf/1/properties/data/properties"
    )
    known = {
        "createTask": {*trace.document.at(created)},
        "recordInfo": {*trace.document.at(f"{TASK_SCHEMA}/properties")},
    }
    for exchange in trace.answered:
        name = operation_name(exchange.request.path)
        if exchange.verdict.accepted:
            yield from _beyond(exchange.payload, {*ENVELOPE}, name, "")
            yield from _beyond(exchange.data, known.get(name, set()), name, "data.")


def _beyond(found: dict[str, Any], known: set[str], name: str, prefix: str) -> Iterator[str]:
    for key in found:
        if key not in known:
            yield f"{name} answers with {prefix}{key}, which the document does not have"


def _nameless(trace: Trace) -> Iterator[str]:
    """Empty is as good as absent, but a record always has its model."""
    if any(poll.data.get(MODEL) == "" for _, poll in trace.records):
        yield "recordInfo answers with an empty data.model"


def _slowness(trace: Trace) -> Iterator[str]:
    """On loopback one or two may be this machine's; where they broke a promise, that is told."""
    if too_slow(trace):
        return
    slow = slow_answers(trace)
    for path in METHODS:
        taken = [exchange.seconds for exchange in slow if exchange.request.path == path]
        if len(taken) >= (OFTEN if trace.loopback else 1):
            times = f"{len(taken)} answer{'' if len(taken) == 1 else 's'}"
            longer = f"longer than {trace.bounds[path]:g} s, up to {max(taken):.1f} s"
            yield f"{operation_name(path)}: {times} took {longer}"


def _left_open(trace: Trace) -> Iterator[str]:
    """Requests that the document neither asks for nor forbids, by what became of them.

    What would have been refused whatever it is, or for the key or the account, says nothing.
    """
    creates = trace.expecting(Expect.ACCEPT, Subject.PARAMETER)
    if not any(each.verdict.accepted for each in creates):
        return
    for exchange in trace.expecting(Expect.OPEN):
        code = exchange.verdict.code
        if exchange.intent.what == GENERATED or code is None or code in FOR_ANOTHER_REASON:
            continue
        verb = "accepted" if exchange.verdict.accepted else "refused"
        yield f"left open by the document, {verb}: {exchange.intent.what}"
