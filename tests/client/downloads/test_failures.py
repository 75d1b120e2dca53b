"""Guards against one failed picture that costs the others, or hides where they are."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from client.bench import Bench
from client.loopback import Received, http
from client.pictures import PNG, failing, fetched, saved_to
from client.play import KINDS, Script, envelope, play, succeeded
from imagen4 import DownloadError
from imagen4.core.effects import Sleep
from imagen4.downloads.links import transfer_picture
from imagen4.downloads.refusal import unexpected


@pytest.mark.parametrize("kind", KINDS)
def test_one_picture_that_fails_does_not_cost_the_others(kind: str, tmp_path: Path) -> None:
    """All are tried before the error is raised."""

    def reply(received: Received) -> bytes:
        return http(200, b"not a picture" * 9 if received.path == "/0" else PNG)

    with pytest.raises(DownloadError, match="What the link holds is not a picture"):
        fetched(kind, reply, lambda r: r.save(tmp_path), "/0", "/1", "/2")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["t1-2.png", "t1-3.png"]


def test_a_break_of_the_encryption_is_a_break_of_the_connection() -> None:
    """asyncio lets it through as an OSError, which is not the disk's."""
    steps = transfer_picture(Bench().transfer, lambda pause, _: Sleep(pause))
    next(steps)
    told: Any = steps.throw(ssl.SSLError("bad record"))
    paused: Any = next(steps)
    assert (told.seconds, paused.seconds) == (0.5, 0.5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [201, 202, 203])
def test_a_picture_counts_whatever_the_kind_of_success(
    kind: str, status: int, tmp_path: Path
) -> None:
    """A proxy that changes what it passes on says 203; what is no picture is known by itself."""
    path, _, _ = fetched(kind, lambda _: http(status, PNG), saved_to(tmp_path))
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_there_is_saved_although_its_length_is_wrong(
    kind: str, tmp_path: Path
) -> None:
    """Every time: what the host still owes by its own count is none of the picture."""
    answer = http(200, PNG, "Connection: close\r\n", length=len(PNG) + 5)
    path, server, _ = fetched(kind, lambda _: answer, saved_to(tmp_path))
    assert path.read_bytes() == PNG
    assert len(server.requests) == 5
    error = failing(kind, lambda _: answer[:-20], tmp_path / "other")
    assert "breaks off" in error.message


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_calls_itself_is_told(kind: str, tmp_path: Path) -> None:
    """So a picture of a kind that is not known here is told from a page that asks to log in."""
    page = http(200, b"<html>" * 99, "Content-Type: text/html; charset=utf-8\r\n")
    error = failing(kind, lambda _: page, tmp_path)
    assert "not a picture that is known here, but text/html" in error.message


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_status_stands_on_the_error(kind: str, tmp_path: Path) -> None:
    """For whoever decides by it when to save again."""
    error = failing(kind, lambda _: http(503), tmp_path)
    assert (error.http_status, error.expired) == (503, False)


def test_a_full_disk_is_told_at_once() -> None:
    """Nothing is gained by fetching the picture again."""

    def full(_: bytes) -> int:
        raise OSError(28, "No space left on device")

    bench = Bench()
    bench.file.write = full  # type: ignore[method-assign]
    assert bench.transfer.opened(200, {})
    with pytest.raises(DownloadError, match="No space left on device"):
        bench.transfer.received(PNG)


@pytest.mark.parametrize("kind", KINDS)
def test_when_one_picture_fails_the_error_says_where_the_others_are(
    kind: str, tmp_path: Path
) -> None:
    """Those are on the disk, and the caller need not look for them."""

    def reply(received: Received) -> bytes:
        return http(404 if "2" in received.path else 200, PNG)

    with pytest.raises(DownloadError) as caught:
        fetched(
            kind, reply, lambda r: r.save(tmp_path), "/1.png", "/2.png", "/3.png",
            gateway="apikley",
        )  # fmt: skip
    first, second, third = caught.value.paths
    assert second is None
    assert first is not None
    assert third is not None
    assert first.read_bytes() == third.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
def test_a_directory_that_cannot_be_made_is_an_error_about_the_tasks(
    kind: str, tmp_path: Path
) -> None:
    """It names what was paid for, so that it can be fetched to another place."""
    (tmp_path / "file").write_text("in the way")
    script = Script(polls=[succeeded("t1")], others=[envelope(422)])

    def sync(client: Any) -> Any:
        return client.job("t1").wait().save(tmp_path / "file" / "out")

    async def by_await(client: Any) -> Any:
        return await (await client.job("t1").wait()).save(tmp_path / "file" / "out")

    with pytest.raises(DownloadError, match="cannot be written") as caught:
        play(kind, script, sync if kind == "sync" else by_await)
    assert (caught.value.gateway, caught.value.task_ids) == ("kie", ("t1",))


def test_a_status_that_says_nothing_about_the_link() -> None:
    """Is named by its number."""
    error = unexpected(418).error()
    assert error.message == "The picture cannot be fetched: unexpected status"
    assert error.http_status == 418
