"""Guards against a broken or busy host that costs the picture, or glues it together from two."""

from pathlib import Path
from time import monotonic

import pytest

from client.loopback import Drip, Received, http
from client.pictures import ETAG, PNG, failing, fetched, part, saved_to
from client.play import KINDS, Time
from imagen4.downloads import transfer as transfer_module


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_download_goes_on_where_it_broke_off(kind: str, tmp_path: Path) -> None:
    """If the server can tell the file apart, only the rest is asked for."""

    def reply(received: Received) -> bytes:
        start = received.headers.get("range")
        if start is None:
            return http(200, PNG[:1000], ETAG + "Connection: close\r\n", length=len(PNG))
        assert (start, received.headers["if-range"]) == ("bytes=1000-", '"v1"')
        return part(1000)

    time = Time()
    path, server, _ = fetched(kind, reply, saved_to(tmp_path), time=time)
    assert path.read_bytes() == PNG
    assert len(server.requests) == 2
    assert time.sleeps == [0.5]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_download_goes_on_from_the_link_and_not_from_where_that_led(
    kind: str, tmp_path: Path
) -> None:
    """Stores lead to an address that is signed for one request, or for a few seconds."""
    signed = iter(["/one", "/two"])

    def reply(received: Received) -> bytes:
        if received.path == "/1.png":
            return http(302, b"", f"Location: {next(signed)}\r\n")
        if "range" in received.headers:
            return part(1000) if received.path == "/two" else http(403)
        return http(200, PNG[:1000], ETAG + "Connection: close\r\n", length=len(PNG))

    path, server, _ = fetched(kind, reply, saved_to(tmp_path))
    assert path.read_bytes() == PNG
    assert server.paths() == ["/1.png", "/one", "/1.png", "/two"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("total", [len(PNG), "*"])
def test_a_part_that_ends_too_early_is_not_the_end(
    kind: str, total: object, tmp_path: Path
) -> None:
    """The server says how large the whole is, at first or with each part."""

    def reply(received: Received) -> bytes:
        start = int(received.headers.get("range", "bytes=0-")[6:-1])
        if start:
            return part(start, min(start + 4000, len(PNG)), total=total)
        return http(200, PNG[:1000], ETAG + "Connection: close\r\n", length=len(PNG))

    path, server, _ = fetched(kind, reply, saved_to(tmp_path))
    assert path.read_bytes() == PNG
    asked = [each.headers.get("range") for each in server.requests]
    assert asked == [None, "bytes=1000-", "bytes=5000-", "bytes=9000-"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_never_becomes_whole_is_no_success(kind: str, tmp_path: Path) -> None:
    """However often the server says that this part is the rest."""

    def reply(received: Received) -> bytes:
        start = int(received.headers.get("range", "bytes=0-")[6:-1])
        if start:
            return part(start, start + 9)
        return http(200, PNG[:1000], ETAG + "Connection: close\r\n", length=len(PNG))

    error = failing(kind, reply, tmp_path)
    assert error.message == "The picture cannot be fetched: the picture is not complete"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("", http(200, PNG)),
        ('ETag: W/"v1"\r\n', http(200, PNG)),
        (ETAG, http(200, PNG, 'ETag: "v2"\r\n')),
        (ETAG, part(720, etag='ETag: "v2"\r\n')),
        (ETAG, part(720, etag="")),
        (ETAG, part(720)),
        (ETAG, part(500, total=9999)),
        (ETAG, http(206, PNG[500:])),
        (ETAG, http(416)),
        (ETAG, http(412)),
        (ETAG, http(400, b"bad range")),
        (ETAG, http(200, PNG[720:])),
    ],
    ids=["no etag", "weak etag", "changed", "a part of another version", "a part of which version",
         "a part of another size", "wrong range", "no range", "range refused",
         "condition refused", "request refused", "the rest, called the whole"],
)  # fmt: skip
def test_a_cut_download_that_cannot_go_on_starts_again(
    kind: str, first: str, then: bytes, tmp_path: Path
) -> None:
    """A picture is never glued together from two."""
    old = b"\x89PNG\r\n\x1a\nold." * 60  # 720 bytes
    answers = [http(200, old, first + "Connection: close\r\n", length=9999)]
    answers += [then] if then.endswith(b"\r\n" + PNG) else [then, http(200, PNG)]
    path, _, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path))
    assert path.read_bytes() == PNG
    assert answers == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_busy_host_is_asked_again_but_not_for_ever(
    kind: str, status: int, tmp_path: Path
) -> None:
    """With pauses that double."""
    time = Time()
    answers = [http(status), http(status), http(200, PNG)]
    path, _, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path), time=time)
    assert path.read_bytes() == PNG
    assert time.sleeps == [0.5, 1.0]
    path.unlink()
    time = Time()
    error = failing(kind, lambda _: http(status), tmp_path, time=time)
    assert error.message == f"The picture cannot be fetched: HTTP {status}"
    assert time.sleeps == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_host_may_say_when_to_come_again(kind: str, tmp_path: Path) -> None:
    """In seconds or by a date, up to a minute: who wants more is not waited for."""
    moment = "Date: Mon, 30 Nov 2026 09:00:00 GMT\r\nRetry-After: Mon, 30 Nov 2026 09:00:20 GMT\r\n"
    wishes = ["Retry-After: 60\r\n", moment, "Retry-After: 61\r\n", "Retry-After: 1\r\n"]
    answers = [*(http(429, b"", wish) for wish in wishes), http(200, PNG)]
    time = Time()
    path, _, _ = fetched(kind, lambda _: answers.pop(0), saved_to(tmp_path), time=time)
    assert path.read_bytes() == PNG
    assert time.sleeps == [60, 20, 2, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_a_download_has_an_end(kind: str, tmp_path: Path) -> None:
    """A server that drips its bytes does not hold the caller for ever."""
    time = Time()

    def reply(_: Received) -> bytes:
        time.now += 301
        return http(200, PNG)

    error = failing(kind, reply, tmp_path, time=time)
    assert error.message == "The picture took longer than 300 s"


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_drips_in_its_framing_is_given_up(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that never become a piece of the picture must not hold it up for ever."""
    monkeypatch.setattr(transfer_module, "LONGEST", 0.3)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n" + PNG[:4] + b"\r\n4;x="
    error = failing(kind, lambda _: Drip(head + b"a" * 500), tmp_path, clock=monotonic)
    assert error.message == "The picture took longer than 0.3 s"
