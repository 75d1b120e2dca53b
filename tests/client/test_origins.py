"""The key goes to https or to this machine, and pictures come from nowhere else."""

from typing import Any

import pytest

from client.play import Script, envelope, play
from client.steps import core
from imagen4 import InvalidRequest
from imagen4.core.origins import is_loopback, may_download


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/1.png?sig=a%2Fb", True),
        ("HTTPS://x.example/1.png", True),
        ("http://127.0.0.1:8000/1.png", True),
        ("http://[::1]/1.png", True),
        ("http://x.example/1.png", False),
        ("http://localhost.example/1.png", False),
        ("file:///etc/passwd", False),
        ("ftp://x.example/1.png", False),
        ("data:image/png;base64,AA", False),
        ("//x.example/1.png", False),
        ("https:///1.png", False),
        ("https://x.example/a b", False),
        ("https://x.example\\@y.example/", False),
        ("https://[::1/", False),
        ("https://x.example/\n", False),
        ("", False),
    ],
)
def test_pictures_come_by_https_or_from_this_machine(url: str, expected: bool) -> None:
    """Whatever the gateway calls a result."""
    assert may_download(url, allow_http=False) is expected
    allowed = expected or url == "http://x.example/1.png" or "localhost.example" in url
    assert may_download(url, allow_http=True) is allowed


@pytest.mark.parametrize(
    ("url", "secure"),
    [("https://api.example", True), ("http://127.0.0.1:1", False), ("http://localhost", False)],
)
def test_only_https_may_use_a_proxy(url: str, secure: bool) -> None:
    """On plain http a proxy would see the key."""
    assert core(url).secure is secure


@pytest.mark.parametrize("host", ["X127.0.0.1X", "X::1", "127.0.0.1X"])
def test_letters_around_an_address_make_it_a_name(host: str) -> None:
    """Only brackets are taken off."""
    assert not is_loopback(host)
