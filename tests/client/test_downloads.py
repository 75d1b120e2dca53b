"""Result URLs expire, connections break, servers lie about what they send, and names collide."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.play import KEY, KINDS, Script, Time, envelope, play, settled, succeeded
from imagen4 import DownloadError
from imagen4.downloads import transfer as transfer_module
from imagen4.downloads.pictures import stem
from imagen4.downloads.transfer import Transfer, suffix_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
KINDS_OF_PICTURE = {
    ".png": PNG,
    ".jpg": b"\xff\xd8\xff\xe0" + b"j" * 100,
    ".webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"w" * 100,
    ".gif": b"GIF89a" + b"g" * 100,
    ".avif": b"\x00\x00\x00\x1cftypavif" + b"a" * 100,
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

        def sync(client: Any) -> Any:
            return action(client.job("t1").wait())

        async def by_await(client: Any) -> Any:
            return await settled(action(await client.job("t1").wait()))

        chosen = sync if kind == "sync" else by_await
        return play(kind, script, chosen, gateway=gateway, **settings), server, script


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", KINDS_OF_PICTURE)
def test_a_picture_in_a_directory_is_named_after_task_and_content(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    """Whatever the URL says about its kind."""
    content = KINDS_OF_PICTURE[suffix]
    path, _, _ = fetched(kind, lambda _: http(200, content), saved_to(tmp_path), "/x.bmp?..%2f")
    assert path == tmp_path / f"t1-1{suffix}"
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_can_be_given_a_name(kind: str, tmp_path: Path) -> None:
    """A path with a suffix is a file; missing directories are made; an older file is replaced."""
    target = tmp_path / "new" / "fox.png"
    for content in (PNG, PNG + b"newer"):
        path, _, _ = fetched(kind, lambda _, c=content: http(200, c), saved_to(target))
        assert path == target
        assert target.read_bytes() == content


@pytest.mark.parametrize("name", ["out", "out/", "out.d/", "a/b/c"])
def test_a_path_without_a_suffix_is_a_directory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is one that ends with a slash."""
    monkeypatch.chdir(tmp_path)
    path, _, _ = fetched("sync", lambda _: http(200, PNG), lambda r: r.images[0].save(name))
    assert path == Path(name) / "t1-1.png"
    assert path.is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_can_be_read_into_memory(kind: str) -> None:
    """Without touching the disk."""
    content, _, _ = fetched(kind, lambda _: http(200, PNG), lambda r: r.images[0].read())
    assert content == PNG


@pytest.mark.parametrize("kind", KINDS)
def test_all_pictures_are_saved_in_order(kind: str, tmp_path: Path) -> None:
    """Several at once, into a directory that is made even if its name has a suffix."""

    def reply(received: Received) -> bytes:
        return http(200, PNG + received.path.encode())

    paths = [f"/{index}" for index in range(6)]
    target = tmp_path / "pictures.d"
    saved, _, _ = fetched(kind, reply, lambda r: r.save(target), *paths)
    assert saved == [target / f"t1-{index}.png" for index in range(1, 7)]
    assert [each.read_bytes()[-2:].decode() for each in saved] == paths


@pytest.mark.parametrize("kind", KINDS)
def test_one_picture_that_fails_does_not_cost_the_others(kind: str, tmp_path: Path) -> None:
    """All are tried before the error is raised."""

    def reply(received: Received) -> bytes:
        return http(200, b"not a picture" * 9 if received.path == "/0" else PNG)

    with pytest.raises(DownloadError, match="What the link holds is not a picture"):
        fetched(kind, reply, lambda r: r.save(tmp_path), "/0", "/1", "/2")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["t1-2.png", "t1-3.png"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_replaces_another_of_the_same_result(kind: str, tmp_path: Path) -> None:
    """Two pictures saved under one name would be one picture lost."""
    target = tmp_path / "fox.png"

    def sync(result: Any) -> None:
        result.images[0].save(target)
        result.images[0].save(target)
        result.images[1].save(target)

    async def by_await(result: Any) -> None:
        await result.images[0].save(target)
        await result.images[0].save(target)
        await result.images[1].save(target)

    with pytest.raises(DownloadError, match="Another picture of this result was saved under that"):
        fetched(
            kind, lambda r: http(200, PNG + r.path.encode()),
            sync if kind == "sync" else by_await, "/0", "/1",
        )  # fmt: skip
    assert target.read_bytes() == PNG + b"/0"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "task_id", ["../../etc/passwd", "..", "/abs", "a/b", "a\\b", "C:x", "CON", "." * 200, "%2e%2e"]
)
def test_a_task_id_cannot_leave_the_directory(task_id: str, tmp_path: Path) -> None:
    """It is the gateway's word; the file's name is made of harmless characters only."""
    name = stem(task_id, 0)
    assert (tmp_path / name).resolve().parent == tmp_path
    assert all(each.isalnum() or each in "_-" for each in name)
    assert len(name) < 80


