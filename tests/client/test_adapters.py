"""What a gateway's adapter knows: its calls, its rates, and what it cannot do."""

import dataclasses
import json
from importlib.resources import files
from typing import Any

import pytest

from imagen4.core.effects import Call
from imagen4.gateways.adapter import CREATE_PATH
from imagen4.gateways.apikley import ADAPTER as APIKLEY
from imagen4.gateways.kie import ADAPTER
from imagen4.gateways.kie import ADAPTER as KIE


@pytest.mark.parametrize("missing", ["link_model", "link_kwargs"])
def test_a_gateway_with_half_an_operation_has_none(missing: str) -> None:
    """A fresh link needs both the request's model and its builder."""
    assert dataclasses.replace(ADAPTER, **{missing: None}).fresh_link("https://a.example") is None


def test_calls_are_complete_by_themselves() -> None:
    """Method, path, query and body, as they go out."""
    assert ADAPTER.details("t") == Call("GET", "/api/v1/jobs/recordInfo", {"taskId": "t"}, None)
    assert ADAPTER.credits() == Call("GET", "/api/v1/chat/credit", {}, None)
    body = {"model": "google/imagen4", "input": {"prompt": "a"}}
    assert ADAPTER.create({"prompt": "a"}, None) == Call("POST", CREATE_PATH, {}, body)


@pytest.mark.parametrize("adapter", [KIE, APIKLEY])
def test_the_documented_rates(adapter: Any) -> None:
    """Twenty creates in ten seconds, ten polls in one."""
    assert (adapter.creates, adapter.polls) == ((20, 10.0), (10, 1.0))


@pytest.mark.parametrize("adapter", [KIE, APIKLEY])
def test_what_a_create_may_hold_is_read_from_the_document(adapter: Any) -> None:
    """The one that the client was generated from, overlays included."""
    unread = dataclasses.replace(adapter)
    document = json.loads((files(adapter.package) / "effective.json").read_bytes())
    body = document["paths"]["/api/v1/jobs/createTask"]["post"]["requestBody"]
    assert unread.body_schema == body["content"]["application/json"]["schema"]
    assert "prompt" in unread.input_schema["properties"]
