"""Guards against half a picture under its final name, and pictures saved out of order."""

import asyncio
from pathlib import Path
from threading import Barrier

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import GATEWAY, PNG, fetched, saved_to
from client.play import KINDS, Script, play, settled, succeeded
from imagen4 import DownloadError


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
def test_several_pictures_are_fetched_at_once(kind: str, tmp_path: Path) -> None:
    """Four, of one result."""
    together = Barrier(4, timeout=60)

    def reply(_: Received) -> bytes:
        together.wait()
        return http(200, PNG)

    saved, _, _ = fetched(kind, reply, lambda r: r.save(tmp_path), *(f"/{n}" for n in range(4)))
    assert len(saved) == 4


def test_a_picture_appears_under_its_name_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By renaming a file beside it; whoever watches the directory never sees a half."""
    seen: list[tuple[bool, bytes]] = []

    def replace(path: Path, target: Path) -> Path:
        seen.append((target.exists(), path.read_bytes()))
        return rename(path, target)

    rename = Path.replace
    monkeypatch.setattr(Path, "replace", replace)
    path, _, _ = fetched("sync", lambda _: http(200, PNG), saved_to(tmp_path / "fox.png"))
    assert path.read_bytes() == PNG
    assert seen == [(False, PNG)]


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


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_can_be_saved_after_the_client_is_closed(kind: str, tmp_path: Path) -> None:
    """Downloads need no client that is open, since they need no key."""

    def reply(received: Received) -> bytes:
        task = succeeded("t1", f"{server.url}/1.png").content
        return http(200, task if "recordInfo" in received.path else PNG)

    with Loopback(reply) as server:
        result = play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url)
        saved = asyncio.run(settled(result.save(tmp_path)))
    assert saved == [tmp_path / "t1-1.png"]


def test_an_injected_client_serves_the_downloads_of_any_loop(tmp_path: Path) -> None:
    """A program may ask for pictures in one `asyncio.run` and save them in the next."""
    with Loopback(lambda _: http(200, PNG)) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png")])
        result = play("async", script, lambda c: c.job("t1").wait(), base_url=GATEWAY)
        assert asyncio.run(result.images[0].read()) == PNG
        assert asyncio.run(result.save(tmp_path)) == [tmp_path / "t1-1.png"]


def test_an_injected_client_serves_no_downloads_of_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork shares its open connections: that is said, and nothing bypasses it."""
    with Loopback(lambda _: http(200, PNG)) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png")])
        result = play("sync", script, lambda c: c.job("t1").wait(), base_url=GATEWAY)
        monkeypatch.setattr("os.getpid", lambda: -1)
        with pytest.raises(DownloadError, match="serves one process"):
            result.save(tmp_path)
        assert server.requests == []
