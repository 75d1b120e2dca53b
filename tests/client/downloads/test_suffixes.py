"""Guards against a name that lies about the kind of picture without anybody being told."""

import logging
from pathlib import Path
from typing import Any

import pytest

from client.formats import WHOLE
from client.loopback import http
from client.pictures import PNG, fetched
from client.play import KINDS
from imagen4.events import Event, PictureSaved


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "suffix", "misnamed"),
    [
        ("fox.jpg", ".png", True),
        ("fox.PNG", ".webp", True),
        ("fox.png", ".png", False),
        ("fox.JPEG", ".jpg", False),
        ("fox.dat", ".png", False),
    ],
)
def test_a_name_of_another_kind_of_picture_is_kept_and_told(
    kind: str,
    name: str,
    suffix: str,
    misnamed: bool,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The file stands where it was asked for; the log says what it holds, and so does the event."""
    told: list[Event] = []

    def save(result: Any) -> Any:
        return result.images[0].save(tmp_path / name, told.append)

    with caplog.at_level(logging.WARNING, logger="imagen4"):
        path, _, _ = fetched(kind, lambda _: http(200, WHOLE[suffix]), save)
    assert path == tmp_path / name
    assert path.read_bytes() == WHOLE[suffix]
    (event,) = told
    assert isinstance(event, PictureSaved)
    assert event.misnamed is misnamed
    said = f"kie: '{path}' holds {event.content_type}, whatever its name says"
    assert [each.getMessage() for each in caplog.records] == ([said] if misnamed else [])


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_directory_a_name_never_lies(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """There the content gives the suffix."""
    with caplog.at_level(logging.WARNING, logger="imagen4"):
        fetched(kind, lambda _: http(200, PNG), lambda r: r.save(tmp_path))
    assert caplog.records == []
