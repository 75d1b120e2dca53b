"""The prompts of a run, taken out of what is kept of its exchanges."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..facts.protocol import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import Exchange

PROMPT, GONE = b"[prompt]", b"\0"
"""What stands there in the end, and meanwhile: no prompt is found in that."""
IN_A_FORM = re.compile(rb"(?<=prompt\]=)[^&]+")
"""A body that is sent as a form, to be refused."""
SHORTEST = 3
"""A shorter one gives nothing away, and would be found everywhere."""


class Prompts:
    """What the requests of a run said in fields named after a prompt."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = exchanges

    @cached_property
    def _spelt(self) -> list[bytes]:
        """The longest first: one may stand in another."""
        found = {text for each in self._exchanges for text in _prompts_in(each.request.body)}
        spelt = {spelling for text in found for spelling in _spellings(text)}
        return sorted(spelt, key=len, reverse=True)

    def taken_out_of(self, exchange: Exchange) -> Exchange:
        request, answer = exchange.request, exchange.answer
        if request.content is not None:
            content = IN_A_FORM.sub(PROMPT, request.content)
            request = replace(request, content=self._without(content))
        if answer is not None:
            answer = replace(answer, content=self._without(answer.content))
        return replace(exchange, request=request, answer=answer)

    def _without(self, content: bytes) -> bytes:
        # A regular expression of all of them takes seconds to compile.
        for spelling in self._spelt:
            content = content.replace(spelling, GONE)
        return content.replace(GONE, PROMPT)


def _prompts_in(body: object) -> Iterator[str]:
    fields = body.get(INPUT) if isinstance(body, dict) else None
    for name, value in fields.items() if isinstance(fields, dict) else ():
        if "prompt" in name and isinstance(value, str) and len(value) >= SHORTEST:
            yield value


def _spellings(text: str) -> Iterator[bytes]:
    """As it is, in JSON, and in JSON in JSON: an answer's `param` is text, and its `input`, too."""
    for plain in (True, False):
        spelt = text
        for _ in range(4):
            yield spelt.encode("utf-8", "replace")
            spelt = json.dumps(spelt, ensure_ascii=plain)[1:-1]
