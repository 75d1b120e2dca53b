"""Guards against one text for a bad certificate, an unknown name, a refusal and a reset."""

import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, RESET, Loopback, http
from client.play import (
    KEY,
    KINDS,
    PROMPT,
    QUICK,
    Script,
    created,
    envelope,
    play,
    settled,
    succeeded,
)
from client.raw_answers import CREATED
from imagen4 import DownloadError, Imagen4Error, TransportError

PEM = Path(__file__).parents[1] / "self_signed.pem"


@contextmanager
def strange_certificate() -> Iterator[str]:
    """The address of a server whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            try:
                while True:
                    connection, _ = listening.accept()
                    with closing(connection), context.wrap_socket(connection, server_side=True):
                        pass
            except ssl.SSLError:
                serve()
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    with Loopback(lambda _: answer) as server:
        yield server.url


@contextmanager
def silent_about_tls() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # accepts, and answers no handshake
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def nobody() -> Iterator[str]:
    with socket.socket() as silent:  # taken, but nobody listens: whoever calls is refused
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def asked(
    kind: str, url: str, ask: Callable[[Any], Any] = lambda c: c.credits(), timeout: float = 30
) -> Imagen4Error:
    """The error of a question that cannot be answered."""
    with pytest.raises(Imagen4Error) as caught:
        play(kind, None, ask, base_url=url, timeout=timeout, polling=QUICK)
    return caught.value


CAUSES: dict[str, tuple[Any, str, type[Exception]]] = {
    "certificate": (
        strange_certificate,
        r"could not be reached: the certificate is not accepted \(.*self-signed certificate",
        ssl.SSLCertVerificationError,
    ),
    "refused": (
        nobody,
        r"could not be reached: the connection is refused \(.*\[Errno 111\]",
        ConnectionRefusedError,
    ),
    "reset": (
        lambda: answering(RESET),
        r"No complete answer came: the connection was reset \(.*\[Errno 104\]",
        ConnectionResetError,
    ),
    "no answer": (
        lambda: answering(HANG),
        r"No complete answer came: no answer in time \(",
        httpx.ReadTimeout,
    ),
    "TLS hangs": (
        silent_about_tls,
        r"could not be reached: no connection in time \(ConnectTimeout",
        httpx.ConnectTimeout,
    ),
    "no HTTP": (
        lambda: answering(b"SSH-2.0-OpenSSH\r\n\r\n"),
        r"No complete answer came: the answer breaks off or is no HTTP \(",
        httpx.RemoteProtocolError,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_is_told_from_the_others(kind: str, cause: str) -> None:
    """In words of its own beside the system's, and as an exception that the error was raised from.

    That one is bare: neither frames nor a request, whose headers hold the key.
    """
    server, words, kind_of_cause = CAUSES[cause]
    with server() as url:
        error = asked(kind, url, timeout=IMPATIENT if cause in ("no answer", "TLS hangs") else 30)
    assert type(error) is TransportError
    assert re.search(words, str(error)), str(error)
    chained: Any = error.__cause__
    assert type(chained) is kind_of_cause
    assert (chained.__traceback__, chained.__context__) == (None, None)
    assert getattr(chained, "_request", None) is None


@pytest.mark.parametrize("kind", KINDS)
def test_certificates_of_the_environment_are_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without any is no error by itself, and then nobody's certificate is accepted."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", "/of/nobody@here")
    with strange_certificate() as url:
        assert ", by SSL_CERT_DIR=/of/nobody@here" in str(asked(kind, url))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cause", ["certificate", "refused", "reset"])
def test_the_cause_of_a_failed_download_is_told_like_that(
    kind: str, cause: str, tmp_path: Path
) -> None:
    """Pictures come from another host, which fails in the same ways."""
    server, words, kind_of_cause = CAUSES[cause]
    with server() as url, answering(http(200, succeeded("t1", f"{url}/1.png").content)) as gateway:

        async def saved(client: Any) -> None:
            result = await settled(client.job("t1").wait())
            with pytest.raises(DownloadError, match=words.partition(": ")[2]) as caught:
                await settled(result.save(tmp_path))
            assert type(caught.value.__cause__) is kind_of_cause

        play(kind, None, saved, base_url=gateway)


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_nobody_knows_is_said(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the resolver says it."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = asked(kind, "https://gateway.invalid")
    assert "the host's name is not found (gaierror: [Errno -2] Name or" in str(error)
    assert isinstance(error.__cause__, socket.gaierror)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_server_repeats_in_no_http_is_cut_out(kind: str) -> None:
    """A library quotes the line that it cannot read."""
    with Loopback(lambda _: f"{KEY} {PROMPT}\r\n\r\n".encode()) as server:
        error = asked(kind, server.url, lambda c: c.submit(PROMPT))
    shown = f"{error} {error.__cause__!r} {error.__cause__.__cause__!r}"  # type: ignore[union-attr]
    assert "no HTTP" in shown
    assert KEY not in shown
    assert "zebra" not in shown


def test_what_a_caller_is_handling_is_not_the_cause() -> None:
    """The client may well be called in an `except`."""
    try:
        socket.create_connection(("127.0.0.1", 0))
    except OSError as own:
        handled = str(own)
        with answering(b"no HTTP\r\n\r\n") as url:
            error = asked("sync", url)
    assert handled not in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_the_debug_log_tells_code_duration_and_attempt(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of every exchange, also of one that brought nothing; and which gateway it was with."""
    caplog.set_level(logging.DEBUG, "imagen4")
    answers = [http(200, b'{"code":429,"msg":"slow down"}'), http(200, CREATED), RESET]
    with Loopback(lambda _: answers.pop(0)) as server:
        play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
        asked(kind, server.url)
    said = [each for each in caplog.messages if ", attempt " in each]
    create, credit = "kie: POST /api/v1/jobs/createTask", "kie: GET /api/v1/chat/credit"
    assert said == [
        f"{create}: HTTP 200, code 429, 0.000 s, attempt 1",
        f"{create}: HTTP 200, code 200, 0.000 s, attempt 2",
        f"{credit}: no answer, 0.000 s, attempt 1",
    ]


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key_is_called_that(code: int) -> None:
    """Beside the gateway's own words, which may be any."""
    script = Script(creates=[envelope(code, None, "You do not have access permissions")])
    with pytest.raises(Imagen4Error) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert caught.value.message == "The key was refused: You do not have access permissions"


def test_an_unknown_task_is_called_that() -> None:
    """kie says no more than "recordInfo is null"."""
    script = Script(polls=[envelope(422, None, "recordInfo is null")])
    with pytest.raises(Imagen4Error) as caught:
        play("sync", script, lambda c: c.job("t1").wait())
    assert caught.value.message == "No such task: recordInfo is null"


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.generate(""),
        lambda c: c.generate("x", num_images=9),
        lambda c: c.generate("x", on_event=lambda _: 1 / 0),
        lambda c: c.job("t1").wait(timeout=-1),
        lambda c: [c.submit("x", timeout=0) for _ in range(21)],
    ],
)
def test_a_refusal_of_our_own_does_not_name_the_gateway(ask: Callable[[Any], Any]) -> None:
    """It has not been asked."""
    script = Script(creates=[created(f"t{number}") for number in range(20)], polls=[envelope(455)])
    with pytest.raises(Imagen4Error) as caught:
        play("sync", script, lambda c: c.job("t1").wait(timeout=0))
    assert "gateway kie" in str(caught.value)
    with pytest.raises(Imagen4Error) as caught:
        play("sync", script, ask)
    assert "gateway kie" not in str(caught.value)
