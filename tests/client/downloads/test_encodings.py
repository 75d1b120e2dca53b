"""Guards against bytes that are not the picture's own, and against bombs among them."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from client import formats
from client.loopback import Received, http
from client.pictures import ETAG, PNG, failing, fetched, saved_to
from client.play import KINDS
from imagen4.downloads import partial as partial_module

GZIP = "Content-Encoding: gzip\r\n"


def chunked(body: bytes, headers: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{headers}\r\n".encode()
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
    return head + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZip"])
@pytest.mark.parametrize("framing", [lambda body, headers: http(200, body, headers), chunked])
def test_gzip_that_nobody_asked_for_is_undone(
    kind: str, name: str, framing: object, tmp_path: Path
) -> None:
    """Some hosts pack whatever they send."""
    content = formats.png(bytes(300_000))
    answer = framing(gzip.compress(content), f"Content-Encoding: {name}\r\n")  # type: ignore[operator]
    path, _, _ = fetched(kind, lambda _: answer, saved_to(tmp_path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["gzip", "identity", "aws-chunked", "utf-8", "none", "br"])
def test_what_is_only_said_to_be_packed_is_taken_as_it_is(
    kind: str, name: str, tmp_path: Path
) -> None:
    """By its first bytes: stores keep what an upload, or somebody's setting, said of them."""
    answer = http(200, PNG, f"Content-Encoding: {name}\r\n")
    path, _, _ = fetched(kind, lambda _: answer, saved_to(tmp_path))
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["br", "zstd", "gzip, gzip", "identity, gzip", "x"])
def test_other_encodings_are_refused_at_once(kind: str, name: str, tmp_path: Path) -> None:
    """By the bytes, not by the name: nobody here can undo them."""
    asked: list[Received] = []
    answer = http(200, zlib.compress(PNG), f"Content-Encoding: {name}\r\n")
    error = failing(kind, lambda received: asked.append(received) or answer, tmp_path)
    assert error.message == "The picture comes in an encoding that was not asked for"
    assert len(asked) == 1


def http_of(body: bytes, headers: str) -> bytes:
    return http(200, body, headers)


def raw_deflate(content: bytes) -> bytes:
    """As some servers understand the word: without zlib's head and checksum."""
    return zlib.compress(content)[2:-4]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("", gzip.compress),
        ("identity", gzip.compress),
        ("identity, gzip", gzip.compress),
        ("gzip,", gzip.compress),
        ("gzip", lambda content: gzip.compress(content[:70_000]) + gzip.compress(content[70_000:])),
        ("gzip", lambda content: gzip.compress(content) + bytes(100)),
        ("gzip", lambda content: gzip.compress(gzip.compress(content))),
        ("gzip, gzip", lambda content: gzip.compress(gzip.compress(content))),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("deflate, gzip", lambda content: gzip.compress(raw_deflate(content))),
    ],
)
@pytest.mark.parametrize("framing", [http_of, chunked])
def test_the_bytes_say_whether_they_are_packed(
    kind: str,
    name: str,
    pack: Callable[[bytes], bytes],
    framing: Callable[[bytes, str], bytes],
    tmp_path: Path,
) -> None:
    """However a host announces it, and whoever packed them once more on their way."""
    content = formats.png(bytes(range(256)) * 400)
    answer = framing(pack(content), f"Content-Encoding: {name}\r\n{ETAG}")
    path, _, _ = fetched(kind, lambda _: answer, saved_to(tmp_path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", KINDS)
def test_packed_three_times_is_no_picture(kind: str, tmp_path: Path) -> None:
    """A thousandfold of a thousandfold is enough."""
    answer = http(200, gzip.compress(gzip.compress(gzip.compress(PNG))), GZIP)
    error = failing(kind, lambda _: answer, tmp_path)
    assert error.message == "What the link holds is not a picture"


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_takes_neither_memory_nor_disk(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 MB in 20 KB: unpacked a piece at a time, up to the largest size of a picture."""
    monkeypatch.setattr(partial_module, "LARGEST", 8_000_000)
    answer = http(200, gzip.compress(formats.png(bytes(20_000_000))), GZIP)
    assert len(answer) < 25_000
    failing(kind, lambda _: http(200, b"none"), tmp_path)  # loads what is loaded only once
    tracemalloc.start()
    try:
        error = failing(kind, lambda _: answer, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert error.message == "The picture is larger than 8000000 bytes"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spoil", [lambda body: body[:5000], lambda body: body[:5000] * 2])
def test_what_is_packed_badly_is_fetched_again_from_the_start(
    kind: str, spoil: object, tmp_path: Path
) -> None:
    """A part of what is packed is no part of the picture, whatever its tag."""
    asked: list[str | None] = []
    packed = gzip.compress(PNG, compresslevel=0)

    def reply(received: Received) -> bytes:
        asked.append(received.headers.get("range"))
        return http(200, packed if len(asked) > 1 else spoil(packed), GZIP + ETAG)  # type: ignore[operator]

    path, _, _ = fetched(kind, reply, saved_to(tmp_path))
    assert (path.read_bytes(), asked) == (PNG, [None, None])
