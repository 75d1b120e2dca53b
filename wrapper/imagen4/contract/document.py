"""The contract document: what a gateway promises, addressed by JSON pointers.

The document is createTask as every page of the gateway has it with the input of one model's page,
Get Task Details as documented, and the contract overlay: `contract.json` of the generated packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ..facts.documents import GENERATED, document
from ..facts.gateways import DEFAULT_MODEL
from ..facts.models import catalogue
from ..facts.protocol import CODE, CREATE_PATH, DETAILS_PATH, INPUT, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METHODS = {CREATE_PATH: "post", DETAILS_PATH: "get"}


def pointer(*steps: str | int) -> str:
    """A JSON pointer in fragment form: `pointer("paths", "/a")` is `#/paths/~1a`."""
    return "/".join(["#", *[str(step).replace("~", "~0").replace("/", "~1") for step in steps]])


CREATE_ITEM = pointer("paths", CREATE_PATH)
REQUEST_BODY = f"{CREATE_ITEM}/post/requestBody"
BODY_SCHEMA = f"{REQUEST_BODY}/content/application~1json/schema"
INPUT_SCHEMA = f"{BODY_SCHEMA}/properties/{INPUT}"
CREATED_ANSWER = f"{CREATE_ITEM}/post/responses/200"
DETAILS_OPERATION = pointer("paths", DETAILS_PATH, "get")
RECORD_ANSWER = f"{DETAILS_OPERATION}/responses/200"
NO_TASK_ANSWER = f"{DETAILS_OPERATION}/responses/404"
TASK_ID_PARAMETER = f"{DETAILS_OPERATION}/parameters/0"
CODE_SCHEMA = f"#/components/schemas/ApiResponse/properties/{CODE}"
TASK_SCHEMA = "#/components/schemas/TaskDetails"
KEY_SCHEME = "#/components/securitySchemes/BearerAuth"


def field_of_record(name: str) -> str:
    """The pointer to a field of the record."""
    return f"{TASK_SCHEMA}/properties/{name}"


@dataclass(frozen=True)
class Breach:
    """One place where a value breaks a schema."""

    pointer: str
    """The broken keyword, in the document."""
    keyword: str
    where: tuple[str | int, ...]
    """Path to the breaking value, in what was validated."""
    value: Any
    message: str
    missing: str = ""
    """The property that is required there and not given."""


@dataclass(frozen=True)
class Link:
    """How an id gets from the answer of createTask into a request for the record."""

    steps: tuple[str, ...]
    """Path of the id in the answer, as the link's runtime expression has it."""
    path: str
    parameter: str


class Document:
    """A contract document with its validators, and the names of the gateway's other models."""

    def __init__(self, content: dict[str, Any], others: frozenset[str] = frozenset()) -> None:
        self.content, self.others = content, others
        self._validators: dict[str, jsonschema_rs.Draft4Validator] = {}

    @cached_property
    def link(self) -> Link | None:
        """The link from a created task to its record; None when the document has none."""
        links = self.at(CREATED_ANSWER).get("links", {})
        for link in links.values():
            path = self._path_of(link["operationId"])
            for name, expression in link["parameters"].items():
                steps = expression.partition("#/")[2].split("/")
                return Link(tuple(steps), path, name)
        return None

    def _path_of(self, operation_id: str) -> str:
        paths = self.content["paths"]
        return next(
            path
            for path, method in METHODS.items()
            if paths[path][method].get("operationId") == operation_id
        )

    def at(self, place: str) -> Any:
        """What stands at a JSON pointer; KeyError or IndexError when nothing does."""
        value: Any = self.content
        for step in place.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        return value

    @cached_property
    def input_fields(self) -> dict[str, Any]:
        """The schemas of the fields of `input`, by name."""
        fields: dict[str, Any] = self.at(f"{INPUT_SCHEMA}/properties")
        return fields

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields of `input` that a create cannot be without."""
        return tuple(self.at(INPUT_SCHEMA).get("required", ()))

    @cached_property
    def model(self) -> str:
        """The model that this document is for."""
        return str(self.at(f"{BODY_SCHEMA}/properties/{MODEL}/enum/0"))

    def accepts(self, name: str, value: Any) -> bool:
        """Whether the schema of a field of `input` allows the value, seen by itself."""
        place = pointer(name).removeprefix("#")
        return not self._breaches(f"{INPUT_SCHEMA}/properties{place}", value)

    def operation(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.content["paths"][path][METHODS[path]]
        return found

    def bounds(self, *, loopback: bool) -> dict[str, float | None]:
        """By path, the seconds within which to answer; None where none are promised."""
        network = "loopback" if loopback else "network"
        return {
            path: self.operation(path).get("x-answers-within-seconds", {}).get(network)
            for path in METHODS
        }

    def body_breaches(self, body: Any) -> list[Breach]:
        """How a createTask body breaks the documented request schema."""
        return self._breaches(BODY_SCHEMA, body)

    def answer_breaches(self, path: str, code: int, payload: Any) -> list[Breach]:
        """How an answer breaks the schema that the document has for this code.

        A code without a documented body says nothing; then `default` speaks, if any.
        """
        responses = self.operation(path)["responses"]
        for name in (str(code), "default"):
            if "content" in responses.get(name, {}):
                base = pointer("paths", path, METHODS[path], "responses", name)
                return self._breaches(f"{base}/content/application~1json/schema", payload)
        return []

    def _breaches(self, schema: str, value: Any) -> list[Breach]:
        if schema not in self._validators:
            rooted = {**self.content, "$ref": schema}
            self._validators[schema] = jsonschema_rs.Draft4Validator(rooted, validate_formats=True)
        return list(_breaches_in(self._validators[schema].iter_errors(value)))


def _breaches_in(errors: Iterable[jsonschema_rs.ValidationError]) -> Iterator[Breach]:
    for error in errors:
        keyword = str(error.schema_path[-1])
        yield Breach(
            pointer(*error.schema_path),
            keyword,
            tuple(error.instance_path),
            error.instance,
            shortened(error.message),
            getattr(error.kind, "property", ""),
        )


def shortened(text: str, length: int = 160) -> str:
    """One line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def load_document(gateway: str, model: str = DEFAULT_MODEL) -> Document:
    """The contract document of a gateway's model. KeyError: no page of it is vendored."""
    others = frozenset(catalogue(f"{GENERATED}.{gateway}")) - {model}
    return Document(document(gateway, "contract", model), others)


def is_on_page(gateway: str, model: str, place: str) -> bool:
    """Whether a pointer leads somewhere in the model's own page, without any overlay."""
    try:
        Document(document(gateway, "vendored", model)).at(place)
    except (LookupError, TypeError):
        return False
    return True
