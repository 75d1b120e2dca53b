"""Ports for programs that are told theirs before they listen."""

import socket
from contextlib import suppress
from random import SystemRandom

PORTS = range(20_000, 32_000)  # below those that Linux and macOS give to whoever asks for any


def own_port() -> int:
    """One on which nobody listens, and that no other program is given by chance meanwhile."""
    while True:
        port = SystemRandom().choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
