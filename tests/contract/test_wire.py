"""Real sockets fail in ways that stand-ins for them do not."""

import gzip
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import httpx
import pytest

from contract.conftest import Hold
from imagen4.contract.limits import LIMITS
from imagen4.contract.run import RunOptions, RunOutcome, run_contract
from imagen4.contract.server import ServerUnderTest
from sharpening.clock import Clock
from sharpening.reference import Incoming, Outgoing, Reference

OK = b'{"code": 401, "msg": "no"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def _answering(answer: bytes, wait: threading.Event | None = None) -> Iterator[str]:
    """A server that says the same to everybody and hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            if wait is not None:
                wait.wait(5)
            self.request.sendall(answer)

    with _serving(Handler) as url:
        try:
            yield url
        finally:
            if wait is not None:
                wait.set()


@contextmanager
def _serving(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _run(url: str) -> RunOutcome:
    return run_contract(RunOptions(ServerUnderTest("kie", url, "sandbox-kie-key")))


def _checks(outcome: RunOutcome) -> set[str]:
    return {finding.check for finding in outcome.sorted.violations}


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        (b"", "answered"),
        (b"HTTP/1.1 200 OK\r\n", "answered"),
        (b"not HTTP at all\r\n\r\n", "answered"),
        (HEAD + b"Content-Length: 999\r\n\r\n" + OK, "answered"),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 26\r\n\r\n" + OK, "answered"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n", "answered"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "no-redirect"),
        (HEAD + b"Content-Length: 26\r\n\r\n" + OK, "key-opens"),
    ],
    ids=["hangs-up", "half-a-head", "no-http", "short", "no-gzip", "bad-chunk", "moved", "whole"],
)
def test_what_happens_on_the_wire_is_found(answer: bytes, check: str) -> None:
    """Each way of not answering properly is a finding, and none is an exception."""
    with _answering(answer) as url:
        outcome = _run(url)
    assert outcome.exit_code == 1
    assert check in _checks(outcome)


def test_a_compressed_answer_that_is_cut_off_is_told_as_one() -> None:
    """Nothing decodes to half of the JSON, without any error: the reader is told where to look."""
    packed = gzip.compress(b'{"code": 401, "msg": "' + bytes(range(97, 123)) * 40 + b'"}')[:-16]
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with _answering(head + packed) as url:
        found = _run(url).sorted.violations
    seen = {finding.check: finding.seen for finding in found}
    assert "(after decoding its Content-Encoding, gzip)" in seen["strict-json"]


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times in a row is enough; the rest is listed as not checked."""
    quick = "quick", True
    monkeypatch.setitem(LIMITS, quick, replace(LIMITS[quick], timeout=0.1))
    with _answering(b"", wait=threading.Event()) as url:
        outcome = _run(url)
    assert _checks(outcome) == {"answered"}
    assert len(outcome.trace.exchanges) == 3
    assert len(outcome.trace.skipped) > 100


def test_headers_that_never_end_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out that begins anew with every byte would wait for ever."""
    quick, over = ("quick", True), threading.Event()
    monkeypatch.setitem(LIMITS, quick, replace(LIMITS[quick], timeout=0.1))

    class Dripping(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            with suppress(OSError):
                self.request.sendall(HEAD)
                for _ in range(600):
                    self.request.sendall(b"X-More: y\r\n")
                    over.wait(0.05)

    with _serving(Dripping) as url:
        assert _checks(_run(url)) == {"answered"}
        over.set()


class Stalling(Reference):
    """Lets requests with this prompt time out, as often as told."""

    def __init__(self, clock: Clock, times: int) -> None:
        super().__init__("kie", "observed", clock)
        self.times = times

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        if b"quotes" in incoming.content and self.times:
            self.times -= 1
            outgoing.trouble = httpx.ReadTimeout("timed out")
        return outgoing


@pytest.mark.parametrize(("times", "found"), [(1, set()), (2, {"answered"})])
def test_one_time_out_is_asked_again(times: int, found: set[str], clock: Clock, hold: Hold) -> None:
    """It may have been this machine's; the same request timing out again is the server's."""
    assert _checks(hold(Stalling(clock, times))) == found
