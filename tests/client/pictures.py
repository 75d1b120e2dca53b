"""A server plays the host of the pictures; a client fetches them from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.play import Script, play, settled, succeeded
from imagen4 import DownloadError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
KINDS_OF_PICTURE = {
    ".png": PNG,
    ".jpg": b"\xff\xd8\xff\xe0" + b"j" * 100,
    ".webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"w" * 100,
    ".gif": b"GIF89a" + b"g" * 100,
    ".avif": b"\x00\x00\x00\x1cftypavif" + b"a" * 100,
}
WHOLE = {
    ".png": b"\x89PNG\r\n\x1a\n" + b"p" * 100 + b"\x00\x00\x00\x00IEND\xaeB`\x82",
    ".jpg": b"\xff\xd8\xff\xe0" + b"j" * 100 + b"\xff\xd9",
    ".webp": b"RIFF\x6c\x00\x00\x00WEBPVP8 " + b"w" * 100,
    ".gif": b"GIF89a" + b"g" * 100 + b";",
}
ETAG = 'ETag: "v1"\r\n'


def part(start: int, end: int = len(PNG), etag: str = ETAG, total: object = len(PNG)) -> bytes:
    """An answer with a part of the picture."""
    span = f"Content-Range: bytes {start}-{end - 1}/{total}\r\n"
    return http(206, PNG[start:end], etag + span)


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
