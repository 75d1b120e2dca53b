"""Guards against a key that leaves over plain http for what only looks like this machine."""

from typing import Any

import pytest

from client.play import Script, envelope, play
from imagen4 import InvalidRequest
from imagen4.core.origins import is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
        "ftp://127.0.0.1",
        "//api.example",
        "api.example",
        "https://",
        "https://user:pw@api.example",
        "https://api.example@other.example",
        "https://api.example\\@other.example",
        "https://api.example?x=1",
        "https://api.example#x",
        "https://api.example/a b",
        "https://api.example\n",
        "https://äpi.example",
        "https://api.example:99999",
        "https://api.example:0",
        7,
    ],
)
def test_a_base_url_that_could_leak_the_key_is_refused(url: Any) -> None:
    """Plain http leaves this machine only when that is allowed by name."""
    with pytest.raises(InvalidRequest, match="base_url"):
        play("sync", Script(), lambda _: None, base_url=url)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        ("https://api.example:8443/a/b/", "https://api.example:8443/a/b"),
        ("http://127.0.0.1:80/kie", "http://127.0.0.1:80/kie"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://LOCALHOST", "http://LOCALHOST"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_may_be_https_or_this_machine(url: str, kept: str) -> None:
    """With a port and a path, but nothing else."""
    assert play("sync", Script(), lambda client: client.base_url, base_url=url) == kept


def test_plain_http_can_be_allowed_by_name() -> None:
    """Say, for a proxy in one's own network."""
    script = Script(others=[envelope(200, 1)])
    settings = {"base_url": "http://gateway.internal/kie", "allow_http": True}
    assert play("sync", script, lambda c: c.credits(), **settings) == 1.0
    assert str(script.requests[0].url) == "http://gateway.internal/kie/api/v1/chat/credit"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.1.2.3", True), ("[::1]", True), ("::1", True),
     ("0.0.0.0", False), ("127.1", False), ("example.org", False), ("", False), (None, False)],
)  # fmt: skip
def test_loopback_is_this_machine_and_nothing_else(host: str | None, expected: bool) -> None:
    """By name or by address, never by looks."""
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["X127.0.0.1X", "X::1", "127.0.0.1X"])
def test_letters_around_an_address_make_it_a_name(host: str) -> None:
    """Only brackets are taken off."""
    assert not is_loopback(host)
