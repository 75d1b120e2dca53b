"""What is taken from a page of createTask, and that all the rest is what every page says.

Taken: the model's name and its `input`. The rest belongs to the gateway and is stated once, in
specs/shared/envelope.yaml. Here a page is held against it: what differs between real pages (242 of
kie, January to November 2026) passes, anything else is refused by name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imagen4.facts.protocol import (
    CALLBACK_URL,
    CODE,
    CREATE_PATH,
    DATA,
    INPUT,
    MESSAGE,
    MODEL,
    TASK_ID,
)
from pages.errors import BESIDE, MEND, MOVED, OTHER, PageError
from pages.inputs import input_schema
from pages.references import Components
from pages.soundness import fits, must_be_plain

Node = dict[str, Any]

_MODEL_NAME = re.compile(r"(?!.*(\.\.|--))[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LONGEST_NAME = 100
_LONGEST_SUMMARY = 200
_PROGRESS = "progressCallBackUrl"  # 8 pages, one family
_BODY_FIELDS = frozenset((MODEL, INPUT, CALLBACK_URL, _PROGRESS))
# `required` of the body on real pages: [model], [model, input], [model, callBackUrl, input].
_REQUIRED = frozenset((MODEL, INPUT, CALLBACK_URL))
_ABOUT = frozenset(("description", "title", "example", "examples", "default"))
_BODY_KEYWORDS = _ABOUT | {"type", "properties", "required", "additionalProperties"}
_OWN_HEADERS = frozenset(("accept", "content-type", "authorization"))
_ITEM_WORDS = frozenset(("summary", "description"))


@dataclass(frozen=True)
class ModelPage:
    """What a page says of its model. ``left_out``: what of `input` contradicts itself.

    ``example``: a whole body, None where the page has none that fits.
    """

    model: str
    summary: str
    input: Node
    left_out: tuple[str, ...]
    example: Node | None = None


def read_model(document: Node, origin: str, model: str) -> ModelPage:
    """The model that was asked for, from a page of the gateway at ``origin``.

    Raises PageError, in one sentence, for a page of something else.
    """
    return _Envelope(document, origin).model(model)


class _Envelope:
    def __init__(self, document: Node, origin: str) -> None:
        self._document = document
        self._origin = origin
        self._components = Components(document)

    def model(self, asked: str) -> ModelPage:
        operation = self._operation()
        self._must_ask_for_a_key(operation)
        media = self._media(operation)
        body = self._body(media)
        self._must_name(asked, body, media)
        self._must_answer_with_a_task(operation)
        schema, left_out = input_schema(self._document, body["properties"][INPUT])
        summary = str(operation.get("summary") or self._document["info"].get("title") or "")
        must_be_plain(summary)
        short = " ".join(summary.split())[:_LONGEST_SUMMARY]
        fitting = (each for each in _examples(media) if fits(schema, each.get(INPUT)))
        return ModelPage(asked, short, schema, left_out, next(fitting, None))

    def _operation(self) -> Node:
        """The one operation, on the one server, without parameters."""
        paths = self._document.get("paths") or {}
        if list(paths) != [CREATE_PATH]:
            raise PageError(f"not a page of POST {CREATE_PATH}, or not of that alone", OTHER)
        item = self._components.follow(paths[CREATE_PATH], "the path")
        methods = [key for key in item if not key.startswith("x-") and key not in _ITEM_WORDS]
        if set(methods) - {"servers", "parameters"} != {"post"}:
            raise PageError(f"{CREATE_PATH} has another method than post", OTHER)
        operation: Node = item["post"]
        for place in (self._document, item, operation):
            self._must_stay_on_the_server(place)
        if not self._document.get("servers"):
            raise PageError("the page names no server", MEND)
        for each in (*(item.get("parameters") or ()), *(operation.get("parameters") or ())):
            self._must_need_nothing(self._components.follow(each, "a parameter"))
        return operation

    def _must_need_nothing(self, parameter: Node) -> None:
        """OpenAPI ignores such headers as parameters; another one may be, but not be needed."""
        name, header = str(parameter["name"]), parameter["in"] == "header"
        if parameter.get("required") and not (header and name.lower() in _OWN_HEADERS):
            raise PageError(f"the operation requires the parameter {name[:60]!r}", BESIDE)

    def _must_stay_on_the_server(self, place: Node) -> None:
        for server in place.get("servers") or ():
            if server.get("url", "").rstrip("/") != self._origin:
                raise PageError(f"another server: {server.get('url', '')[:80]!r}", MOVED)

    def _must_ask_for_a_key(self, operation: Node) -> None:
        """One bearer scheme, everywhere; `security: []` would say that no key is needed."""
        given = operation.get("security", self._document.get("security"))
        if not given or not all(given):
            raise PageError("by its `security` the page needs no key", MEND)
        schemes = (self._document.get("components") or {}).get("securitySchemes") or {}
        for name in {name for each in given for name in each if not name.startswith("x-")}:
            scheme = self._components.follow(schemes.get(name), "the security scheme")
            kind = scheme.get("type"), str(scheme.get("scheme")).lower()
            if kind != ("http", "bearer"):
                raise PageError("the key goes elsewhere than into `Authorization: Bearer`", MOVED)

    def _media(self, operation: Node) -> Node:
        body = self._components.follow(operation.get("requestBody") or {}, "the request body")
        content = body.get("content") or {}
        json = [media for name, media in content.items() if _is_json(name)]
        if len(json) != 1:
            raise PageError("the request body is something else than application/json", MOVED)
        media: Node = json[0]
        return media

    def _body(self, media: Node) -> Node:
        body = self._components.follow(media.get("schema"), "the body")
        if not isinstance(body, dict) or body.get("type", "object") != "object":
            raise PageError("the body is no object", MOVED)
        words = {key for key in body if not key.startswith("x-")}
        fields = body.get("properties") or {}
        _must_be_known(words, _BODY_KEYWORDS, "the body has the keyword")
        _must_be_known(fields, _BODY_FIELDS, "the body has a field beside model and input:")
        _must_be_known(body.get("required") or (), _REQUIRED, "the body requires")
        for name in (MODEL, INPUT):
            if name not in fields:
                raise PageError(f"the page names no {name}", MOVED)
        for name in fields.keys() - {MODEL, INPUT}:
            if self._field(fields, name).get("type") != "string":
                raise PageError(f"{name} is not a text", MOVED)
        return body

    def _field(self, fields: Node, name: str) -> Node:
        found = self._components.follow(fields[name], name)
        if not isinstance(found, dict):
            raise PageError(f"{name} is not described", MEND)
        return found

    def _must_name(self, asked: str, body: Node, media: Node) -> None:
        """The page's model, by its schema and by its example, must be the one asked for."""
        field = self._field(body["properties"], MODEL)
        names = field.get("enum") or [
            field[key] for key in ("const", "default") if field.get(key) is not None
        ]
        if not names:
            raise PageError("the page does not say which model it is for", MEND)
        shown = [body[MODEL] for body in _examples(media) if body.get(MODEL)]
        for name in [*(names if asked not in names else ()), *shown]:
            if name not in names or asked not in names:
                raise PageError(f"the page is for {str(name)[:100]!r}, not for {asked!r}", OTHER)
        must_be_model_name(asked)

    def _must_answer_with_a_task(self, operation: Node) -> None:
        """`code`, `msg` and `data.taskId`, wherever the page keeps their schemas."""
        responses = operation.get("responses") or {}
        others = [status for status in responses if status[:1] in ("1", "2", "3")]
        if others != ["200"]:
            raise PageError("the operation does not answer with 200 alone", MOVED)
        answer = self._components.follow(responses["200"], "the answer")
        content = answer.get("content") or {}
        media: Node = next((media for name, media in content.items() if _is_json(name)), {})
        envelope = self._properties(media.get("schema") or {}, "the answer")
        data = self._properties(envelope.get(DATA) or {}, "data of the answer")
        kinds = {
            CODE: envelope.get(CODE),
            MESSAGE: envelope.get(MESSAGE),
            TASK_ID: data.get(TASK_ID),
        }
        for name, kind in (CODE, "integer"), (MESSAGE, "string"), (TASK_ID, "string"):
            stated = self._components.follow(kinds[name] or {}, name).get("type", kind)
            if kind not in (stated if isinstance(stated, list) else [stated]):
                raise PageError(f"{name} of the answer is {stated}, not {kind}", MOVED)
        if TASK_ID not in data and not _shows_a_task(media.get("example")):
            raise PageError(f"the answer has no {DATA}.{TASK_ID}", MOVED)

    def _properties(self, node: Any, where: str, depth: int = 0) -> Node:
        """The properties of a schema with all that it is composed of."""
        schema = self._components.follow(node, where)
        if depth > 10 or not isinstance(schema, dict):
            raise PageError(f"{where} is not an object", MOVED)
        found: Node = {}
        for part in schema.get("allOf") or ():
            found |= self._properties(part, where, depth + 1)
        return found | (schema.get("properties") or {})


def _shows_a_task(example: Any) -> bool:
    data = example.get(DATA) if isinstance(example, dict) else None
    return isinstance(data, dict) and isinstance(data.get(TASK_ID), str)


def _must_be_known(names: Iterable[str], known: frozenset[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise PageError(f"{what} {str(name)[:60]!r}", BESIDE)


def must_be_model_name(name: str) -> None:
    """Refuse what cannot be a part of a file's name, or would not come back out of it."""
    if len(name) > _LONGEST_NAME or not _MODEL_NAME.fullmatch(name):
        raise PageError(f"{name[:60]!r} is no name of a model", OTHER)


def _is_json(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() == "application/json"


def _examples(media: Node) -> list[Node]:
    """The examples of the body."""
    named = media.get("examples")
    several = [each.get("value") for each in (named if isinstance(named, dict) else {}).values()]
    return [body for body in (media.get("example"), *several) if isinstance(body, dict)]
