"""Guards against a key that reaches another host, as a peer's SDK sends it; at real servers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import (
    GATEWAYS,
    KEY,
    KINDS,
    OPERATIONS,
    PROMPT,
    QUICK,
    Script,
    created,
    envelope,
    play,
    settled,
)
from client.raw_answers import answered
from imagen4 import Client, Imagen4Error, InvalidRequest
from imagen4.facts.documents import document
from imagen4.gateways import adapter_for


@pytest.fixture
def stranger() -> Iterator[Loopback]:
    """Another origin, which would answer anything."""
    with Loopback(lambda _: http(200, PNG)) as server:
        yield server


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_call_follows_a_redirect(
    kind: str, operation: str, status: int, stranger: Loopback
) -> None:
    """Not even with a client that was told to follow them."""

    def reply(_: Received) -> bytes:
        return http(status, b"", f"Location: {stranger.url}/steal\r\n")

    with Loopback(reply) as server, pytest.raises(Imagen4Error) as caught:
        play(kind, None, OPERATIONS[operation], base_url=server.url, polling=QUICK)
    where = f"HTTP {status} leads elsewhere, where no key goes: is the base URL right?"
    assert where in str(caught.value)
    assert stranger.requests == []
    assert len(server.requests) == 1
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_injected_client_brings_no_habits_along(kind: str, stranger: Loopback) -> None:
    """Its auth, headers, cookies, base URL and redirects are not those of a gateway call."""
    habits: dict[str, Any] = {
        "auth": ("user", "password"),
        "headers": {"Authorization": "Bearer other", "X-Habit": "1"},
        "cookies": {"session": "1"},
        "params": {"habit": "1"},
        "follow_redirects": True,
        "base_url": stranger.url,
    }
    answers = [answered(7.5), http(302, b"", f"Location: {stranger.url}/steal\r\n")]
    injected = (httpx.Client if kind == "sync" else httpx.AsyncClient)(**habits)

    async def action(client: Any) -> None:
        assert await settled(client.credits()) == 7.5
        with pytest.raises(Imagen4Error):
            await settled(client.credits())
        await settled(client.close())
        assert not injected.is_closed
        await settled(injected.close() if kind == "sync" else injected.aclose())

    with Loopback(lambda _: answers.pop(0)) as server:
        play(kind, None, action, base_url=server.url, http_client=injected)
        received = server.requests[0]
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert {"x-habit", "cookie"} & received.headers.keys() == set()
    assert received.path == "/api/v1/chat/credit"
    assert stranger.requests == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["save", "read", "all"])
def test_the_host_of_a_result_does_not_get_the_key(
    kind: str, how: str, stranger: Loopback, tmp_path: Path
) -> None:
    """Downloads are made by a client of their own that knows no key."""

    def reply(received: Received) -> bytes:
        if received.method == "POST":
            return answered({"taskId": "t1"})
        urls = {"resultUrls": [f"{stranger.url}/1.png"]}
        return answered({"taskId": "t1", "state": "success", "resultJson": json.dumps(urls)})

    fetch: dict[str, Callable[[Any], Any]] = {
        "save": lambda result: result.images[0].save(tmp_path),
        "read": lambda result: result.images[0].read(),
        "all": lambda result: result.save(tmp_path),
    }

    async def fetched(client: Any) -> Any:
        return await settled(fetch[how](await settled(client.generate(PROMPT))))

    with Loopback(reply) as server:
        play(kind, None, fetched, base_url=server.url)
    (received,) = stranger.requests
    assert received.path == "/1.png"
    assert "authorization" not in received.headers
    assert "cookie" not in received.headers
    assert KEY not in repr(received)


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("key", ["", "  ", "a b", "a\nb", "schlüssel", "a\x00"])
def test_a_key_unfit_for_a_header_is_refused_without_being_shown(gateway: str, key: str) -> None:
    """httpx would quote it in its own error."""
    with pytest.raises(InvalidRequest) as caught:
        play("sync", Script(), lambda _: None, gateway=gateway, api_key=key)
    assert key.strip() == "" or key not in str(caught.value)


@pytest.mark.parametrize("around", ["{}\n", "\ufeff{}\r\n", '"{}"', "'{}'\n"])
def test_what_files_leave_around_a_key_is_no_part_of_it(
    around: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line ends, an editor's mark, the quotes of an env-file; nor of an address, where it may."""
    with Loopback(lambda _: http(200, b'{"code":200,"data":1}')) as server:
        monkeypatch.setenv("KIE_API_KEY", around.format(KEY))
        monkeypatch.setenv("KIE_BASE_URL", f" {server.url}/\r\n")
        with Client("kie") as client:
            assert client.credits() == 1
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_key_comes_from_the_gateways_own_variable(
    gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never from the other gateway's."""
    other = {"kie": "APIKLEY_API_KEY", "apikley": "KIE_API_KEY"}[gateway]
    own = adapter_for(gateway).facts.key_variable
    monkeypatch.setenv(other, "wrong")
    monkeypatch.delenv(own, raising=False)
    with pytest.raises(InvalidRequest, match=f"{own} is not set"):
        play("sync", Script(), lambda _: None, gateway=gateway, api_key=None)
    monkeypatch.setenv(own, "Bearer right")
    with pytest.raises(InvalidRequest, match=f"The API key in {own} must consist of printable"):
        play("sync", Script(), lambda _: None, gateway=gateway, api_key=None)
    monkeypatch.setenv(own, " right\n")
    script = Script(others=[envelope(200, 1)])
    play("sync", script, lambda c: c.credits(), gateway=gateway, api_key=None)
    assert script.requests[0].headers["authorization"] == "Bearer right"


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_default_origin_is_the_gateways_own(gateway: str) -> None:
    """The server of its own document: a document that names another one must not move the key."""
    servers = document(gateway, "vendored")["servers"]
    assert [each["url"] for each in servers] == [adapter_for(gateway).facts.origin]
    script = Script(others=[envelope(200, 1)])
    play("sync", script, lambda c: c.credits(), gateway=gateway)
    assert str(script.requests[0].url).startswith(adapter_for(gateway).facts.origin + "/api/v1/")


@pytest.mark.parametrize("kind", KINDS)
def test_no_proxy_sees_a_key_that_stays_on_this_machine(
    kind: str, stranger: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy set in the environment would get plain http as it is, key included."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, stranger.url)
    with Loopback(lambda _: answered(3)) as server:
        assert play(kind, None, lambda c: c.credits(), base_url=server.url) == 3.0
    assert stranger.requests == []


def test_an_empty_base_url_is_not_the_live_gateway() -> None:
    """As of a variable that is not set: the pictures would be paid for."""
    with pytest.raises(InvalidRequest, match="base_url must be like"):
        Client("kie", api_key=KEY, base_url="")


def test_the_created_job_is_usable_after_all_this() -> None:
    """The plain case still works: one create, the key with it."""
    script = Script(creates=[created("t1")])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == ("t1",)


def test_the_key_goes_with_every_request() -> None:
    """As a bearer token, the documented scheme."""
    script = Script(creates=[created("t1")])
    play("sync", script, lambda c: c.submit(PROMPT))
    assert script.requests[0].headers["authorization"] == f"Bearer {KEY}"
