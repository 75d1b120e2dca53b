"""Guards against pictures that Pillow cannot have, and a want of Pillow that nobody explains."""

import io
import sys
from typing import Any

import pytest
from PIL import Image as PillowImage
from PIL import ImageShow

from client.formats import WHOLE
from client.loopback import http
from client.pictures import fetched
from client.play import KINDS, settled
from imagen4 import DownloadError, InvalidRequest


def drawn() -> bytes:
    data = io.BytesIO()
    PillowImage.new("RGB", (3, 2), "red").save(data, "png")
    return data.getvalue()


RED = drawn()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_opened_by_pillow(kind: str) -> None:
    """Read once, opened as often as one likes."""

    async def action(result: Any) -> Any:
        return [await settled(result[0].to_pil()) for _ in range(2)]

    (first, second), server, _ = fetched(kind, lambda _: http(200, RED), action)
    assert (first.size, first.getpixel((0, 0))) == ((3, 2), (255, 0, 0))
    assert first is not second
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["to_pil", "show"])
def test_without_pillow_one_line_says_how_to_get_it(
    kind: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is downloaded."""
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    asked: list[object] = []
    with pytest.raises(InvalidRequest) as caught:
        fetched(kind, lambda each: asked.append(each) or http(200), lambda r: getattr(r[0], way)())
    assert str(caught.value).endswith("needs Pillow; run: pip install 'imagen4[pillow]'")
    assert asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_pillow_cannot_read_is_a_download_error(kind: str) -> None:
    """Which names the task; a structure that is whole proves no picture."""
    with pytest.raises(DownloadError, match="cannot be opened by Pillow") as caught:
        fetched(kind, lambda _: http(200, WHOLE[".avif"]), lambda r: r[0].to_pil())
    assert (caught.value.gateway, caught.value.task_ids) == ("kie", ("t1",))


class Window(ImageShow.Viewer):
    """A viewer that remembers what it was to show."""

    def __init__(self) -> None:
        self.shown: list[tuple[tuple[int, int], str]] = []

    def show_image(self, image: PillowImage.Image, **options: Any) -> int:
        self.shown.append((image.size, options["title"]))
        return 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_shown_in_a_window(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever shows pictures on this machine; where nothing does, that is said."""
    window = Window()
    monkeypatch.setattr(ImageShow, "_viewers", [window])
    fetched(kind, lambda _: http(200, RED), lambda r: r[0].show())
    assert window.shown == [((3, 2), "t1-1")]
    monkeypatch.setattr(ImageShow, "_viewers", [])
    with pytest.raises(InvalidRequest, match=r"No program on this machine .* save\(\) it"):
        fetched(kind, lambda _: http(200, RED), lambda r: r[0].show())
