"""Requests that schemathesis makes of the document: examples, coverage, fuzzing.

Its engine runs here against a stub that answers everything alike and writes the
requests down. Sending them is the session's business, so budget, pace and verdict are
the same for every request, and what is generated depends on document and seed alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import schemathesis
from hypothesis.internal.conjecture import providers
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from ...facts.protocol import CREATE_PATH, TASK_ID
from ..document import METHODS, NO_TASK_ANSWER, TASK_ID_PARAMETER, Document
from ..exchange import Case, Expect, Intent, Subject
from .build import CALLBACK, JSON_TYPE, read_case
from .judge import GENERATED, judged

DETERMINISTIC = ("examples", "coverage")
EVERYTHING = (*DETERMINISTIC, "fuzzing")
THEIR_CALLBACK = "https://your-domain.com/api/callback"
"""The pages' example: a host that exists and is nobody's whom results may be posted to."""
CASE_ID = "HTTP_X_SCHEMATHESIS_TESTCASEID"
STUB_ANSWER = json.dumps({"code": 200, "msg": "", "data": {TASK_ID: "stub"}}).encode()

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def generated_cases(
    document: Document, phases: Iterable[str], seed: int, examples: int = 100
) -> list[Case]:
    """What the phases make of the document, without repetitions, in schemathesis' order."""
    text = json.dumps(document.content).replace(THEIR_CALLBACK, CALLBACK)
    return list(cases_of_text(text, tuple(phases), seed, examples))


@lru_cache(maxsize=32)
def cases_of_text(text: str, phases: tuple[str, ...], seed: int, examples: int) -> tuple[Case, ...]:
    document = Document(json.loads(text))
    seen: dict[str, Environ] = {}

    def stub(environ: Environ, start: StartResponse) -> list[bytes]:
        environ["content"] = environ["wsgi.input"].read()
        seen[environ.get(CASE_ID, str(len(seen)))] = environ
        start("200 OK", [("Content-Type", JSON_TYPE)])
        return [STUB_ANSWER]

    for _ in walked(schema_for(document, stub, phases, seed, examples)):
        pass
    cases = (case_of(document, environ) for environ in seen.values())
    return tuple(_without_repetitions(case for case in cases if case))


def walked(schema: schemathesis.BaseSchema) -> Iterator[events.EngineEvent]:
    """The engine's events. It keeps a Ctrl-C to itself, as if all had been done."""
    literals = mock.patch.object(providers, "_get_local_constants", _NoLiterals, create=True)
    with literals, mock.patch.object(providers, "CONSTANTS_CACHE", dict[Any, Any](), create=True):
        for event in from_schema(schema).execute():
            if isinstance(event, events.Interrupted):
                raise KeyboardInterrupt
            yield event


class _NoLiterals:
    """In place of the literals that hypothesis finds in loaded code; it has no setting for that.

    They differ from machine to machine, as requests of one seed must not, and they are their
    owner's: a password that stands in a project's code would go to the server.
    """

    def set_for_type(self, _type: object) -> tuple[()]:
        return ()


def schema_for(
    document: Document, app: Any, phases: tuple[str, ...], seed: int, examples: int
) -> schemathesis.BaseSchema:
    """The two operations, with every check off: judging is done elsewhere."""
    known = {name: {"enabled": name in phases} for name in (*EVERYTHING, "stateful")}
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "checks": {"enabled": False},
            "generation": {
                "allow-x00": False,
                "database": "none",
                "max-examples": examples,
                "no-shrink": True,
                "with-security-parameters": False,
            },
            "phases": {**known, "coverage": {**known["coverage"], "unexpected-methods": []}},
        }
    )
    paths = {path: document.content["paths"][path] for path in METHODS}
    content = _without_empty_examples({**document.content, "paths": paths})
    schema = schemathesis.openapi.from_dict(content, config=config)
    schema.app = app
    return schema


def _without_empty_examples(value: Any) -> Any:
    """The pages give "" and [] as examples of optional fields, which servers may refuse.

    Generated from those, no request would be one that has to be accepted.
    """
    if isinstance(value, list):
        return [_without_empty_examples(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_empty_examples(item)
        for name, item in value.items()
        if item != "" and (name, item) != ("example", [])
    }


def case_of(document: Document, environ: Environ) -> Case | None:
    """What the document says of a generated request."""
    if environ["PATH_INFO"] != CREATE_PATH:
        return _read_case(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
    return judged(document, environ["content"], GENERATED, environ.get("CONTENT_TYPE") or None)


def _read_case(query: list[tuple[str, str]]) -> Case | None:
    """A read; none for a taskId given twice, of which nothing is documented."""
    ids = [value for name, value in query if name == TASK_ID]
    if len(ids) > 1:
        return None
    if not ids or not ids[0].strip():
        intent = Intent(Expect.REFUSE, Subject.NO_TASK_ID, TASK_ID_PARAMETER, "no taskId, or blank")
        return read_case(ids[0] if ids else None, intent)
    intent = Intent(Expect.REFUSE, Subject.UNKNOWN_TASK, NO_TASK_ANSWER, f"the id {ids[0]!r:.60}")
    return read_case(ids[0], intent)


def _without_repetitions(cases: Iterable[Case]) -> Iterator[Case]:
    seen = set()
    for case in cases:
        if case.request not in seen:
            seen.add(case.request)
            yield case
