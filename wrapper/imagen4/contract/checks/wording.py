"""Schema keywords in words that somebody who runs a server understands."""

from __future__ import annotations

import re

from ..document import BODY_SCHEMA, Breach

NO_OBJECT = "Answers are JSON objects."
PROMISES = {
    "enum": "`{}` is one of the documented values.",
    "pattern": "`{}` is not blank.",
    "minimum": "`{}` stays within its documented bounds.",
    "maximum": "`{}` stays within its documented bounds.",
}
FORBIDDEN = {
    "required": "without what is required in its {}",
    "type": "whose {} is of another type",
    "enum": "whose {} is not in the document's list",
    "maxLength": "whose {} is too long",
    "minLength": "whose {} is too short",
    "pattern": "whose {} is of another form",
    "minimum": "whose {} is too low",
    "maximum": "whose {} is too high",
    "multipleOf": "whose {} lies between the documented steps",
    "maxItems": "with too many {}",
    "minItems": "with too few {}",
    "uniqueItems": "with {} that repeat",
    "anyOf": "whose {} is of no documented form",
    "oneOf": "whose {} is of no documented form, or of several",
    "format": "whose {} is no URI",
    "content": "whose media type is not application/json",
    "requestBody": "whose body is not JSON",
}


def promise_of(breach: Breach) -> str:
    """The promise about answers that a breach of their schema breaks."""
    field = ".".join(map(str, breach.where))
    if breach.keyword == "required":
        return promise_without(f"{field}.{breach.missing}" if field else breach.missing)
    if breach.keyword == "anyOf":
        return "Answers have `msg`."
    if breach.keyword == "not":
        return "A refusal holds no task id."
    if breach.keyword == "type":
        return f"`{field}` is of the documented type." if field else NO_OBJECT
    return PROMISES.get(breach.keyword, "`{}` is as documented.").format(field)


def promise_without(name: str) -> str:
    """The promise that an answer without this name breaks."""
    return f"Answers have `{name}`."


def breach_in_words(breach: Breach) -> str:
    """How an answer breaks its schema."""
    field = ".".join(map(str, breach.where))
    if breach.keyword == "required":
        return f"no `{breach.missing}`{f' in `{field}`' if field else ''}"
    if breach.keyword == "anyOf":
        return "neither `msg` nor `message`"
    if breach.keyword == "not":
        return f"a taskId in `{field}`"
    return f"{f'`{field}`: ' if field else ''}{breach.message}"


def forbidden_in_words(pointer: str) -> str:
    """What is wrong with a request, from the place in the document that forbids it."""
    place, _, keyword = pointer.rpartition("/")
    inside = re.sub(r"/(items|anyOf/\d+|oneOf/\d+)(?=/|$)", "", place.removeprefix(BODY_SCHEMA))
    inside = inside.rpartition("/properties/")[2]
    return FORBIDDEN.get(keyword, f"that breaks {keyword} of {{}}").format(inside or "body")
