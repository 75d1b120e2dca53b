"""Guards against misjudging a status, size, redirect or pause of a download."""

from threading import Event

import pytest

from client.bench import PNG, Bench, begun
from client.steps import core, ended
from imagen4 import DownloadError, TransportError
from imagen4.downloads.formats import HEAD
from imagen4.downloads.links import fresh_link
from imagen4.downloads.partial import LARGEST
from imagen4.downloads.refusal import LONGEST as LONGEST_TEXT
from imagen4.downloads.transfer import (
    ATTEMPTS,
    LONGEST,
    TransferError,
)


def test_a_status_that_is_no_redirect_without_a_location_is_refused() -> None:
    """There is nowhere to go."""
    with pytest.raises(DownloadError, match="unexpected status") as caught:
        Bench().transfer.opened(302, {})
    assert (caught.value.expired, caught.value.http_status) == (False, 302)


def test_why_a_link_cannot_be_renewed_is_on_the_error() -> None:
    """The old link has just expired: that is what the error says, and the reason is its cause."""
    expired, gone = DownloadError("too old"), TransportError("gone")
    with pytest.raises(DownloadError, match="too old") as caught:
        ended(fresh_link(core(), "https://a.example", expired), gone)
    assert (caught.value, caught.value.__cause__) == (expired, gone)


def opened_with(status: int) -> str:
    """What a download makes of a status that comes with a place to go."""
    try:
        goes_on = Bench().transfer.opened(status, {"location": "https://other.example/1.png"})
    except TransferError:
        return "again"
    except DownloadError as error:
        return "expired" if error.expired else "refused"
    return "received" if goes_on else "moved"


def test_each_status_of_a_download_means_one_thing() -> None:
    """All of them, from 200 to 599."""
    found: dict[str, set[int]] = {}
    for status in range(200, 600):
        found.setdefault(opened_with(status), set()).add(status)
    refused = found.pop("refused")
    assert found == {
        # The body says what a refusal means, and whether another success holds the picture.
        "received": {*range(200, 300), *range(400, 500)} - {403, 404, 408, 410, 416, 425, 429},
        "moved": {301, 302, 303, 307, 308},
        "expired": {403, 404, 410},
        "again": {408, 416, 425, 429, *range(500, 600)},
    }
    assert len(refused) == 400 - sum(map(len, found.values()))


def test_redirects_and_pictures_have_limits() -> None:
    """Five redirects, and 64 MiB."""
    transfer = Bench().transfer
    for number in range(2, 7):
        assert not transfer.opened(302, {"location": f"/{number}.png"})
    assert transfer.url == "https://files.example/6.png"
    with pytest.raises(DownloadError, match="redirects too often"):
        transfer.opened(302, {"location": "/7.png"})
    with pytest.raises(DownloadError, match="larger than 67108864 bytes"):
        transfer.opened(200, {"content-length": "67108865"})


def test_the_size_may_be_known_in_advance() -> None:
    """A picture that announces itself as too large is not received at all."""
    assert Bench().transfer.opened(200, {"content-length": str(LARGEST)})
    with pytest.raises(DownloadError, match=f"^The picture is larger than {LARGEST} bytes$"):
        Bench().transfer.opened(200, {"content-length": str(LARGEST + 1)})
    with pytest.raises(DownloadError, match="larger than"):
        Bench().transfer.opened(200, {"content-length": "99999999999"})


def test_what_is_no_picture_is_known_by_its_first_bytes() -> None:
    """As soon as there are enough of them, and not before."""
    bench = Bench()
    bench.transfer.opened(200, {})
    bench.transfer.received(b"\0" * (HEAD - 1))
    with pytest.raises(DownloadError, match=r"^What the link holds is not a picture$"):
        bench.transfer.received(b"\0")


def test_what_is_a_text_is_read_no_further_than_it_has_to_be() -> None:
    """It may say that the link has expired: in its first 4 KiB, or never."""
    bench = Bench()
    bench.transfer.opened(200, {})
    bench.transfer.received(b"x" * (LONGEST_TEXT - 1))
    with pytest.raises(DownloadError, match=r"^What the link holds is not a picture$"):
        bench.transfer.received(b"x")
    assert bench.file.getvalue() == b""


def test_a_download_may_take_just_so_long() -> None:
    """The last moment still counts."""
    bench = begun()
    bench.now = LONGEST
    bench.transfer.received(b"x")
    bench.now = LONGEST + 0.01
    with pytest.raises(DownloadError, match=r"^The picture took longer than 300 s$"):
        bench.transfer.received(b"x")


def test_pauses_double_and_the_last_failure_is_named() -> None:
    """By our own words for a transfer that broke off, by its kind for anything else."""
    bench, problem = Bench(), TransferError("HTTP 503")
    pauses = [bench.transfer.broke(problem) for _ in range(ATTEMPTS - 1)]
    assert pauses == [(pause, "HTTP 503") for pause in (0.5, 1.0, 2.0, 4.0)]
    with pytest.raises(DownloadError, match=r"^The picture cannot be fetched: HTTP 503$"):
        bench.transfer.broke(problem)
    with pytest.raises(DownloadError, match=r"^The picture cannot be fetched: KeyError$"):
        bench.transfer.broke(KeyError("https://secret.example"))


def test_no_pause_is_longer_than_what_is_left() -> None:
    """However long a busy host wishes to be left alone."""
    bench = Bench()
    bench.now = LONGEST - 10
    assert bench.transfer.broke(TransferError("HTTP 503", 60.0)) == (10, "HTTP 503")


def test_a_download_that_was_stopped_takes_nothing_and_is_not_tried_again() -> None:
    """A host that breaks off or is busy would keep it alive."""
    bench = begun()
    bench.transfer.stop = Event()
    bench.transfer.received(b"x")
    assert bench.transfer.broke(KeyError()) == (0.5, "KeyError")
    bench.transfer.stop.set()
    with pytest.raises(DownloadError, match=r"^The download was stopped$"):
        bench.transfer.received(b"y")
    with pytest.raises(DownloadError, match=r"^The download was stopped$"):
        bench.transfer.broke(KeyError())
    assert bench.file.getvalue() == PNG + b"x"


def test_plain_http_is_allowed_by_name() -> None:
    """And on this machine; a redirect is held to the same."""
    assert Bench("http://files.example/1.png", allow_http=True).transfer.url.startswith("http:")
    with pytest.raises(DownloadError, match=r"^The picture's link is not an https URL$"):
        Bench("http://files.example/1.png")


@pytest.mark.parametrize("target", ["https://[::1", "http://[::1/"])
def test_a_redirect_to_what_is_no_url_is_refused(target: str) -> None:
    """Should the library below let it through: the error is one of ours."""
    with pytest.raises(DownloadError, match=r"^The picture's link redirects to nowhere$"):
        Bench().transfer.opened(302, {"location": target})
