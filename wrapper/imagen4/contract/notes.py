"""What a tolerant reader accepts and a maintainer may like to know: noted, never failed."""

from collections.abc import Iterator
from typing import Any

from imagen4.contract.cases.judge import GENERATED
from imagen4.contract.document import CREATED, TASK
from imagen4.contract.exchange import Expect
from imagen4.contract.trace import Trace, operation_name

ENVELOPE = ("code", "msg", "message", "data")


def notes(trace: Trace) -> list[str]:
    """One line each, without repetitions, in order of appearance."""
    limited = ["some requests were refused with 429 and sent again"] if trace.limited else []
    found = [*_additions(trace), *_nameless(trace), *limited, *_left_open(trace)]
    return list(dict.fromkeys(found))


def _additions(trace: Trace) -> Iterator[str]:
    created = f"{CREATED}/content/application~1json/schema/allOf/1/properties/data/properties"
    known = {
        "createTask": {*trace.document.at(created)},
        "recordInfo": {*trace.document.at(f"{TASK}/properties")},
    }
    for exchange in trace.answered():
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
    if any(poll.data.get("model") == "" for task in trace.tasks for poll in task.records):
        yield "recordInfo answers with an empty data.model"


def _left_open(trace: Trace) -> Iterator[str]:
    """Requests that the document neither asks for nor forbids, by what became of them."""
    for exchange in trace.expecting(Expect.OPEN):
        if exchange.intent.what == GENERATED:
            continue
        verb = "accepted" if exchange.verdict.accepted else "refused"
        yield f"left open by the document, {verb}: {exchange.intent.what}"
