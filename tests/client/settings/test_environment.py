"""Guards against settings of the environment, or of the process, that end in a raw exception."""

import asyncio
import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from client.loopback import Loopback, http
from client.play import KEY, KINDS, Script, Time, client_for, play, settled, succeeded
from imagen4 import AsyncClient, Client, DownloadError, InvalidRequest
from imagen4.wire import proxies
from imagen4.wire.proxies import proxy_for

PROXY = "http://127.0.0.1:9"
HERE = Path(__file__)


def made(kind: str) -> Client | AsyncClient:
    client = Client if kind == "sync" else AsyncClient
    return client("kie", api_key=KEY)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's environment says does not count, nor certificates read before."""
    for name in (*proxies.PROXIES, "NO_PROXY", *proxies.CERTIFICATES, *proxies.KEY_LOG):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    proxies.tls.cache_clear()


REFUSED = [
    ("ALL_PROXY", "socks5://127.0.0.1:9", "needs socksio: pip install 'httpx[socks]'"),
    ("all_proxy", "socks://127.0.0.1:9/", "needs socksio"),
    ("HTTPS_PROXY", "http://127.0.0.1:99999", "is no proxy, such as http://host:8080"),
    ("HTTPS_PROXY", "http://127.0.0.1:port", "is no proxy"),
    ("HTTPS_PROXY", "http://[::1", "is no proxy"),
    ("https_proxy", "ftp://127.0.0.1:9", "is no proxy"),
    ("HTTPS_PROXY", "http://", "is no proxy"),
    ("HTTPS_PROXY", "http://127.0.0.1:-1", "is no proxy"),
    ("HTTPS_PROXY", "http://xn--a:9", "is no proxy"),
    ("ALL_PROXY", "Socks://127.0.0.1:9", "needs socksio"),
    ("SSL_CERT_FILE", "/nonexistent", "holds no certificates: No such file or directory"),
    ("SSL_CERT_FILE", str(HERE.parent), "holds no certificates: Is a directory"),
    ("SSL_CERT_FILE", str(HERE), "holds no certificates: "),
    ("SSLKEYLOGFILE", "/nonexistent/keys", "cannot be written: No such file or directory"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("variable", "value", "says"), REFUSED)
def test_a_setting_that_cannot_be_used_is_named(
    kind: str, variable: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one line, with its value, before anything is paid for."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidRequest) as caught:
        made(kind)
    assert str(caught.value).startswith(f"{variable}={value} {says}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "http://me:secret@proxy:x",
        "me:secret@proxy:x",
        "socks://me:secret@proxy",
        "FTP://me:secret@proxy",
        "http://me:secret\n@proxy",
    ],
)
def test_a_setting_is_named_without_its_credentials(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown and logged."""
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(InvalidRequest, match="proxy") as caught:
        made("sync")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("no_proxy", "proxied"),
    [("localhost,[::1]", False), ("::1", False), ("fd00::/8", True), ("10.0.0.0/8,x y", True)],
)
def test_a_host_that_needs_no_proxy_is_spelled_with_brackets_or_without(
    no_proxy: str, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what nobody can read says nothing about our host."""
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://[::1]:8443/x") == (PROXY if proxied else None)
    assert proxy_for("https://api.example") == PROXY
    made("sync")


def test_socks_of_a_desktop_is_what_others_call_socks5(monkeypatch: pytest.MonkeyPatch) -> None:
    """As GNOME writes it."""
    monkeypatch.setattr(proxies, "find_spec", lambda _: object())
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9/")
    assert proxy_for("https://api.example") == "socks5://127.0.0.1:9/"


@pytest.mark.parametrize("kind", KINDS)
def test_a_setting_that_is_not_used_does_no_harm(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An injected client has settings of its own; this machine needs no proxy and no TLS."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with Loopback(lambda _: http(200, b'{"code":200,"data":5}')) as server:
        client = client_for(kind, "kie", None, Time(), base_url=server.url)
        if kind == "sync":
            assert client.credits() == 5
            client.close()
        else:
            asyncio.run(left(client))
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://")
    client_for(kind, "kie", Script(), Time())


@pytest.mark.parametrize("kind", KINDS)
def test_a_setting_that_stops_a_download_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The gateway on this machine needs no proxy, the picture elsewhere does; it is paid for."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")

    async def saved(client: Any) -> None:
        result = await settled(client.job("t1").wait())
        with pytest.raises(
            DownloadError, match=r"fetched: ALL_PROXY=socks5.* needs socksio"
        ) as one:
            await settled(result.save(tmp_path))
        assert one.value.task_ids == ("t1",)

    with Loopback(lambda _: http(200, succeeded("t1").content)) as server:
        play(kind, None, saved, base_url=server.url)


async def left(client: Any) -> None:
    async with client:
        assert await client.credits() == 5


CALLS: dict[str, Callable[[AsyncClient], Any]] = {
    "credits": lambda client: client.credits(),
    "generate": lambda client: client.generate("a fox"),
    "generate_many": lambda client: anext(client.generate_many(["a fox"])),
    "events": lambda client: anext(client.job("t1").events()),
    "aclose": lambda client: client.aclose(),
    "async with": lambda client: client.__aenter__(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_under_trio_the_error_says_that_asyncio_is_needed(call: Callable[..., Any]) -> None:
    """Before anything is sent."""
    client = AsyncClient("kie", api_key=KEY, base_url="http://127.0.0.1:9")

    async def main() -> None:
        await call(client)

    with pytest.raises(InvalidRequest, match=r"needs asyncio.*use Client in a thread"):
        trio.run(main)


def test_anyio_on_asyncio_is_asyncio() -> None:
    """It may be the one that started the loop."""
    with Loopback(lambda _: http(200, b'{"code":200,"data":5}')) as server:
        anyio.run(left, AsyncClient("kie", api_key=KEY, base_url=server.url))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_stays_in_its_process(kind: str, leave: Callable[[Any], object]) -> None:
    """Its connections and its key cannot go along."""
    with pytest.raises(TypeError, match="make one in each process"):
        leave(made(kind))
