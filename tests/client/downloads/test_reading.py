"""Guards against a picture that is downloaded twice, and against not knowing what came."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image as PillowImage
from PIL import features

from client.formats import WHOLE, segment
from client.loopback import Loopback, Received, http
from client.pictures import GATEWAY, PNG, fetched
from client.play import KINDS, Script, play, settled, succeeded
from imagen4 import DownloadError
from imagen4.downloads.dimensions import pixels_of
from imagen4.downloads.formats import CONTENT_TYPES


def read_by_three(kind: str, image: Any) -> list[Any]:
    """What three get who want it at the same time: threads, or tasks of one event loop."""

    async def gathered() -> list[Any]:
        return await asyncio.gather(*(image.read() for _ in range(3)), return_exceptions=True)

    if kind == "async":
        return asyncio.run(gathered())
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda _: image.read(), range(3)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_downloaded_once_however_many_read_it(kind: str) -> None:
    """Who comes while it is under way waits for it, who comes later has it at once."""
    another = Event()

    def reply(_: Received) -> bytes:
        if len(server.requests) > 1:
            another.set()
        another.wait(0.1)
        return http(200, PNG)

    with Loopback(reply) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png")])
        (image,) = play(kind, script, lambda c: c.job("t1").wait(), base_url=GATEWAY)
        found = read_by_three(kind, image)
        assert asyncio.run(settled(image.read())) is found[0]
    assert found == [PNG] * 3
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_read_is_saved_without_asking_again(kind: str, tmp_path: Path) -> None:
    """However often; and a picture that was saved is known, but not kept in memory."""

    async def action(result: Any) -> list[Path]:
        first, second = result.images
        await settled(first.read())
        await settled(second.save(tmp_path / "second.png"))
        assert (second.content_type, second.size) == ("image/png", (8, 8))
        return [await settled(first.save(tmp_path / name)) for name in ("a.png", "b.png")]

    saved, server, _ = fetched(kind, lambda _: http(200, PNG), action, "/1", "/2")
    assert [each.read_bytes() for each in saved] == [PNG, PNG]
    assert server.paths() == ["/1", "/2"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_saved_is_read_from_there_unless_it_was_changed(kind: str, tmp_path: Path) -> None:
    """It is on this machine; what somebody made of it is not the picture."""

    async def action(result: Any) -> list[Any]:
        kept, edited, removed = result
        paths = await settled(result.save(tmp_path))
        paths[1].write_bytes(b"edited")
        paths[2].unlink()
        return [await settled(image.read()) for image in (kept, edited, removed)]

    found, server, _ = fetched(kind, lambda _: http(200, PNG), action, "/1", "/2", "/3")
    assert found == [PNG] * 3
    assert sorted(server.paths()) == ["/1", "/2", "/2", "/3", "/3"]


def test_a_read_that_failed_is_tried_again_in_any_event_loop() -> None:
    """Each loop has a turn of its own, and what went wrong is not kept."""
    answers = [http(404)] * 3 + [http(200, PNG)]
    with Loopback(lambda _: answers[min(len(server.requests) - 1, 3)]) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png")])
        settings = {"base_url": GATEWAY, "gateway": "apikley"}
        (image,) = play("async", script, lambda c: c.job("t1").wait(), **settings)
        failed = read_by_three("async", image)
        assert [type(each) for each in failed] == [DownloadError] * 3
        assert read_by_three("async", image) == [PNG] * 3
    assert len(server.requests) == 4


def drawn(suffix: str, **options: Any) -> bytes:
    data = io.BytesIO()
    kind = {".jpg": "jpeg"}.get(suffix, suffix[1:])
    PillowImage.effect_noise((61, 37), 50).convert("RGB").save(data, kind, **options)
    return data.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".png", {}),
        (".jpg", {}),
        (".jpg", {"progressive": True, "exif": b"Exif\0\0" + bytes(500)}),
        (".gif", {}),
        (".webp", {}),
        (".webp", {"lossless": True}),
        (".webp", {"exif": b"Exif\0\0" + bytes(50)}),
        (".avif", {}),
    ],
)
def test_type_and_size_are_known_once_a_picture_was_fetched(
    kind: str, suffix: str, options: dict[str, Any]
) -> None:
    """In pixels, read off the content, as Pillow reads them; before that they are None."""
    if suffix in (".webp", ".avif") and not features.check(suffix[1:]):
        pytest.skip(f"this Pillow writes no {suffix}")
    content = drawn(suffix, **options)

    async def action(result: Any) -> Any:
        image = result.images[0]
        assert (image.content_type, image.size) == (None, None)
        await settled(image.read())
        return image

    image, _, _ = fetched(kind, lambda _: http(200, content), action)
    assert image.content_type == CONTENT_TYPES[suffix]
    assert image.size == (61, 37)


def test_a_picture_that_does_not_say_its_size_has_none() -> None:
    """It is a picture all the same."""

    def action(result: Any) -> Any:
        result.images[0].read()
        return result.images[0]

    image, _, _ = fetched("sync", lambda _: http(200, WHOLE[".avif"]), action)
    assert (image.content_type, image.size) == ("image/avif", None)


def test_a_jpegs_tables_are_not_taken_for_its_frame() -> None:
    """They may stand before it, and their marks are among those of frames."""
    content = WHOLE[".jpg"][:2] + segment(0xC4, bytes(9)) + WHOLE[".jpg"][2:]
    assert pixels_of(".jpg", io.BytesIO(content)) == (8, 8)
