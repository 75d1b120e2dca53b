"""Guards against raw errors, and pictures forgotten, when a directory changes under a download."""

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from client.loopback import Received, http
from client.pictures import PNG, fetched
from client.play import KINDS, settled
from imagen4 import DownloadError


def replace(directory: Path, _: pytest.MonkeyPatch) -> None:
    """Somebody puts a file where the directory was."""
    rmtree(directory)
    directory.write_text("in the way")


def remove(directory: Path, _: pytest.MonkeyPatch) -> None:
    """Somebody cleans up."""
    rmtree(directory)


def protect(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes away the right to write, which root has all the same."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for name in ("replace", "unlink"):
        monkeypatch.setattr(Path, name, refuse)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [replace, remove, protect])
def test_a_directory_that_goes_bad_costs_one_picture_and_is_named(
    kind: str, change: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One typed error, which says where the other picture was saved."""
    directory = tmp_path / "out"

    def reply(received: Received) -> bytes:
        if received.path == "/1":
            change(directory, monkeypatch)
        return http(200, PNG)

    async def save(result: Any) -> Any:
        first, second = result.images
        await settled(first.save(directory))
        return await settled(second.save(directory))

    with pytest.raises(DownloadError) as caught:
        fetched(kind, reply, save, "/0", "/1")
    assert caught.value.message.startswith(f"The picture cannot be written to '{directory}/")
    assert caught.value.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_the_pictures_saved_before_are_not_forgotten(kind: str, tmp_path: Path) -> None:
    """All are tried; the error says where each of them is."""
    directory = tmp_path / "out"

    def reply(received: Received) -> bytes:
        if received.path == "/5":
            saved.extend(directory.glob("t1-*"))
            replace(directory, pytest.MonkeyPatch())
        return http(200, PNG)

    saved: list[Path] = []
    with pytest.raises(DownloadError) as caught:
        fetched(kind, reply, lambda r: r.save(directory), *(f"/{n}" for n in range(6)))
    assert len(saved) >= 2
    assert set(saved) <= set(caught.value.paths)
    assert caught.value.paths[5] is None