def test_names_are_deterministic_and_distinct() -> None:
    """Two ids that only differ in what a file name cannot hold stay two names."""
    assert stem("0123abcd", 0) == "0123abcd-1"
    assert stem("task_google_1765172350621", 3) == "task_google_1765172350621-4"
    assert stem("a/b", 0) == "a_b-c14cddc0-1"
    assert len({stem(each, 0) for each in ("a/b", "a_b", "a\\b", "A_b", "a b")}) == 5


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
    ],
    ids=["no etag", "weak etag", "changed", "a part of another version", "a part of which version",
         "a part of another size", "wrong range", "no range", "range refused"],
)  # fmt: skip
def test_a_cut_download_that_cannot_go_on_starts_again(
    kind: str, first: str, then: bytes, tmp_path: Path
) -> None:
    """A picture is never glued together from two."""
    old = b"\x89PNG\r\n\x1a\nold." * 60  # 720 bytes
    answers = [http(200, old, first + "Connection: close\r\n", length=9999)]
    answers += [then] if b" 200 " in then[:15] else [then, http(200, PNG)]
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
@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_expired_link_says_so(kind: str, status: int, tmp_path: Path) -> None:
    """On a gateway without fresh links that is the end of it."""
    error = failing(kind, lambda _: http(status), tmp_path, gateway="apikley")
    assert (error.expired, error.http_status) == (True, status)
    assert error.message == ("The picture cannot be fetched: the link has expired, or never worked")


