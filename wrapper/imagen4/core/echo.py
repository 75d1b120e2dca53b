"""What a gateway's answers repeat of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..facts import protocol
from .answer import json_value
from .schema import texts_in

PROMPTS = ("prompt", "negative_prompt")
LONGEST_CHOICE = 16  # characters: of the words that documents let choose from, "portrait_16_9" say


def echoed_input(param: object) -> Mapping[str, Any]:
    """The request in `param`, which is JSON text whose `input` is JSON text again."""
    request = json_value(param) if isinstance(param, str) else param
    fields = request.get(protocol.INPUT) if isinstance(request, Mapping) else None
    fields = json_value(fields) if isinstance(fields, str) else fields
    return fields if isinstance(fields, Mapping) else {}


def prompts_in(data: object) -> tuple[str, ...]:
    """The texts of callers that an answer's data repeat, also of other processes' tasks.

    Without the model's document at hand, a short word counts as a choice from its list.
    """
    found = list[str]()
    for record in data if isinstance(data, list) else [data]:
        param = record.get(protocol.PARAM) if isinstance(record, Mapping) else None
        for name, value in echoed_input(param).items():
            texts = texts_in(value, {})
            found += [each for each in texts if name in PROMPTS or len(each) > LONGEST_CHOICE]
    return tuple(found)
