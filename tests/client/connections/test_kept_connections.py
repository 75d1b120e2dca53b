"""Guards against false alarms about creates, and failed polls, over connections kept open."""

import socket
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.play import KINDS, PICTURES, PROMPT, QUICK, play, settled
from client.raw_answers import answered

MANY = pytest.param(200, marks=pytest.mark.slow)
IDLE = http(408, b"", "Connection: close\r\n")


class Impatient:
    """Closes every connection right after its answer without saying so, maybe with a 408."""

    def __init__(self, farewell: bytes) -> None:
        self.numbers = count(1)
        self.farewell = farewell

    def __call__(self, request: Received) -> bytes:
        data: dict[str, Any] = {"taskId": request.path.partition("taskId=")[2]}
        if request.method == "POST":
            data = {"taskId": f"t{next(self.numbers)}"}
        else:
            data |= {"state": "success", "resultJson": PICTURES}
        return answered(data) + self.farewell


class Closing(Loopback):
    """A server that closes a connection as its second request arrives on it."""

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            if (received := self._read(stream)) is None:
                return
            self.requests.append(received)
            connection.sendall(self.reply(received))
            stream.read(1)  # the next request has begun


@pytest.mark.parametrize("creates", [10, MANY])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("server", "farewell"), [(Closing, b""), (Loopback, IDLE)], ids=["closed", "408"]
)
def test_no_create_is_uncertain_because_a_server_closes_idle_connections(
    kind: str, server: Callable[[Any], Loopback], farewell: bytes, creates: int
) -> None:
    """All are answered; and the polls, over connections that are kept, ask once more."""

    async def generated(client: Any) -> list[tuple[str, ...]]:
        return [(await settled(client.generate(PROMPT))).task_ids for _ in range(creates)]

    with server(Impatient(farewell)) as gateway:
        found = play(kind, None, generated, base_url=gateway.url, polling=QUICK)
        assert found == [(f"t{number}",) for number in range(1, creates + 1)]
        assert len(gateway.paths("POST")) == creates
