"""Requests to a reference server without a socket and without real time.

So hundreds of defects are met within minutes.
"""

from itertools import count
from urllib.parse import parse_qsl

import httpx

from sharpening.reference import Incoming, Outgoing, Reference


class InProcess(httpx.BaseTransport):
    """Carries requests to a reference server; each takes 2 ms.

    A request that says `Connection: close` has a connection of its own; so it is in HTTP.
    """

    def __init__(self, server: Reference) -> None:
        self.server = server
        self.connections = count(1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        headers = {name.lower().decode(): value.decode() for name, value in request.headers.raw}
        query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        own = next(self.connections) if headers.get("connection") == "close" else 0
        incoming = Incoming(request.method, path, query, headers, request.read(), own)
        outgoing = self._answer(incoming)
        self.server.clock.sleep(0.002 + outgoing.delay)
        if outgoing.trouble is not None:
            raise outgoing.trouble
        return httpx.Response(outgoing.status, headers=outgoing.headers, content=outgoing.content)

    def _answer(self, incoming: Incoming) -> Outgoing:
        try:
            return self.server.answer(incoming)
        except Exception as error:  # what any web server makes of an exception
            self.server.crashes.append(error)
            return Outgoing(500, b"Internal Server Error", {"content-type": "text/plain"})
