"""Guards against a deadline that is overrun before a request has even left."""

import socket
import threading
from time import monotonic
from typing import Any

import pytest

from client.loopback import HANG, IMPATIENT, Loopback
from client.play import KINDS, PROMPT, Script, created, play, succeeded
from imagen4 import Polling, TransportError

HOST = "gateway.example"
ONCE = Polling(attempts=1)
LONGEST = 60.0  # seconds
MANY = 120  # addresses


def not_created(kind: str, url: str, patience: float = IMPATIENT) -> tuple[float, str]:
    """Of a create that gets no connection, and is certainly not made: its seconds, and why."""
    started = monotonic()
    settings: dict[str, Any] = {"base_url": url, "allow_http": True, "polling": ONCE}
    with pytest.raises(TransportError) as caught:
        play(kind, None, lambda c: c.submit(PROMPT), timeout=patience, **settings)
    assert (caught.value.sent, caught.value.accepted) == (False, "no")
    return monotonic() - started, str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_with_many_addresses_has_no_more_time_than_one_with_one(
    kind: str, unanswered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time to connect is for all of them together."""
    look_up = socket.getaddrinfo

    def many(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host not in (HOST, HOST.encode()):
            return look_up(host, port, *more, **options)
        return look_up("127.0.0.1", port, *more, **options) * MANY

    monkeypatch.setattr(socket, "getaddrinfo", many)
    lasted, _ = not_created(kind, f"http://{HOST}:{unanswered}")
    assert lasted < MANY * IMPATIENT / 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_address_is_tried_when_the_first_does_not_answer(
    kind: str, unanswered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its share of the time."""
    look_up = socket.getaddrinfo

    def two(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host not in (HOST, HOST.encode()):
            return look_up(host, port, *more, **options)
        return [each for n in (1, 2) for each in look_up(f"127.0.0.{n}", port, *more, **options)]

    with Loopback(lambda _: HANG) as server:
        del server  # listens on the first address only
    monkeypatch.setattr(socket, "getaddrinfo", two)
    assert not_created(kind, f"http://{HOST}:{unanswered}")[0] < LONGEST


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_nobody_resolves_is_given_up(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's own patience is longer than ours, and cannot be set."""
    over = threading.Event()
    longest = LONGEST if kind == "sync" else 3 * IMPATIENT  # asyncio.run waits for its threads

    def never(*_: Any, **__: Any) -> Any:
        over.wait(longest)
        over.set()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", never)
    settings: dict[str, Any] = {"base_url": f"http://{HOST}", "allow_http": True, "polling": ONCE}

    def submitted(client: Any) -> Any:
        return client.submit(PROMPT)

    with pytest.raises(TransportError) as caught:
        play(kind, None, submitted, timeout=IMPATIENT, **settings)
    assert caught.value.sent is False
    assert kind == "async" or not over.is_set()
    over.set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["a" * 64, "a..b"])
def test_a_name_that_cannot_be_one_is_not_waited_for(kind: str, host: str) -> None:
    """Python refuses to look it up, which is no failure of the network."""
    _, why = not_created(kind, f"http://{host}", patience=LONGEST)
    assert "Timeout" not in why


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_never_answers_the_tls_handshake_is_given_up(kind: str) -> None:
    """The handshake has what is left of the time to connect."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lasted, _ = not_created(kind, f"https://127.0.0.1:{silent.getsockname()[1]}")
    assert lasted < LONGEST


@pytest.mark.parametrize(("timeout", "connect"), [(0, 4.0), (1, 4.0), (7, 7.0), (900, 10.0)])
def test_a_create_that_has_not_left_is_bound_by_the_deadline(
    timeout: float, connect: float
) -> None:
    """Its connection takes four seconds more, at most; once it is out it has its full time."""
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    play("sync", script, lambda c: c.generate(PROMPT, timeout=timeout))
    limits = script.sent("createTask")[0].extensions["timeout"]
    assert (limits["connect"], limits["read"]) == (connect, 30.0)
