"""What a gateway is to the rest of the client.

A further gateway that speaks this API needs a spec, an overlay, and an `Adapter` like the
one in kie.py; pass it as `Client(gateway=adapter)`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from ..core.effects import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CREATE_PATH = "/api/v1/jobs/createTask"


class Model(Protocol):
    """A generated model."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True)
class Adapter:
    """One gateway: where it is, how a request becomes its body, how its answers are read.

    package: the generated package; its effective.json says what the gateway can do.
    server: the origin its key belongs to. Written here and held against the document by a
        test, because one gateway's documents have named the other's server.
    creates, polls: documented limits, (requests, seconds) per account.
    *_kwargs: the generated request builders; *_model: what is built and read.
    """

    name: str
    package: str
    server: str
    key_variable: str
    body_model: type[Model]
    created_model: type[Model]
    details_model: type[Model]
    credits_model: type[Model]
    create_kwargs: Callable[..., dict[str, Any]]
    details_kwargs: Callable[..., dict[str, Any]]
    credits_kwargs: Callable[..., dict[str, Any]]
    link_model: type[Model] | None = None
    link_kwargs: Callable[..., dict[str, Any]] | None = None
    creates: tuple[int, float] = (20, 10.0)
    polls: tuple[int, float] = (10, 1.0)

    @cached_property
    def body_schema(self) -> Mapping[str, Any]:
        """The document's schema of a create's body."""
        document = json.loads((files(self.package) / "effective.json").read_bytes())
        content = document["paths"][CREATE_PATH]["post"]["requestBody"]["content"]
        schema: Mapping[str, Any] = content["application/json"]["schema"]
        return schema

    @property
    def input_schema(self) -> Mapping[str, Any]:
        """The document's schema of `input`: which fields there are, and their limits."""
        schema: Mapping[str, Any] = self.body_schema["properties"]["input"]
        return schema

    def create(self, fields: Mapping[str, Any], callback_url: str | None) -> Call:
        model = self.body_schema["properties"]["model"]["enum"][0]
        body = {"model": model, "input": dict(fields)}
        if callback_url:
            body["callBackUrl"] = callback_url
        return call(self.create_kwargs(body=self.body_model.from_dict(body)))

    def details(self, task_id: str) -> Call:
        return call(self.details_kwargs(task_id=task_id))

    def credits(self) -> Call:
        return call(self.credits_kwargs())

    def fresh_link(self, url: str) -> Call | None:
        """The request for a new link to an expired picture, where the gateway has that."""
        if self.link_kwargs is None or self.link_model is None:
            return None
        return call(self.link_kwargs(body=self.link_model.from_dict({"url": url})))


def call(kwargs: Mapping[str, Any]) -> Call:
    """A generated request builder's result without httpx in it."""
    return Call(
        kwargs["method"].upper(), kwargs["url"], kwargs.get("params", {}), kwargs.get("json")
    )
