"""A real server on loopback that misbehaves on command, and counts what arrives.

A bare socket, because what is tested with it is bytes: answers that are cut, drip, are reset or
hold too much, which neither a mock transport nor the sandbox's HTTP server can send.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

HANG = b"HANG"  # read the request, answer nothing, keep the connection open
IMPATIENT = 0.5
"""Seconds that a client is given where a test waits for its time-out: no machine is so busy that
a request on loopback takes as long, and a suite can wait that long some twenty times."""
RESET = b"RESET"  # read the request, then reset the connection


@dataclass
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Drip(bytes):
    """An answer that is sent byte by byte, PAUSE seconds apart."""

    PAUSE = 0.02


class ThenReset(bytes):
    """An answer behind which the connection is reset."""


def http(
    status: int = 200, body: bytes = b"", headers: str = "", *, length: int | None = None
) -> bytes:
    """The bytes of an answer; `length` announces more (or less) than there is."""
    length = len(body) if length is None else length
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n"
    return head.encode() + body


@dataclass
class Loopback:
    """Answers each request with the bytes that `reply` gives, HANG or RESET; hangs up at none."""

    reply: Callable[[Received], bytes]
    requests: list[Received] = field(default_factory=list)

    def __enter__(self) -> "Loopback":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._left = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.set()
        for each in (self._socket, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def paths(self, method: str = "") -> list[str]:
        return [each.path for each in self.requests if method in ("", each.method)]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as stream:
                while (received := self._read(stream)) is not None:
                    self.requests.append(received)
                    answer = self.reply(received)
                    if answer == HANG:
                        continue
                    if not answer:
                        break
                    if isinstance(answer, ThenReset):
                        self._send(connection, answer)
                    if answer == RESET or isinstance(answer, ThenReset):
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        break
                    self._send(connection, answer)
                    if b"Connection: close" in answer.partition(b"\r\n\r\n")[0]:
                        break
        except OSError:
            pass
        finally:
            connection.close()

    def _send(self, connection: socket.socket, answer: bytes) -> None:
        if not isinstance(answer, Drip):
            connection.sendall(answer)
            return
        for place in range(len(answer)):
            if self._left.wait(Drip.PAUSE):
                return
            connection.sendall(answer[place : place + 1])

    @staticmethod
    def _read(stream: BinaryIO) -> Received | None:
        line = stream.readline().decode("latin-1").split()
        if len(line) < 3:
            return None
        headers = {}
        while header := stream.readline().decode("latin-1").strip():
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        return Received(line[0], line[1], headers, body)
