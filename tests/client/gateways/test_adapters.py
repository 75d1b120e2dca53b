"""Guards against an adapter that builds half a call, or claims what its gateway cannot do."""

import dataclasses

import pytest

from imagen4.core.effects import Call
from imagen4.gateways.adapter import CREATE_PATH
from imagen4.gateways.kie import ADAPTER


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
