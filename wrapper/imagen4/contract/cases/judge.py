"""What the document says of any createTask body: accept, refuse, or nothing firm.

Open is what the documents and recorded answers leave open, so that a server may do either:
empty optional fields that the page's own example does not send empty ("an optional field sent
as an empty string can be refused", a claim), an empty prompt (the schema admits it), no `input`
at all (not `required` in the page), extra fields that a server may know all the same, control
characters, integers written as 3.0 or with more digits than every reader keeps, URLs of other
kinds than https.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...facts.protocol import CALLBACK_URL, INPUT, MODEL
from .. import strict_json
from ..document import BODY_SCHEMA, REQUEST_BODY, Breach, Document
from ..exchange import Case, Expect, Intent, Subject
from .build import JSON_TYPE, UNKNOWN, raw_create_case

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERATED = "a generated body"
"""What a case is called that nobody named."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f](?<![\t\n\r])")
EXACT = 2**53
"""Beyond it, many readers of JSON take one integer for another."""


def judged(
    document: Document, content: bytes, what: str, content_type: str | None = JSON_TYPE
) -> Case:
    """A createTask with these bytes, and the intent that the document gives it."""
    return raw_create_case(content, intent_of(document, content, what, content_type), content_type)


def intent_of(document: Document, content: bytes, what: str, content_type: str | None) -> Intent:
    """The document's word on a body.

    It has none on a readable one without the right Content-Type: many servers look at
    the JSON alone.
    """
    if content_type is None:
        expect = Expect.OPEN if content else Expect.REFUSE
        return Intent(expect, Subject.MEDIA_TYPE, f"{REQUEST_BODY}/content", what)
    if content and (content_type or "").partition(";")[0].strip().lower() != JSON_TYPE:
        forbidden = intent_of(document, content, what, JSON_TYPE).expect is Expect.REFUSE
        expect = Expect.REFUSE if forbidden else Expect.OPEN
        return Intent(expect, Subject.MEDIA_TYPE, f"{REQUEST_BODY}/content", what)
    reading = strict_json.read(content)
    if reading.problem:
        # Names that occur twice are readable to most; nobody says which one counts.
        expect = Expect.OPEN if "twice" in reading.problem else Expect.REFUSE
        return Intent(expect, Subject.BODY, REQUEST_BODY, what)
    breaches = document.body_breaches(reading.value)
    firm = [breach for breach in breaches if _is_firm(document, breach)]
    if firm:
        told = f"{what}: {firm[0].message}" if what == GENERATED else what
        return Intent(Expect.REFUSE, _subject(firm), firm[0].pointer, told)
    expect = Expect.OPEN if breaches or not _is_plain(document, reading.value) else Expect.ACCEPT
    return Intent(expect, Subject.PARAMETER, BODY_SCHEMA, what)


def _is_firm(document: Document, breach: Breach) -> bool:
    if breach.value is None and breach.keyword != "required":
        # OpenAPI 3.0: null is no value of any type, unless the schema is `nullable`.
        return not document.at(breach.pointer.rpartition("/")[0]).get("nullable")
    if breach.keyword == "type" and isinstance(breach.value, float) and breach.value.is_integer():
        return bool(document.at(breach.pointer) != "integer")
    if breach.keyword == "format":
        return isinstance(breach.value, str) and bool(breach.value) and ":" not in breach.value
    return breach.value != "" or breach.where in ((), (MODEL,))


def _subject(firm: list[Breach]) -> Subject:
    """Of the model only if nothing else is wrong: then 404 and 422 are both plausible."""
    only_model = all(breach.where == (MODEL,) for breach in firm)
    return Subject.MODEL if only_model else Subject.PARAMETER


def _is_plain(document: Document, value: Any) -> bool:
    """Whether a valid body has nothing in it that servers may differ on."""
    fields = document.at(f"{BODY_SCHEMA}/properties")
    given = value.get(INPUT, {})
    known = {*value} <= {*fields, UNKNOWN} and {*given} <= {*document.input_fields, UNKNOWN}
    empty = [name for name in given if given[name] == "" and may_be_empty(document, name)]
    told = {**value, INPUT: {name: given[name] for name in given if name not in empty}}
    urls = [value[CALLBACK_URL]] if CALLBACK_URL in value else []
    urls += [
        url
        for name in given
        for url in _must_be_urls(document.input_fields.get(name, {}), given[name])
    ]
    ordinary = all(map(_is_ordinary, _leaves(told)))
    return INPUT in value and known and ordinary and all(map(_is_https, urls))


def may_be_empty(document: Document, name: str) -> bool:
    """Whether the page's own example sends this text empty, and its schema allows that."""
    example = document.input_fields.get(name, {}).get("example")
    return example == "" and document.accepts(name, "")


def _leaves(value: Any) -> Iterator[Any]:
    """Every value that holds no other; empty lists and objects count as such."""
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list) and inner:
        for each in inner:
            yield from _leaves(each)
    else:
        yield value


def _must_be_urls(schema: dict[str, Any], value: Any) -> list[Any]:
    """What has to be a URL, in a field or in its list."""
    if schema.get("format") == "uri":
        return [value]
    return value if schema.get("items", {}).get("format") == "uri" else []


def _is_ordinary(value: Any) -> bool:
    if isinstance(value, str):
        return _is_ordinary_text(value)
    if isinstance(value, float) and value.is_integer():
        return False
    number = isinstance(value, int | float)
    return value is not None and value not in ([], {}) and (not number or abs(value) <= EXACT)


def _is_ordinary_text(text: str) -> bool:
    return bool(text.strip()) and not CONTROL.search(text)


def _is_https(callback: Any) -> bool:
    try:
        parts = urlsplit(str(callback))
    except ValueError:
        return False
    host = (parts.hostname or "").replace(".", "").replace("-", "")
    return parts.scheme == "https" and host.isascii() and host.isalnum() and not parts.username
