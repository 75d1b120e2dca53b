"""Guards against a picture that was paid for and is lost without whoever listens being told."""

from pathlib import Path
from typing import Any

import pytest

from client.loopback import http
from client.pictures import PNG, fetched
from client.play import KINDS
from imagen4.errors import DownloadError
from imagen4.events import Event, PictureNotSaved


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", [http(200, b"<html>"), http(200, PNG)], ids=["page", "disk"])
def test_a_picture_that_is_not_saved_is_an_event(kind: str, answer: bytes, tmp_path: Path) -> None:
    """Whether what came is no picture or the disk takes none; the error is raised all the same."""
    told: list[Event] = []
    folder = tmp_path / "a file"
    folder.touch()
    target = (tmp_path if b"<html>" in answer else folder) / "fox.png"

    def save(result: Any) -> Any:
        return result.images[0].save(target, told.append)

    with pytest.raises(DownloadError) as raised:
        fetched(kind, lambda _: answer, save)
    event = told[-1]
    assert isinstance(event, PictureNotSaved)
    assert (event.error, event.task_id) == (raised.value, "t1")
