"""Guards against halves of pictures and temporary files left behind by a Ctrl-C."""

import resource
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from client.loopback import Loopback, http
from client.pictures import GATEWAY, PNG, fetched, saved_to
from client.play import KINDS, Script, Stop, play, succeeded
from imagen4.wire import driving
from waiting import until

COUNT = 6
BEGINNING = b"\x89PNG\r\n\x1a\n" + bytes(100)


class Dripping(Loopback):
    """Sends the beginning of each picture, and goes on with single bytes when told to."""

    def __init__(self) -> None:
        super().__init__(lambda _: http(200, BEGINNING, length=5000))

    def drip(self) -> None:
        threading.Thread(target=self._drip, daemon=True).start()

    def _drip(self) -> None:
        for _ in range(1000):
            for each in self._open:
                with suppress(OSError):
                    each.sendall(b"x")
            threading.Event().wait(0.01)


def test_a_ctrl_c_stops_all_downloads_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those under way end at their next piece, those that wait are not begun."""
    with Dripping() as server:

        def interrupted(*_: object) -> None:
            count = driving.DOWNLOADS
            until(lambda: len(server.requests) == len(list(tmp_path.iterdir())) == count)
            server.drip()
            raise Stop

        monkeypatch.setattr(driving.Workers, "done", interrupted)
        urls = [f"{server.url}/{index}.png" for index in range(COUNT)]
        script = Script(polls=[succeeded("t1", *urls)])
        result = play("sync", script, lambda c: c.job("t1").wait(), base_url=GATEWAY)
        with pytest.raises(Stop):
            result.save(tmp_path)
        assert list(tmp_path.iterdir()) == []
        assert len(server.requests) == driving.DOWNLOADS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", [len(PNG), 10], ids=["room", "full"])
def test_an_interrupted_download_leaves_nothing_behind(
    kind: str, room: int, tmp_path: Path
) -> None:
    """Neither half a picture nor a temporary file; and no full disk hides the interrupt."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    class Stop(BaseException):
        pass

    def stop(_: float) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, unlimited[1]))
        raise Stop

    async def stop_async(seconds: float) -> None:
        stop(seconds)

    cut = http(200, PNG[:100], "Connection: close\r\n", length=len(PNG))
    try:
        with pytest.raises(Stop):
            fetched(
                kind,
                lambda _: cut,
                saved_to(tmp_path),
                sleep=stop if kind == "sync" else stop_async,
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert list(tmp_path.iterdir()) == []
