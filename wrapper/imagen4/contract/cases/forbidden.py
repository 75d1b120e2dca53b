"""Requests that the document forbids: each has to be refused, for the right reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...facts.protocol import CALLBACK_URL, INPUT, MODEL
from ..exchange import Expect
from .build import CALLBACK, body, encoded
from .judge import judged
from .values import usual, words, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..document import Document
    from ..exchange import Case


def forbidden_creates(document: Document, *, free: bool) -> list[Case]:
    """Own cases beyond what schemathesis makes of the schema; intents come from the schema.

    Where creates are not free, no model is named that might be another one.
    """
    bodies = [*_fields(document), *_missing(document), *_model_names(document, free=free)]
    bodies += _bodies(document)
    cases = [judged(document, encoded(value), what) for value, what in bodies]
    return [*cases, *_unreadable(document)]


def _fields(document: Document) -> Iterator[tuple[Any, str]]:
    """Each field with each value that its schema forbids."""
    for name in document.input_fields:
        for value, what in wrong(document, name):
            changed = body(document, **{name: value})
            if judged(document, encoded(changed), what).intent.expect is Expect.REFUSE:
                yield changed, what


def _missing(document: Document) -> Iterator[tuple[Any, str]]:
    plainest = body(document)
    given = plainest[INPUT]
    optional = {name: usual(document, name) for name in document.input_fields if name not in given}
    yield {INPUT: given}, "no model"
    yield {}, "an empty object"
    for name in document.required:
        without = {other: value for other, value in given.items() if other != name}
        outside = {MODEL: document.model, name: given[name], INPUT: without}
        yield {MODEL: document.model, INPUT: without}, f"no {name}"
        yield {**plainest, INPUT: without | optional}, f"no {name} beside other fields"
        yield outside, f"{words(name)} outside input"


def _model_names(document: Document, *, free: bool) -> Iterator[tuple[Any, str]]:
    model = document.model
    names = {
        f"{model}-contract-no-such-model": "a model that does not exist",
        model.upper(): "the model in capitals",
        f"{model} ": "the model with a blank behind it",
        f"{model}/": "the model with a slash behind it",
        model.rpartition("/")[2]: "the model without its vendor",
        "": "an empty model",
    }
    for name, what in names.items():
        if name != model and (free or not may_be_another(document, name)):
            yield {**body(document), MODEL: name}, what


def may_be_another(document: Document, name: str) -> bool:
    """Whether a gateway may have a model of that name, which would cost what that one costs.

    Names differ by their vendor alone (google/nano-banana, nano-banana), by letters' case, or
    by what one has behind the other (nano-banana, nano-banana-2).
    """
    asked, own = _alike(name), _alike(document.model)
    if asked == own:
        return name.strip().casefold() != document.model.casefold()
    return bool(asked) and any(_alike(other).startswith(asked) for other in document.others)


def _alike(name: str) -> str:
    return name.strip().casefold().rpartition("/")[2]


def _bodies(document: Document) -> Iterator[tuple[Any, str]]:
    plainest = body(document)
    given = plainest[INPUT]
    yield {**plainest, MODEL: None}, "a model that is null"
    yield {**plainest, MODEL: [document.model]}, "a model that is a list"
    yield {**plainest, INPUT: [given]}, "an input that is a list"
    yield {**plainest, INPUT: []}, "an input that is an empty list"
    yield {**plainest, INPUT: True}, "an input that is true"
    yield {**plainest, INPUT: json.dumps(given)}, "an input that is the text of JSON"
    yield {**plainest, CALLBACK_URL: "not a uri"}, "a callBackUrl that is no URI"
    bare = CALLBACK.partition("://")[2]
    yield {**plainest, CALLBACK_URL: bare}, "a callBackUrl without a scheme"
    yield {**plainest, CALLBACK_URL: 42}, "a callBackUrl that is a number"
    yield {**plainest, CALLBACK_URL: [CALLBACK]}, "a callBackUrl that is a list"
    yield {**plainest, CALLBACK_URL: None}, "a callBackUrl that is null"
    yield [plainest], "a list as the body"
    yield document.model, "text as the body"
    yield None, "null as the body"
    yield 42, "a number as the body"


def _unreadable(document: Document) -> list[Case]:
    good = encoded(body(document))
    model = document.model
    form = urlencode({MODEL: model}).encode() + b"&input[prompt]=A+red+fox"
    return [
        judged(document, b"", "an empty body"),
        judged(document, good[:-2], "JSON that is cut off"),
        judged(document, good.replace(b'"', b"'"), "JSON with single quotes"),
        judged(document, good[:-1] + b",}", "JSON with a comma too many"),
        judged(document, good + b"}", "JSON with something behind it"),
        # This one is open: whether it is taken is noted.
        judged(document, good, "JSON sent as text/plain", "text/plain"),
        judged(document, form, "a web form", "application/x-www-form-urlencoded"),
    ]
