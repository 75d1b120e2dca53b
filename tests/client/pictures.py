"""A server plays the host of the pictures; a client fetches them from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.formats import png
from client.loopback import Loopback, Received, http
from client.play import Script, play, settled, succeeded
from imagen4 import DownloadError

PNG = png(bytes(range(256)) * 40)
GATEWAY = "http://localhost"  # where pictures may be on this machine, too
ETAG = 'ETag: "v1"\r\n'


def part(
    start: int, end: int = 0, etag: str = ETAG, total: object = None, content: bytes = PNG
) -> bytes:
    """An answer with a part of the picture, to its end unless it is said."""
    end = end or len(content)
    span = f"Content-Range: bytes {start}-{end - 1}/{total or len(content)}\r\n"
    return http(206, content[start:end], etag + span)


def fetched(
    kind: str,
    reply: Callable[[Received], bytes],
    action: Callable[[Any], Any],
    *paths: str,
    gateway: str = "kie",
    others: Any = (),
    **settings: Any,
) -> tuple[Any, Loopback, Script]:
    """Have a server play the pictures' host, and do something with the result."""
    with Loopback(reply) as server:
        urls = [server.url + path for path in paths or ("/1.png",)]
        fresh = [each(server.url) if callable(each) else each for each in others]
        script = Script(polls=[succeeded("t1", *urls)], others=fresh)

        async def waited(client: Any) -> Any:
            return await settled(action(await settled(client.job("t1").wait())))

        settings = {"base_url": GATEWAY} | settings
        return play(kind, script, waited, gateway=gateway, **settings), server, script


def saved_to(path: Path) -> Callable[[Any], Any]:
    return lambda result: result.images[0].save(path)


def failing(
    kind: str, reply: Callable[[Received], bytes], target: Path, **more: Any
) -> DownloadError:
    """Save the picture, expecting an error that names its task, and no trace on the disk."""
    with pytest.raises(DownloadError) as caught:
        fetched(kind, reply, saved_to(target), **more)
    assert caught.value.task_ids == ("t1",)
    assert caught.value.gateway == more.get("gateway", "kie")
    assert list(target.iterdir() if target.is_dir() else ()) == []
    return caught.value
