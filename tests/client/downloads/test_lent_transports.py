"""Guards against pictures that an injected client cannot fetch, and a key that goes with them."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import KEY, KINDS, play, settled, succeeded

SECRET = "not-for-the-host-of-pictures"
CLOSE = "Connection: close\r\n"
LINK = "http://files.example/1.png"


def host_of_everything(received: Received) -> bytes:
    """Gateway and host of the pictures; its picture is found by a redirect."""
    if "recordInfo" in received.path:
        return http(200, succeeded("t1", LINK).content)
    if received.path.endswith("/1.png"):
        return http(302, b"", "Location: /2.png\r\nSet-Cookie: theirs=1\r\n")
    return http(200, PNG)


def saved(kind: str, tmp_path: Path, **options: Any) -> tuple[bytes, Any]:
    """Have a client of the caller's fetch a picture; both hosts exist behind its proxy only."""
    http_client: Any = (httpx.Client if kind == "sync" else httpx.AsyncClient)(**options)

    async def save(client: Any) -> Any:
        result = await settled(client.job("t1").wait())
        path = await settled(result.images[0].save(tmp_path))
        await settled(http_client.close() if kind == "sync" else http_client.aclose())
        return path

    place = {"base_url": "http://gateway.example", "allow_http": True}
    path = play(kind, None, save, http_client=http_client, **place)
    return path.read_bytes(), http_client


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_come_through_the_proxy_of_an_injected_client(kind: str, tmp_path: Path) -> None:
    """Where it is the only way out, what was paid for cannot be fetched otherwise."""
    with Loopback(host_of_everything) as proxy:
        content, _ = saved(kind, tmp_path, proxy=proxy.url)
    assert content == PNG
    assert proxy.paths()[-2:] == [LINK, "http://files.example/2.png"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_else_of_an_injected_client_goes_to_the_host(kind: str, tmp_path: Path) -> None:
    """Neither headers, parameters, cookies, auth nor what a hook adds; nor is a cookie kept."""

    def hook(request: httpx.Request) -> None:
        request.headers["X-Key"] = SECRET

    async def hook_async(request: httpx.Request) -> None:
        hook(request)

    with Loopback(host_of_everything) as proxy:
        content, http_client = saved(
            kind,
            tmp_path,
            proxy=proxy.url,
            headers={"Authorization": f"Bearer {SECRET}", "X-Mine": SECRET},
            params={"key": SECRET},
            cookies={"session": SECRET},
            auth=("me", SECRET),
            event_hooks={"request": [hook if kind == "sync" else hook_async]},
        )
    assert content == PNG
    asked = [each for each in proxy.requests if "files.example" in each.path]
    assert [each.path for each in asked] == [LINK, "http://files.example/2.png"]
    for each in asked:
        assert {"authorization", "cookie", "x-key", "x-mine"}.isdisjoint(each.headers)
        assert SECRET not in str(each)
        assert KEY not in str(each)
    assert "theirs" not in http_client.cookies


@pytest.mark.parametrize("kind", KINDS)
def test_a_transport_of_the_caller_s_serves_the_downloads(kind: str, tmp_path: Path) -> None:
    """Also one that is no network at all, or answers with what it has read already."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return succeeded("t1", LINK) if "recordInfo" in request.url.path else picture()

    def picture() -> httpx.Response:
        return httpx.Response(200, content=PNG)

    content, _ = saved(kind, tmp_path, transport=httpx.MockTransport(answer))
    assert content == PNG
    assert "authorization" not in asked[-1].headers


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("broken", [http(500), http(200, PNG[:50], CLOSE, length=999)])
def test_a_download_that_fails_leaves_the_injected_pool_as_it_was(
    kind: str, broken: bytes, tmp_path: Path
) -> None:
    """One connection is all that it has: each attempt gives it back."""
    attempts: list[Received] = []

    def host(received: Received) -> bytes:
        if "recordInfo" in received.path:
            return host_of_everything(received)
        attempts.append(received)
        return broken if len(attempts) < 4 else http(200, PNG)

    with Loopback(host) as proxy:
        limits = httpx.Limits(max_connections=1)
        content, _ = saved(kind, tmp_path, proxy=proxy.url, limits=limits, timeout=5.0)
    assert (content, len(attempts)) == (PNG, 4)
