"""A peer's SDK sends its bearer token to the host of the result. The key has one home.

Proved with real servers: the gateway's, and a second one that must never see the key.
"""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import RESET, Loopback, Received, http
from client.play import (
    GATEWAYS,
    KEY,
    KINDS,
    PROMPT,
    QUICK,
    Script,
    Time,
    client_for,
    created,
    envelope,
    play,
    settled,
)
from imagen4 import Imagen4Error, InvalidRequest, SubmissionUncertain
from imagen4.core.origins import is_loopback, may_download
from imagen4.gateways import adapter_for

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 10
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "createTask": lambda client: client.submit(PROMPT),
    "recordInfo": lambda client: client.job("t1").status(),
    "credit": lambda client: client.credits(),
}


def answered(data: object) -> bytes:
    return http(200, json.dumps({"code": 200, "msg": "success", "data": data}).encode())


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

    with Loopback(reply) as server, pytest.raises(Imagen4Error):
        play(kind, None, OPERATIONS[operation], base_url=server.url, polling=QUICK)
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

    def sync(client: Any) -> None:
        assert client.credits() == 7.5
        with pytest.raises(Imagen4Error):
            client.credits()
        client.close()
        assert not injected.is_closed
        injected.close()

    async def by_await(client: Any) -> None:
        assert await client.credits() == 7.5
        with pytest.raises(Imagen4Error):
            await client.credits()
        await client.close()
        assert not injected.is_closed
        await injected.aclose()

    action = sync if kind == "sync" else by_await
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

    def sync(client: Any) -> Any:
        return fetch[how](client.generate(PROMPT))

    async def by_await(client: Any) -> Any:
        return await settled(fetch[how](await client.generate(PROMPT)))

    with Loopback(reply) as server:
        play(kind, None, sync if kind == "sync" else by_await, base_url=server.url)
    (received,) = stranger.requests
    assert received.path == "/1.png"
    assert "authorization" not in received.headers
    assert "cookie" not in received.headers
    assert KEY not in repr(received)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_key_is_in_no_repr(kind: str, gateway: str) -> None:
    """Of the client, or of what it holds on to."""
    client = client_for(kind, gateway, Script(), Time())
    kept = [
        client,
        client._settings,
        client._driver,
        client._driver._wire,
        client._driver._wire._headers,
    ]
    assert all(KEY not in repr(each) for each in kept)
    name = "Client" if kind == "sync" else "AsyncClient"
    assert repr(client) == f"{name}('{gateway}', base_url='{adapter_for(gateway).server}')"
    play(kind, Script(), lambda _: None)


