"""What a gateway is to the rest of the client: facts, a document, and generated operations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.answer import Call
from ..core.checks import instance_of
from ..core.schema import nearest
from ..errors import InvalidRequest
from ..facts import protocol
from ..facts.documents import GENERATED
from ..facts.models import catalogue, default_first, input_schema

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from ..facts import GatewayFacts, Rate


class Body(NamedTuple):
    """A request's body as the generated operations take it."""

    content: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return self.content


@dataclass(frozen=True)
class Adapter:
    """One gateway: how a request becomes a call.

    A further gateway that speaks this API needs a document in specs/ and an entry of facts;
    with a generated package elsewhere, pass an adapter of your own as `Client(adapter)`.
    """

    facts: GatewayFacts
    package: str = ""
    """The generated package, if it is not the one of this name in `imagen4_generated`."""

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def creates(self) -> Rate:
        return self.facts.creates

    @property
    def polls(self) -> Rate:
        return self.facts.polls

    def input_schema(self, model: str) -> Mapping[str, Any]:
        """The model's schema of `input`. Raises InvalidRequest with the nearest names, or all."""
        known = catalogue(self._package)
        if instance_of(model, str, "model") not in known:
            hint = nearest(model, known) or f"; it has {', '.join(default_first(known))}"
            raise InvalidRequest(f"{self.name} has no model {model!r}{hint}")
        return input_schema(self._package, model)

    def create(self, model: str, fields: Mapping[str, Any], callback_url: str | None) -> Call:
        body: dict[str, Any] = {protocol.MODEL: model, protocol.INPUT: fields}
        if callback_url:
            body[protocol.CALLBACK_URL] = callback_url
        return self._call(self._operations["create_task"]._get_kwargs(body=Body(body)))

    def details(self, task_id: str) -> Call:
        return self._call(self._operations["get_task"]._get_kwargs(task_id=task_id))

    def credits(self) -> Call:
        return self._call(self._operation("get_credits")._get_kwargs())

    def fresh_link(self, url: str) -> Call | None:
        """The request for a new link to an expired picture, where the gateway has that."""
        if not self.facts.renews_links:
            return None
        body = Body({"url": url})
        return self._call(self._operations["get_download_url"]._get_kwargs(body=body))

    def _call(self, kwargs: Mapping[str, Any]) -> Call:
        """A generated request builder's result without httpx in it."""
        params, json = kwargs.get("params", {}), kwargs.get("json")
        return Call(kwargs["method"].upper(), kwargs["url"], params, json, self.facts.name)

    @cached_property
    def _package(self) -> str:
        return self.package or f"{GENERATED}.{self.name}"

    @cached_property
    def _operations(self) -> Mapping[str, ModuleType]:
        """Creating, and all that what was paid for needs: loaded before anything is paid."""
        renewing = ("get_download_url",) if self.facts.renews_links else ()
        return {name: self._operation(name) for name in ("create_task", "get_task", *renewing)}

    def _operation(self, name: str) -> ModuleType:
        return import_module(f"{self._package}.api.default.{name}")
