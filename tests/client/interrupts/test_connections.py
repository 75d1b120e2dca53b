"""Guards against a client that hangs, or mixes up answers, after a Ctrl-C in a request."""

import os

import httpx
import pytest

from client.own_connections import watched
from client.play import KEY, Script, Stop, Time, client_for, envelope
from imagen4 import Client, InvalidRequest


def test_after_a_ctrl_c_in_a_request_its_connections_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their lock may still be held: the next request takes others, and closing does not wait."""

    def interrupted_first(_: httpx.Request) -> httpx.Response:
        if len(seen.used) == 1:
            raise Stop
        return envelope(200, 7)

    seen = watched(monkeypatch, interrupted_first)
    client = Client("kie", api_key=KEY)
    with pytest.raises(Stop):
        client.credits()
    assert client.credits() == 7
    client.close()
    first, second = seen.used
    assert first is not second
    assert seen.closed == [second]


def test_an_injected_client_is_kept_after_a_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the caller's to judge, and goes on to serve one process only."""

    def stop(_: httpx.Request) -> httpx.Response:
        raise Stop

    script = Script(others=[stop, envelope(200, 7), envelope(200, 7)])
    client = client_for("sync", "kie", script, Time())
    with pytest.raises(Stop):
        client.credits()
    assert client.credits() == 7
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(InvalidRequest, match="one process"):
        client.credits()
