"""Servers on loopback sockets that are no gateways, or hardly: each is one function."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any

import httpx

from imagen4.contract.reports import Report, make_report
from imagen4.contract.run import RunOptions, RunOutcome, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts.protocol import CREATE_PATH
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.measure import NOWHERE
from sharpening.reference import KEYS, Reference

Answer = Callable[[httpx.Request], httpx.Response]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address of a server that answers as the function does.

    The request's extension `connection` is the number of the one it came over. (Where it comes
    from would not do: a port that was given back may be given out again.)
    """
    numbers = count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.extensions = {"connection": next(numbers)}

        def do_GET(self) -> None:  # the library's name
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            url, headers = f"http://127.0.0.1{self.path}", dict(self.headers)
            response = answer(
                httpx.Request(
                    self.command,
                    url,
                    headers=headers,
                    content=content,
                    extensions=self.extensions,
                )
            )
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_POST = do_PUT = do_GET  # noqa: N815  # the library's names

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def judged(answer: Answer, clock: Clock | None = None, **options: Any) -> RunOutcome:
    """A run against it over a socket; nobody waits but on the clock."""
    clock = clock or Clock()
    with serving(answer) as url:
        target = ServerUnderTest("kie", url, KEYS["kie"])
        seams = Seams(None, clock.now, clock.sleep, lambda: 1.79e9 + clock.now())
        return run_contract(RunOptions(target, **options), seams)


def reported(change: Callable[[Reference], object]) -> Report:
    """The report on a server that conforms, but for one change."""
    clock = Clock()
    server = Reference("kie", "observed", clock)
    change(server)
    return make_report(run_on(server))


def run_on(server: Reference) -> RunOutcome:
    """A run on a server in this process, by its clock."""
    target = ServerUnderTest("kie", NOWHERE, KEYS["kie"])
    seams = Seams(InProcess(server), server.clock.now, server.clock.sleep, server.now)
    return run_contract(RunOptions(target), seams)


def creates(request: httpx.Request) -> bool:
    return request.url.path == CREATE_PATH


def page(status: int, words: str = "<h1>No</h1>", **headers: str) -> Answer:
    """Always the same page."""
    return lambda _: httpx.Response(status, headers=headers, html=words)


def said(status: int, **envelope: Any) -> Answer:
    """Always the same JSON."""
    return lambda _: httpx.Response(status, json=envelope)
