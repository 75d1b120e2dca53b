"""Guards against a proxy of the environment that sees what it must not see."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.bench import Bench
from client.loopback import Loopback, http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS
from client.steps import core
from imagen4.wire.exchange_deadline import ExchangeDeadline
from imagen4.wire.transport import transport_error


def httpcore_like(method: bytes) -> Any:
    """A request as the trace shows it."""

    class Request:
        pass

    request: Any = Request()
    request.method = method
    return request


def test_a_tunnel_asked_of_a_proxy_is_not_the_request() -> None:
    """What fails before it is there has not sent a create."""
    exchange = ExchangeDeadline(1.0)
    exchange.observe("http11.send_request_headers.started", {"request": httpcore_like(b"CONNECT")})
    assert transport_error(httpx.ProxyError("no"), exchange).sent is False  # type: ignore[attr-defined]
    exchange.observe("http11.send_request_headers.started", {"request": httpcore_like(b"POST")})
    assert transport_error(httpx.ProxyError("no"), exchange).sent is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "secure"),
    [("https://api.example", True), ("http://127.0.0.1:1", False), ("http://localhost", False)],
)
def test_only_https_may_use_a_proxy(url: str, secure: bool) -> None:
    """On plain http a proxy would see the key."""
    assert core(url).secure is secure


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_on_this_machine_are_not_fetched_through_a_proxy(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One set in the environment could not reach them."""
    with Loopback(lambda _: http(500)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        path, _, _ = fetched(kind, lambda _: http(200, PNG), saved_to(tmp_path))
        assert path.read_bytes() == PNG
        assert proxy.requests == []


def test_only_https_counts_as_secure() -> None:
    """For anything else the environment's proxies are left out."""
    assert Bench("HTTPS://x.example/1").transfer.secure
    assert not Bench("http://127.0.0.1/1").transfer.secure