ECHOES: dict[str, Any] = {
    "in the message": envelope(401, None, f"the key {KEY} and {PROMPT} are bad"),
    "in a broken body": httpx.Response(500, text=f"<p>{KEY}</p><p>{PROMPT}</p>"),
    "in the data": envelope(500, {"param": json.dumps({"input": json.dumps({"prompt": PROMPT})})}),
    "in a strange answer": httpx.Response(200, json=[KEY, PROMPT]),
    "nowhere": httpx.ReadTimeout(f"while reading {KEY}"),
    "in what httpx says": httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["generate", *OPERATIONS])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_errors_tracebacks_and_logs_show_neither_key_nor_prompt(
    kind: str, operation: str, echo: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the gateway repeats them."""
    action = (OPERATIONS | {"generate": lambda client: client.generate(PROMPT)})[operation]
    polls = [echo]
    if operation == "recordInfo":  # a job taken up knows no prompt, so only the key can be hidden
        polls = [httpx.Response(401, text=KEY)]
    script = Script(creates=[echo], polls=polls, others=[echo])
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Imagen4Error) as caught:
        play(kind, script, action, polling=QUICK)
    chain = "".join(traceback.format_exception(caught.value))
    error = caught.value
    while error is not None:
        shown = (
            [str(error), repr(error), str(vars(error))] if isinstance(error, Imagen4Error) else []
        )
        assert all(KEY not in each for each in shown)
        if operation in ("generate", "createTask"):
            assert all(PROMPT not in each for each in shown)
        error = error.__cause__  # type: ignore[assignment]
    assert KEY not in chain
    assert KEY not in caplog.text
    assert PROMPT not in caplog.text


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


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("key", ["", "  ", "a b", "a\nb", "schlüssel", "a\x00"])
def test_a_key_unfit_for_a_header_is_refused_without_being_shown(gateway: str, key: str) -> None:
    """httpx would quote it in its own error."""
    with pytest.raises(InvalidRequest) as caught:
        play("sync", Script(), lambda _: None, gateway=gateway, api_key=key)
    assert key.strip() == "" or key not in str(caught.value)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_key_comes_from_the_gateways_own_variable(
    gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never from the other gateway's."""
    other = {"kie": "APIKLEY_API_KEY", "apikley": "KIE_API_KEY"}[gateway]
    own = adapter_for(gateway).key_variable
    monkeypatch.setenv(other, "wrong")
    monkeypatch.delenv(own, raising=False)
    with pytest.raises(InvalidRequest, match=f"pass api_key or set {own}"):
        play("sync", Script(), lambda _: None, gateway=gateway, api_key=None)
    monkeypatch.setenv(own, " right\n")
    script = Script(others=[envelope(200, 1)])
    play("sync", script, lambda c: c.credits(), gateway=gateway, api_key=None)
    assert script.requests[0].headers["authorization"] == "Bearer right"


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_default_origin_is_the_gateways_own(gateway: str) -> None:
    """The server of its own document: a document that names another one must not move the key."""
    text = (
        Path(__file__).parents[2] / "generated" / f"{gateway}_api" / "vendored.json"
    ).read_text()
    assert [each["url"] for each in json.loads(text)["servers"]] == [adapter_for(gateway).server]
    script = Script(others=[envelope(200, 1)])
    play("sync", script, lambda c: c.credits(), gateway=gateway)
    assert str(script.requests[0].url).startswith(adapter_for(gateway).server + "/api/v1/")


def test_no_proxy_sees_a_key_that_stays_on_this_machine(
    stranger: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy set in the environment would get plain http as it is, key included."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, stranger.url)
    with Loopback(lambda _: answered(3)) as server:
        assert play("sync", None, lambda c: c.credits(), base_url=server.url) == 3.0
    assert stranger.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_client_sends_nothing(kind: str) -> None:
    """And says so, instead of an error of the library below."""

    async def close_then_submit(client: Any) -> None:
        await settled(client.close())
        await settled(client.submit(PROMPT))

    def action(client: Any) -> Any:
        if kind == "async":
            return close_then_submit(client)
        client.close()
        return client.submit(PROMPT)

    with pytest.raises(InvalidRequest, match="The client is closed"):
        play(kind, None, action)


def test_a_reset_connection_is_reported_without_its_request() -> None:
    """The library's exception holds the request, whose headers hold the key."""
    with Loopback(lambda _: RESET) as server, pytest.raises(SubmissionUncertain) as caught:
        play("sync", None, lambda c: c.submit(PROMPT), base_url=server.url)
    cause = caught.value.__cause__
    assert cause is not None
    assert cause.__cause__ is None
    assert cause.__suppress_context__ is True


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


def test_an_id_cannot_smuggle_the_key_into_errors_and_logs() -> None:
    """A gateway that answers with the key as an id gets it back hidden."""
    script = Script(creates=[created(f"task-{KEY}")], polls=[envelope(422)])
    job = play("sync", script, lambda c: c.submit(PROMPT))
    assert job.task_ids == ("task-[hidden]",)
    script = Script(creates=[envelope(200, {"recordId": KEY})])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert caught.value.record_id == "[hidden]"
    script = Script(creates=[created("task")])
    assert play("sync", script, lambda c: c.submit(PROMPT), api_key="task").task_ids == ("task",)


SPELLED = "sk/5b1d0c9e+not<to>be&seen"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("upper", [False, True])
def test_the_key_is_hidden_however_the_server_spells_it_in_json(kind: str, upper: bool) -> None:
    """Escaped slashes, numbered characters, JSON inside JSON: on errors and on tasks alike."""

    def escape(char: str) -> str:
        number = f"{ord(char):04x}"
        return f"\\u{number.upper() if upper else number}"

    spelled = "".join(each if each.isalnum() else escape(each) for each in SPELLED)
    spelled = spelled.replace(escape("/"), "\\/")
    twice = spelled.replace("\\", "\\\\")

    def reply(received: Received) -> bytes:
        if received.path.endswith("credit"):
            return http(401, f'{{"code":401,"msg":"{spelled}","data":"{twice}"}}'.encode())
        data = f'"taskId":"t1","state":"waiting","param":"{twice}","model":"{spelled}"'
        return http(200, f'{{"code":200,"data":{{{data}}}}}'.encode())

    with Loopback(reply) as server:
        settings: dict[str, Any] = {"base_url": server.url, "api_key": SPELLED}
        (task,) = play(kind, None, lambda c: c.job("t1").status(), **settings)
        with pytest.raises(Imagen4Error) as caught:
            play(kind, None, lambda c: c.credits(), **settings)
    shown = f"{task!r} {task.raw} {caught.value} {caught.value.body}"
    assert shown.count("[hidden]") == 6
    assert "5b1d0c9e" not in shown


def test_the_created_job_is_usable_after_all_this() -> None:
    """The plain case still works: one create, the key with it."""
    script = Script(creates=[created("t1")])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == ("t1",)
