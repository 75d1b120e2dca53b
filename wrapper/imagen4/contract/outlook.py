"""Whether asking on can show anything more, read off the first few answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..facts.protocol import Code
from .alike import alike, is_no_gateway
from .checks.requests import blocked_by_account, model_is_gone
from .document import METHODS
from .trace import refuses_key

if TYPE_CHECKING:
    from .exchange import Exchange
    from .trace import Trace


class NoGatewayError(Exception):
    """Somebody answers, and nobody who would be a gateway; the text says what is answered."""


def outlook(trace: Trace) -> str:
    """Why all other answers would say the same; empty where they would not.

    NoGatewayError where nothing can be said of a gateway at all.
    """
    asked = trace.exchanges
    if asked and all(map(is_no_gateway, asked)):
        raise NoGatewayError(f"{_answered_as(trace)} to everything")
    if refuses_key(asked):
        return "the key was refused"
    if model_is_gone(trace):
        return "the model is gone"
    if blocked_by_account(trace):
        return "creates are refused for the account"
    return "every answer is the same" if alike(asked) else ""


def operations_alike(trace: Trace) -> frozenset[str]:
    """The operations that answer everything alike, by their paths.

    Not where HTTP 200 says that there is no such task: there may be one soon.
    """
    asked = {
        path: [each for each in trace.exchanges if each.request.path == path] for path in METHODS
    }
    return frozenset(
        path
        for path, exchanges in asked.items()
        if alike(exchanges) and not _may_come(exchanges[0])
    )


def _may_come(answered: Exchange) -> bool:
    return answered.not_found and answered.verdict.status == Code.OK


def is_silent(trace: Trace, path: str) -> bool:
    """Whether an operation was asked more than once and has never answered."""
    asked = [each for each in trace.exchanges if each.request.path == path]
    return len(asked) > 1 and all(each.error for each in asked)


def _answered_as(trace: Trace) -> str:
    first = trace.exchanges[0]
    kind = first.answer.header("content-type") if first.answer else ""
    return f"HTTP {first.verdict.status}{f', {kind},' if kind else ''}"
