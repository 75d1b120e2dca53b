"""The decisions of a download, one by one, without any server."""

import io
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from imagen4 import DownloadError
from imagen4.core.effects import Fetch, Send
from imagen4.downloads.transfer import (
    ATTEMPTS,
    HEAD,
    LARGEST,
    LONGEST,
    Transfer,
    TransferError,
    fetched,
)

URL = "https://files.example/1.png"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(100))
PLAIN = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "imagen4"}


class Bench:
    """A transfer with a clock that is set by hand and a file in memory."""

    def __init__(self, url: str = URL, *, allow_http: bool = False) -> None:
        self.now = 0.0
        self.file = io.BytesIO()
        core: Any = SimpleNamespace(clock=lambda: self.now, allow_http=allow_http)
        self.transfer = Transfer(core, url, self.file)


def begun(etag: str = '"v1"', content: bytes = PNG) -> Bench:
    """A transfer that has received something."""
    bench = Bench()
    assert bench.transfer.opened(200, {"etag": etag})
    bench.transfer.received(content)
    return bench


def test_at_first_everything_is_asked_for() -> None:
    """No range, no compression, no credentials: these headers and no others."""
    assert Bench().transfer.headers() == PLAIN


def test_the_rest_is_asked_for_by_range() -> None:
    """With the tag of the version that we have the beginning of."""
    rest = {"Range": f"bytes={len(PNG)}-", "If-Range": '"v1"'}
    assert begun().transfer.headers() == PLAIN | rest


@pytest.mark.parametrize("etag", ["", 'W/"v1"', "v1"])
def test_without_a_strong_tag_everything_is_asked_for_again(etag: str) -> None:
    """A weak tag does not promise the same bytes."""
    assert begun(etag).transfer.headers() == PLAIN


SIZE = len(PNG)


@pytest.mark.parametrize(
    ("span", "etag", "taken"),
    [
        (f"bytes {SIZE}-200/201", '"v1"', True),
        (f"bytes {SIZE}-200/*", '"v1"', True),
        (f"bytes {SIZE}-200/201", '"v2"', False),
        (f"bytes {SIZE}-200/201", None, False),
        (f"bytes {SIZE + 1}-200/201", '"v1"', False),
        ("bytes 1-200/201", '"v1"', False),
        (f"bytes {SIZE}-/201", '"v1"', False),
        (f"bytes {SIZE}-200/201x", '"v1"', False),
        (None, '"v1"', False),
    ],
)
def test_a_part_is_taken_only_where_we_stopped_and_of_the_same_version(
    span: str | None, etag: str | None, taken: bool
) -> None:
    """Else everything is asked for again."""
    bench = begun()
    given = {"content-range": span, "etag": etag}
    headers = {name: value for name, value in given.items() if value is not None}
    if taken:
        assert bench.transfer.opened(206, headers)
        return
    with pytest.raises(TransferError, match=r"^the rest could not be had$"):
        bench.transfer.opened(206, headers)
    assert bench.file.getvalue() == b""
    assert bench.transfer.headers() == PLAIN


def test_all_parts_must_tell_of_one_size() -> None:
    """And the picture is whole only when it has that size."""
    bench = begun()
    bench.transfer.opened(206, {"content-range": f"bytes {SIZE}-200/{SIZE + 2}", "etag": '"v1"'})
    bench.transfer.received(b"x")
    with pytest.raises(TransferError, match=r"^the picture is not complete$"):
        bench.transfer.finished()
    bench.transfer.received(b"y")
    bench.transfer.finished()
    assert bench.transfer.suffix == ".png"
    other = {"content-range": f"bytes {SIZE + 2}-200/201", "etag": '"v1"'}
    with pytest.raises(TransferError, match=r"^the rest could not be had$"):
        bench.transfer.opened(206, other)


@pytest.mark.parametrize("start", [0, 1])
def test_a_part_that_nobody_asked_for_is_refused(start: int) -> None:
    """A 206 to the first request is not the picture."""
    with pytest.raises(DownloadError) as caught:
        Bench().transfer.opened(206, {"content-range": f"bytes {start}-9/10"})
    assert (caught.value.http_status, caught.value.expired) == (206, False)


def test_a_range_that_cannot_be_had_starts_again() -> None:
    """416 forgets what we have, and says why the transfer broke off."""
    bench = begun()
    with pytest.raises(TransferError, match=r"^the rest could not be had$"):
        bench.transfer.opened(416, {})
    assert bench.file.getvalue() == b""
    assert bench.transfer.headers() == PLAIN


def test_the_size_may_be_known_in_advance() -> None:
    """A picture that announces itself as too large is not received at all."""
    assert Bench().transfer.opened(200, {"content-length": str(LARGEST)})
    with pytest.raises(DownloadError, match=f"^The picture is larger than {LARGEST} bytes$"):
        Bench().transfer.opened(200, {"content-length": str(LARGEST + 1)})


def test_what_is_no_picture_is_known_by_its_first_bytes() -> None:
    """As soon as there are enough of them, and not before."""
    bench = Bench()
    bench.transfer.opened(200, {})
    bench.transfer.received(b"x" * (HEAD - 1))
    with pytest.raises(DownloadError, match=r"^What the link holds is not a picture$"):
        bench.transfer.received(b"x")


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
    assert pauses == [0.5, 1.0, 2.0, 4.0]
    with pytest.raises(DownloadError, match=r"^The picture cannot be fetched: HTTP 503$"):
        bench.transfer.broke(problem)
    with pytest.raises(DownloadError, match=r"^The picture cannot be fetched: KeyError$"):
        bench.transfer.broke(KeyError("https://secret.example"))


def test_a_download_that_was_stopped_takes_nothing_and_is_not_tried_again() -> None:
    """A host that breaks off or is busy would keep it alive."""
    bench = begun()
    bench.transfer.stop = Event()
    bench.transfer.received(b"x")
    assert bench.transfer.broke(KeyError()) == 0.5
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


def test_a_redirect_to_nowhere_says_so() -> None:
    """A target that is no URL is an error of ours."""
    with pytest.raises(DownloadError, match=r"^The picture's link redirects to nowhere$"):
        Bench().transfer.opened(302, {"location": "https://[::1"})


def test_only_an_expired_link_is_renewed() -> None:
    """Other failures are final: no fresh link is asked for."""
    for expired, asked in ((False, None), (True, Send)):
        core: Any = SimpleNamespace(clock=lambda: 0.0, allow_http=False, timeout=1.0, name="kie")
        core.adapter = SimpleNamespace(fresh_link=lambda url: url)
        steps = fetched(core, URL, io.BytesIO())
        assert isinstance(next(steps), Fetch)
        problem = DownloadError("no")
        problem.expired = expired
        try:
            answer: object = type(steps.throw(problem))
        except DownloadError:
            answer = None
        assert answer is asked