@pytest.mark.parametrize("kind", KINDS)
def test_on_kie_a_fresh_link_is_asked_for_once(kind: str, tmp_path: Path) -> None:
    """With the key, from the gateway, which names the new link; the picture comes without it."""

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/fresh" else http(403)

    path, server, script = fetched(
        kind, reply, saved_to(tmp_path), others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert path.read_bytes() == PNG
    assert server.paths() == ["/1.png", "/fresh"]
    (asked,) = script.sent("download-url")
    assert (asked.method, asked.content) == ("POST", f'{{"url":"{server.url}/1.png"}}'.encode())
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert all("authorization" not in each.headers for each in server.requests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "answer",
    [envelope(422, None, "url is wrong"), envelope(401), envelope(200, None), envelope(200, 7),
     envelope(500, status=500), TimeoutError("x")],
    ids=str,
)  # fmt: skip
def test_without_a_fresh_link_the_link_has_expired(kind: str, answer: Any, tmp_path: Path) -> None:
    """Whatever the gateway says instead, the error is about the picture."""
    error = failing(kind, lambda _: http(404), tmp_path, others=[answer])
    assert error.expired


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_link_that_has_expired_is_the_end(kind: str, tmp_path: Path) -> None:
    """It is asked for once, not for ever."""
    error = failing(
        kind, lambda _: http(410), tmp_path, others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert error.expired


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("link", ["http://files.example/1.png", "file:///etc/passwd"])
def test_a_fresh_link_may_not_lead_elsewhere_either(kind: str, link: str, tmp_path: Path) -> None:
    """It is the gateway's word like the first."""
    error = failing(kind, lambda _: http(410), tmp_path, others=[envelope(200, link)])
    assert error.message == "The picture's link is not an https URL"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "content",
    [b"", b"<html>" + b"x" * 99, b"\x89PNG", b"%PDF-1.7" + b"x" * 99, b"RIFF0000WAVE" * 9],
)
def test_what_is_not_a_picture_is_refused(kind: str, content: bytes, tmp_path: Path) -> None:
    """By its content: an error page does not become a .png."""
    error = failing(kind, lambda _: http(200, content), tmp_path)
    assert error.message == "What the link holds is not a picture"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("announced", [True, False])
def test_a_picture_too_large_is_refused(
    kind: str, announced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its announced size before a byte is read, else as soon as it is exceeded."""
    monkeypatch.setattr(transfer_module, "LARGEST", 5000)
    chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (1000, PNG[:1000]) for _ in range(6)) + b"0\r\n\r\n"
    answer = http(200, PNG) if announced else chunked + body
    error = failing(kind, lambda _: answer, tmp_path)
    assert error.message == "The picture is larger than 5000 bytes"


def test_a_picture_of_just_the_largest_size_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cap is what it says."""
    monkeypatch.setattr(transfer_module, "LARGEST", len(PNG))
    path, _, _ = fetched("sync", lambda _: http(200, PNG), saved_to(tmp_path))
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
def test_redirects_are_followed_a_few_times(kind: str, tmp_path: Path) -> None:
    """Also relative ones; pictures are often stored elsewhere."""

    def reply(received: Received) -> bytes:
        hop = int(received.path.strip("/x.png") or 0)
        return http(200, PNG) if hop == 5 else http(302, b"", f"Location: x{hop + 1}\r\n")

    path, server, _ = fetched(kind, reply, saved_to(tmp_path), "/x0")
    assert path.read_bytes() == PNG
    assert server.paths() == [f"/x{hop}" for hop in range(6)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/again", "The picture's link redirects too often"),
        ("http://files.example/1.png", "The picture's link is not an https URL"),
        ("file:///etc/passwd", "The picture's link is not an https URL"),
    ],
)
def test_redirects_lead_only_where_pictures_may_come_from(
    kind: str, location: str, message: str, tmp_path: Path
) -> None:
    """And not for ever."""
    error = failing(kind, lambda _: http(302, b"", f"Location: {location}\r\n"), tmp_path)
    assert error.message == message


@pytest.mark.parametrize("url", ["http://files.example/1.png", "file:///etc/passwd", "1.png", "x"])
def test_a_url_that_is_not_https_is_not_asked(url: str, tmp_path: Path) -> None:
    """A result is the gateway's word, and may be anything."""
    script = Script(polls=[succeeded("t1", url)])
    with pytest.raises(DownloadError, match="The picture's link is not an https URL"):
        play("sync", script, lambda c: c.job("t1").wait().images[0].save(tmp_path))


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
def test_a_disk_that_refuses_is_a_download_error(kind: str, tmp_path: Path) -> None:
    """In one line, without a traceback's worth of paths."""
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file" / "sub", tmp_path / "file" / "x.png"):
        with pytest.raises(DownloadError, match="The picture cannot be written: "):
            fetched(kind, lambda _: http(200, PNG), saved_to(target))
    with pytest.raises(DownloadError, match="The picture cannot be written: "):
        fetched(kind, lambda _: http(200, PNG), lambda r: r.save(tmp_path / "file"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["x" * 300, "x" * 300 + ".png", "a\0b", "a\0b.png", "\ud800", "\ud800.png",
             "circle/x.png", "circle.png", "circle"],
)  # fmt: skip
@pytest.mark.parametrize("all_at_once", [False, True])
def test_a_name_that_cannot_be_is_a_download_error(
    kind: str, name: str, all_at_once: bool, tmp_path: Path
) -> None:
    """Too long, with a NUL, not encodable, or leading in a circle; nothing is left behind."""
    circles = [tmp_path / "circle", tmp_path / "circle.png"]
    for circle in circles:
        circle.symlink_to(circle)
    target = tmp_path / name

    def save(result: Any) -> Any:
        return result.save(target) if all_at_once else result.images[0].save(target)

    with pytest.raises(DownloadError, match=r"^The picture cannot be written: ") as caught:
        fetched(kind, lambda _: http(200, PNG), save)
    assert caught.value.__cause__ is None
    assert all_at_once or caught.value.task_ids == ("t1",)
    assert sorted(tmp_path.iterdir()) == circles


@pytest.mark.parametrize("kind", KINDS)
def test_an_expired_link_is_one_also_after_the_client_was_closed(kind: str, tmp_path: Path) -> None:
    """A fresh link needs an open client; without it, the link has expired."""

    def reply(received: Received) -> bytes:
        return http(200, task.content) if "recordInfo" in received.path else http(403)

    with Loopback(reply) as server:
        task = succeeded("t1", f"{server.url}/1.png")
        result = play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url)
        with pytest.raises(DownloadError) as caught:
            asyncio.run(settled(result.images[0].save(tmp_path)))
    assert (caught.value.expired, caught.value.http_status) == (True, 403)
    assert "POST" not in [each.method for each in server.requests]


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupted_download_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    """Neither half a picture nor a temporary file."""

    class Stop(BaseException):
        pass

    def stop(_: float) -> None:
        raise Stop

    async def stop_async(_: float) -> None:
        raise Stop

    cut = http(200, PNG[:100], "Connection: close\r\n", length=len(PNG))
    with pytest.raises(Stop):
        fetched(
            kind, lambda _: cut, saved_to(tmp_path), sleep=stop if kind == "sync" else stop_async
        )
    assert list(tmp_path.iterdir()) == []


def test_the_temporary_file_stands_beside_the_target(tmp_path: Path) -> None:
    """So that the rename is one step on one file system, and no reader sees half a file."""
    seen: list[list[str]] = []

    def reply(_: Received) -> bytes:
        seen.append([each.name for each in tmp_path.iterdir()])
        return http(200, PNG)

    fetched("sync", reply, saved_to(tmp_path / "fox.png"))
    ((name,),) = seen
    assert name.startswith(".t1-1-")
    assert name.endswith(".part")


def test_pictures_can_be_saved_after_the_client_is_closed(tmp_path: Path) -> None:
    """Downloads need no client that is open, since they need no key."""
    with Loopback(lambda _: http(200, PNG)) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png")])
        result = play("sync", script, lambda c: c.job("t1").wait())
        assert result.save(tmp_path) == [tmp_path / "t1-1.png"]
        awaited = play("async", script, lambda c: c.job("t1").wait())
        assert asyncio.run(awaited.images[0].read()) == PNG


def test_what_is_asked_for_is_the_bytes_as_they_are() -> None:
    """A compressed answer could not be resumed."""
    _, server, _ = fetched("sync", lambda _: http(200, PNG), lambda r: r.images[0].read())
    headers = server.requests[0].headers
    assert headers["accept-encoding"] == "identity"
    assert headers["accept"] == "image/*"
    assert "range" not in headers


@pytest.mark.parametrize("head", [*KINDS_OF_PICTURE.items(), (None, b"GIF88a"), (None, b"")])
def test_the_kind_is_told_by_the_first_bytes(head: tuple[str | None, bytes]) -> None:
    """Of the kinds that image models make."""
    suffix, content = head
    assert suffix_of(content[:16]) == suffix


def transfer(url: str = "https://x.example/1") -> Transfer:
    core: Any = SimpleNamespace(clock=Time(), allow_http=False)
    return Transfer(core, url, io.BytesIO())


@pytest.mark.parametrize("size", [1, 7, 15, 16, 17, 5000])
def test_pieces_of_any_size_make_the_same_picture(size: int) -> None:
    """The kind is told once there are enough bytes, however they come."""
    course = transfer()
    assert course.opened(200, {"content-length": str(len(PNG))})
    for start in range(0, len(PNG), size):
        course.received(PNG[start : start + size])
    course.finished()
    assert course.suffix == ".png"


def test_a_redirect_to_what_is_no_url_is_refused() -> None:
    """Should the library below let it through."""
    with pytest.raises(DownloadError, match="The picture's link redirects to nowhere"):
        transfer().opened(302, {"location": "http://[::1/"})


def test_a_status_that_is_no_redirect_without_a_location_is_refused() -> None:
    """There is nowhere to go."""
    with pytest.raises(DownloadError, match="unexpected status") as caught:
        transfer().opened(302, {})
    assert (caught.value.expired, caught.value.http_status) == (False, 302)


def test_only_https_counts_as_secure() -> None:
    """For anything else the environment's proxies are left out."""
    assert transfer("HTTPS://x.example/1").secure
    assert not transfer("http://127.0.0.1/1").secure
