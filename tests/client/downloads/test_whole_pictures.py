"""Guards against saving half a picture where nobody says how long it is."""

import io
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from PIL import features

from client.bench import Bench
from client.loopback import Drip
from client.pictures import PNG, WHOLE, failing, fetched, saved_to
from client.play import KINDS, Time
from imagen4.downloads import transfer as transfer_module
from imagen4.downloads.formats import TAIL, is_whole
from imagen4.downloads.transfer import TransferError


def unmeasured(content: bytes) -> bytes:
    """An answer that ends when the connection does, as of old servers."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n" + content


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", WHOLE)
def test_a_picture_without_a_length_says_itself_where_it_ends(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    """The first half is no success; it is fetched again, and then it is whole."""
    content = WHOLE[suffix]
    answers = [unmeasured(content[: len(content) // 2]), unmeasured(content)]
    path, server, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path))
    assert (path.suffix, path.read_bytes()) == (suffix, content)
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_never_saved(kind: str, tmp_path: Path) -> None:
    """However often it comes."""
    half = unmeasured(WHOLE[".png"][:60])
    error = failing(kind, lambda _: half, tmp_path)
    assert error.message == "The picture cannot be fetched: the picture is not complete"


def test_what_stands_after_a_picture_does_no_harm() -> None:
    """Some writers put a few bytes there; a GIF's mark is too common to be looked for."""
    assert is_whole(".png", io.BytesIO(WHOLE[".png"] + b" and more"))
    assert not is_whole(".gif", io.BytesIO(WHOLE[".gif"] + b" more"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_every_cut_of_a_real_picture_is_noticed(kind: str) -> None:
    """And none that is whole is refused."""
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    buffer, suffix = io.BytesIO(), f".{kind.lower()}".replace("jpeg", "jpg")
    PillowImage.new("RGB", (64, 48), "red").save(buffer, kind)
    content = buffer.getvalue()
    assert is_whole(suffix, io.BytesIO(content))
    cuts = range(20, len(content) - TAIL, 7)
    assert [cut for cut in cuts if is_whole(suffix, io.BytesIO(content[:cut]))] == []


def test_the_last_box_may_reach_to_the_end() -> None:
    """Or be longer than 4 GB can say."""
    long = (1).to_bytes(4) + b"mdat" + (24).to_bytes(8) + b"12345678"
    open_ended = (0).to_bytes(4) + b"mdat" + b"12345678"
    first = (16).to_bytes(4) + b"ftypavif1234"
    assert is_whole(".avif", io.BytesIO(first + long))
    assert not is_whole(".avif", io.BytesIO(first + long[:-1]))
    assert is_whole(".avif", io.BytesIO(first + open_ended))
    assert not is_whole(".avif", io.BytesIO(first + open_ended[:3]))
    absurd = (1).to_bytes(4) + b"mdat" + ((1 << 56) + 24).to_bytes(8) + b"12345678"
    assert not is_whole(".avif", io.BytesIO(first + absurd))


def test_boxes_without_pictures_in_them_are_no_picture() -> None:
    """However long they are, and also where the last one reaches to the end."""
    first, empty = (16).to_bytes(4) + b"ftypavif1234", (8).to_bytes(4) + b"free"
    data = (16).to_bytes(4) + b"mdat" + b"12345678"
    assert is_whole(".avif", io.BytesIO(first + empty + data + empty))
    assert not is_whole(".avif", io.BytesIO(first + empty))
    assert not is_whole(".avif", io.BytesIO(first + (0).to_bytes(4) + b"free" + b"1234"))


class Real(Time):
    """A clock that runs by itself."""

    def __call__(self) -> float:
        from time import monotonic

        return monotonic()


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_drips_in_its_framing_is_given_up(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that never become a piece of the picture must not hold it up for ever."""
    monkeypatch.setattr(transfer_module, "LONGEST", 0.3)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n" + PNG[:4] + b"\r\n4;x="
    error = failing(kind, lambda _: Drip(head + b"a" * 500), tmp_path, clock=Real())
    assert error.message == "The picture took longer than 0.3 s"


def test_a_transfer_without_a_length_is_checked_at_its_end() -> None:
    """Only then: with a length, or in chunks, the end is known."""
    for headers, fine in (({}, False), ({"transfer-encoding": "chunked"}, True)):
        bench = Bench()
        assert bench.transfer.opened(200, headers)
        bench.transfer.received(PNG)
        if fine:
            bench.transfer.finished()
        else:
            with pytest.raises(TransferError, match="not complete"):
                bench.transfer.finished()


@pytest.mark.parametrize("whole", [True, False])
def test_a_last_part_of_unknown_total_must_end_the_picture(whole: bool) -> None:
    """It says which bytes it holds, not that none come after them."""
    content = WHOLE[".png"]
    bench = Bench()
    assert bench.transfer.opened(200, {"etag": '"v1"', "transfer-encoding": "chunked"})
    bench.transfer.received(content[:50])
    end = len(content) if whole else 80
    part = {"etag": '"v1"', "content-range": f"bytes 50-{end - 1}/*", "content-length": "9"}
    assert bench.transfer.opened(206, part)
    bench.transfer.received(content[50:end])
    if whole:
        bench.transfer.finished()
        assert bench.transfer.suffix == ".png"
    else:
        with pytest.raises(TransferError, match="not complete"):
            bench.transfer.finished()
