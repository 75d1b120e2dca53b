"""Guards against saving half a picture that somebody has filled up to its full length."""

import io
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from PIL import features

from client import formats
from client.loopback import http
from client.pictures import fetched, saved_to
from client.play import KINDS
from imagen4.downloads.whole import is_whole

FILLERS = (b"\0", b"\xff", b" ")
CODED = formats.avif(bytes(range(1, 101)), coded=True)


def drawn(kind: str, **way: object) -> bytes:
    """A picture as a program writes it."""
    noise, buffer = PillowImage.effect_noise((64, 48), 80), io.BytesIO()
    noise.convert("RGB").save(buffer, kind, speed=10, **way)
    return buffer.getvalue()


def filled_up(content: bytes, cut: int, filler: bytes) -> bytes:
    return content[:cut] + filler * (len(content) - cut)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("filler", FILLERS)
def test_what_is_filled_up_is_fetched_again(kind: str, filler: bytes, tmp_path: Path) -> None:
    """Its length is right, and so is its framing."""
    for content in (CODED, *(formats.WHOLE[suffix] for suffix in (".png", ".jpg", ".gif"))):
        half = filled_up(content, len(content) - 40, filler)
        answers = [http(200, half), http(200, content)]
        path, server, _ = fetched(kind, lambda _, left=answers: left.pop(0), saved_to(tmp_path))
        assert path.read_bytes() == content
        assert len(server.requests) == 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "AVIF"])
@pytest.mark.parametrize("filler", FILLERS)
def test_a_real_picture_that_is_filled_up_is_not_whole(kind: str, filler: bytes) -> None:
    """Wherever it was cut."""
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    content = drawn(kind)
    suffix = f".{kind.lower()}".replace("jpeg", "jpg")
    assert is_whole(suffix, io.BytesIO(content))
    cuts = range(64, len(content) - 20, max(1, len(content) // 20))
    spoiled = [io.BytesIO(filled_up(content, cut, filler)) for cut in cuts]
    assert [cut for cut, each in zip(cuts, spoiled, strict=True) if is_whole(suffix, each)] == []


def test_a_moving_webp_lacks_no_frame() -> None:
    """Zeros where a chunk should have its name are none. Inside the last one nobody can tell."""
    frames = [PillowImage.effect_noise((64, 48), spread) for spread in (20, 50)]
    content = drawn("WEBP", save_all=True, append_images=frames)
    last = content.rindex(b"ANMF")
    assert is_whole(".webp", io.BytesIO(content))
    assert not is_whole(".webp", io.BytesIO(filled_up(content, last, b"\0")))


@pytest.mark.parametrize("colour", ["white", "black"])
@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_picture_of_one_colour_is_whole(kind: str, colour: str) -> None:
    """There is little in it, and a WebP of it may end in nothing but zeros."""
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    buffer = io.BytesIO()
    PillowImage.new("RGB", (512, 512), colour).save(buffer, kind, speed=10, quality=100)
    assert is_whole(f".{kind.lower()}", buffer)


def test_only_what_is_a_coded_picture_is_judged() -> None:
    """Metadata may end in as many spaces as they like."""
    trailing = bytes(range(1, 80)) + bytes(21)
    assert is_whole(".avif", io.BytesIO(formats.avif(trailing)))
    assert not is_whole(".avif", io.BytesIO(formats.avif(trailing, coded=True)))
    wide = formats.avif(trailing, coded=True, wide=True)
    assert not is_whole(".avif", io.BytesIO(wide))
