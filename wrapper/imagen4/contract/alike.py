"""Answers that do not depend on what was asked: a page, a mock, or nobody at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..facts import protocol
from .credentials import Credential
from .exchange import Exchange, Subject

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

ENOUGH = 3
"""So many different requests that are answered alike are no chance."""
NOT_THERE = (404, 405, 501)
SPOKEN = tuple(
    f'"{name}"'.encode()
    for name in (protocol.CODE, protocol.MESSAGE, protocol.MESSAGE_IN_EXAMPLES, protocol.TASK_ID)
)


def gist(exchange: Exchange) -> Hashable:
    """What an answer says: a refusal its verdict and words, for pages of errors have numbers."""
    answer, verdict = exchange.answer, exchange.verdict
    if answer is None:
        return None
    if exchange.redirected or verdict.refused:
        return verdict.status, verdict.code, exchange.message
    return verdict.status, verdict.code, answer.content


def alike(exchanges: Iterable[Exchange]) -> bool:
    """Whether so many different requests with the key, and no others, got one answer."""
    asked = [
        each
        for each in exchanges
        if each.request.credential is Credential.KEY and each.intent.subject is not Subject.METHOD
    ]
    gists = {gist(each) for each in asked}
    different = {each.request for each in asked}
    return len(gists) == 1 and None not in gists and len(different) >= ENOUGH


def is_no_gateway(exchange: Exchange) -> bool:
    """Whether this is no answer of a gateway, not even of a broken one.

    A path that is not there, a proxy's word, a page, or JSON with nothing of an envelope in it.
    """
    answer = exchange.answer
    if answer is None or exchange.redirected or answer.status == protocol.Code.SERVER_ERROR:
        return False
    if answer.status in NOT_THERE or exchange.by_proxy:
        return True
    other = bool(exchange.payload)
    return (is_page(answer.content) or other) and not any(name in answer.content for name in SPOKEN)


def is_page(content: bytes) -> bool:
    """Whether this is HTML, or its like, and no JSON."""
    return content.lstrip()[:1] == b"<"
