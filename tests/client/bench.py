"""A download without any server: its clock is set by hand, its file is in memory."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from client.formats import png
from imagen4._version import USER_AGENT
from imagen4.downloads.transfer import Transfer

URL = "https://files.example/1.png"
PNG = png()
PLAIN = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}


class Bench:
    """A transfer with a clock that is set by hand and a file in memory."""

    def __init__(self, url: str = URL, *, allow_http: bool = False) -> None:
        self.now = 0.0
        self.file = io.BytesIO()
        core: Any = SimpleNamespace(
            clock=lambda: self.now,
            now=lambda: datetime(2026, 11, 30, tzinfo=UTC),
            allow_http=allow_http,
            on_loopback=True,
        )
        self.transfer = Transfer(core, url, self.file)


def begun(etag: str = '"v1"', content: bytes = PNG) -> Bench:
    """A transfer that has received something."""
    bench = Bench()
    assert bench.transfer.opened(200, {"etag": etag})
    bench.transfer.received(content)
    return bench
