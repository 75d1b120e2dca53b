"""Guards against a client that hangs, or mixes up answers, after a Ctrl-C in a request."""

import os

import httpx
import pytest

from client.play import KEY
from imagen4 import Client, InvalidRequest
from imagen4.wire.connections import Connections


def test_after_a_ctrl_c_in_a_request_its_connections_are_left_alone() -> None:
    """Their lock may still be held: the next request takes others, and closing does not wait."""

    class Stop(BaseException):
        """Stands in for KeyboardInterrupt, which pytest would take personally."""

    class Interrupted(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise Stop

    client = Client("kie", api_key=KEY)
    here = client._connections.here()
    here._transport = Interrupted()
    with pytest.raises(Stop):
        client.credits()
    assert client._connections.here() is not here
    client.close()
    assert not here.is_closed


def test_an_injected_client_is_kept_after_a_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the caller's to judge, and goes on to serve one process only."""
    mine = httpx.Client()
    connections = Connections(httpx.Client, mine)
    connections.abandon(connections.here())
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(InvalidRequest, match="one process"):
        connections.here()
