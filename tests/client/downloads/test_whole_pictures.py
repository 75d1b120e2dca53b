"""Guards against saving half a picture, whatever the answer says about its length."""

import io
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from PIL import features

from client import formats
from client.formats import WHOLE
from client.loopback import Received, http
from client.pictures import ETAG, failing, fetched, part, saved_to
from client.play import KINDS
from imagen4.downloads.whole import is_whole


def until_closed(content: bytes) -> bytes:
    """An answer that ends when the connection does, as of old servers."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n" + content


def in_chunks(content: bytes) -> bytes:
    """An answer whose framing says properly where it ends."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)


FRAMINGS = {"closed": until_closed, "chunks": in_chunks, "length": lambda body: http(200, body)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("suffix", WHOLE)
def test_half_a_picture_is_fetched_again_until_it_is_whole(
    kind: str, framing: str, suffix: str, tmp_path: Path
) -> None:
    """The first half ends properly, by every kind of framing, and is no success all the same."""
    content, frame = WHOLE[suffix], FRAMINGS[framing]
    answers = [frame(content[: len(content) // 2]), frame(content[:8]), frame(content)]
    path, server, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path))
    assert (path.suffix, path.read_bytes()) == (suffix, content)
    assert len(server.requests) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize(
    "body",
    [WHOLE[".png"][:60], WHOLE[".png"][:8], b"", WHOLE[".png"][:8] + b"<html>" + b" " * 94,
     b"\xff\xd8\xff\xe0<html>please log in</html>\xff\xd9", b"GIF89a<html>please log in</html>;",
     b"RIFF\x20\0\0\0WEBP<html>please log in</html>xxxxxxx",
     b"\0\0\0\x14ftypavif<html>please log in</html>"],
    ids=["half", "a signature", "nothing", "png", "jpg", "gif", "webp", "avif"],
)  # fmt: skip
def test_what_begins_like_a_picture_is_never_saved(
    kind: str, framing: str, body: bytes, tmp_path: Path
) -> None:
    """However often it comes, and whatever stands behind the signature."""
    error = failing(kind, lambda _: FRAMINGS[framing](body), tmp_path)
    assert error.message == "The picture cannot be fetched: the picture is not complete"


@pytest.mark.parametrize("kind", KINDS)
def test_the_rest_of_a_half_is_asked_for_where_the_host_can_tell_the_file_apart(
    kind: str, tmp_path: Path
) -> None:
    """Only where it did not say that the half is all: then, what it would add is another file."""
    content = WHOLE[".png"]

    def reply(received: Received) -> bytes:
        start = int(received.headers.get("range", "bytes=0-")[6:-1])
        if start:
            span = f"Content-Range: bytes {start}-{len(content) - 1}/*\r\n"
            return http(206, content[start:], ETAG + span)
        return in_chunks(content[:50]).replace(b"\r\n", b"\r\n" + ETAG.encode(), 1)

    path, server, _ = fetched(kind, reply, saved_to(tmp_path))
    assert path.read_bytes() == content
    assert [each.headers.get("range") for each in server.requests] == [None, "bytes=50-"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_half_with_a_length_of_its_own_is_not_continued(kind: str, tmp_path: Path) -> None:
    """The whole is asked for from the start: never are parts of two versions glued together."""
    content = WHOLE[".png"]
    answers = [http(200, content[:50], ETAG), http(200, content, ETAG)]
    path, server, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path))
    assert path.read_bytes() == content
    assert [each.headers.get("range") for each in server.requests] == [None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_two_versions_glued_together_are_noticed(kind: str, tmp_path: Path) -> None:
    """A host that keeps its tag for another file has its parts refused by their checksum."""
    old, new = formats.png(b"old." * 3000), formats.png(b"new!" * 3000)

    def reply(received: Received) -> bytes:
        if "range" in received.headers:
            return part(5000, content=new)
        if len(server_requests) == 0:
            server_requests.append(received)
            return http(200, old[:5000], ETAG + "Connection: close\r\n", length=len(old))
        return http(200, new, ETAG)

    server_requests: list[Received] = []
    path, _, _ = fetched(kind, reply, saved_to(tmp_path))
    assert path.read_bytes() == new


@pytest.mark.parametrize("suffix", WHOLE)
def test_every_cut_is_noticed_and_what_follows_does_no_harm(suffix: str) -> None:
    """Some writers put a few bytes behind a picture; an AVIF knows where it ends."""
    content = WHOLE[suffix]
    assert is_whole(suffix, io.BytesIO(content))
    cuts = range(len(content))
    assert [cut for cut in cuts if is_whole(suffix, io.BytesIO(content[:cut]))] == []
    assert is_whole(suffix, io.BytesIO(content + b" and more")) == (suffix != ".avif")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("size", [(1, 1), (64, 48), (300, 200)])
def test_every_cut_of_a_real_picture_is_noticed(kind: str, size: tuple[int, int]) -> None:
    """And none that is whole is refused: plain, progressive, moving, lossless, grey."""
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    suffix = f".{kind.lower()}".replace("jpeg", "jpg")
    noise = PillowImage.effect_noise(size, 80)
    moving = {"save_all": True, "append_images": [noise.rotate(90)]}
    ways = [{}, {"progressive": True}, {"lossless": True}, {} if kind == "JPEG" else moving]
    for way in ways:
        for mode in ("RGB", "L"):
            buffer = io.BytesIO()
            # An AVIF takes an eighth of the time so, and has the same boxes.
            noise.convert(mode).save(buffer, kind, speed=10, **way)
            content = buffer.getvalue()
            assert is_whole(suffix, io.BytesIO(content))
            cuts = range(0, len(content), max(1, len(content) // 20))
            assert [cut for cut in cuts if is_whole(suffix, io.BytesIO(content[:cut]))] == []


PNG_OF_NOTHING = b"".join([WHOLE[".png"][:33], formats.chunk(b"IEND", b"")])
EOI = b"\xff\xd9"


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".png", PNG_OF_NOTHING),
        (".png", WHOLE[".png"][:8] + WHOLE[".png"][33:]),
        (".jpg", b"\xff\xd8" + formats.segment(0xE0, b"JFIF\0") + EOI),
        (".jpg", formats.jpeg(b"")),
        (".jpg", b"\xff\xd8\xff\xe0\0\0" + WHOLE[".jpg"][2:]),
        (".gif", WHOLE[".gif"][:19] + b";"),
        (".webp", b"RIFF\x0c\0\0\0WEBPEXIF\0\0\0\0"),
        (".webp", WHOLE[".webp"].replace(b"VP8 ", b"EXIF")),
        (".webp", WHOLE[".webp"].replace(b"\x9d\x01\x2a", b"<p>")),
        (".avif", formats.avif(media=formats.box(b"free", b"a" * 100))),
        (".avif", formats.avif(media=bytes(4) + b"mdat" + b"a" * 99)),
        (".avif", formats.box(b"ftyp", b"avif\0\0\0\0") + formats.box(b"mdat", b"a" * 100)),
    ],
)
def test_a_picture_without_pictures_in_it_is_none(suffix: str, content: bytes) -> None:
    """Its structure may reach to a proper end, and what it is about be missing or spoiled."""
    assert not is_whole(suffix, io.BytesIO(content))


def test_a_jpeg_is_whole_whatever_its_frame_says() -> None:
    """Its height may be told behind the scan (DNL), and kinds of frames are for decoders."""
    for frame in (b"\x08\0\0\0\x08", b"\x09\0\x08\0\x08"):
        content = formats.jpeg().replace(b"\x08\0\x08\0\x08", frame)
        assert is_whole(".jpg", io.BytesIO(content))
        assert not is_whole(".jpg", io.BytesIO(content[:-1]))


def test_a_wrong_checksum_counts_where_parts_were_put_together() -> None:
    """In one piece it is the host's own, and the picture is paid for."""
    spoiled = io.BytesIO(WHOLE[".png"].replace(b"p" * 9, b"q" * 9))
    assert is_whole(".png", spoiled)
    assert not is_whole(".png", spoiled, checksums=True)
    assert is_whole(".png", io.BytesIO(WHOLE[".png"]), checksums=True)


def test_an_avif_whose_boxes_were_written_anew_is_whole() -> None:
    """A container with other brands moves what the places point at; its boxes tell the end."""
    assert is_whole(".avif", io.BytesIO(formats.avif(media=formats.box(b"mdat", b"a" * 96))))


@pytest.mark.parametrize(
    "media", [bytes(4) + b"mdat" + b"a" * 100, b"\0\0\0\1mdat" + (116).to_bytes(8) + b"a" * 100]
)
def test_the_last_box_may_reach_to_the_end(media: bytes) -> None:
    """Or be longer than 4 GB can say; then the picture's bytes only have to be inside."""
    content = formats.avif(media=media)
    assert is_whole(".avif", io.BytesIO(content))
    assert not is_whole(".avif", io.BytesIO(content[:-9]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "brands", [b"mif1\0\0\0\0mif1avifmiaf", b"avis\0\0\0\0msf1", b"avif\0\0\0\0"]
)
def test_an_avif_is_one_by_any_of_its_brands(kind: str, brands: bytes, tmp_path: Path) -> None:
    """Some writers name the container first, and AVIF among what it is compatible with."""
    content = formats.avif(brands=brands)
    path, _, _ = fetched(kind, lambda _: http(200, content), saved_to(tmp_path))
    assert (path.suffix, path.read_bytes()) == (".avif", content)


def test_a_picture_of_another_kind_of_container_is_none(tmp_path: Path) -> None:
    """An iPhone's HEIC has the same boxes, and a film has, too."""
    for brands in (b"heic\0\0\0\0mif1heic", b"isomavifmp41"):
        content = formats.avif(brands=brands)
        error = failing("sync", lambda _, body=content: http(200, body), tmp_path)
        assert error.message == "What the link holds is not a picture"


def test_judging_a_large_picture_takes_little_memory() -> None:
    """A piece of it at a time."""
    file = io.BytesIO(formats.png(bytes(8_000_000)))
    tracemalloc.start()
    try:
        assert is_whole(".png", file)
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()
