"""Guards against a picture glued together from parts of two versions."""

import pytest

from client.bench import PLAIN, PNG, Bench, begun
from imagen4 import DownloadError
from imagen4.downloads.transfer import TransferError

SIZE = len(PNG)


@pytest.mark.parametrize("size", [1, 7, 15, 16, 17, 5000])
def test_pieces_of_any_size_make_the_same_picture(size: int) -> None:
    """The kind is told once there are enough bytes, however they come."""
    course = Bench().transfer
    assert course.opened(200, {"content-length": str(len(PNG))})
    for start in range(0, len(PNG), size):
        course.received(PNG[start : start + size])
    course.finished()
    assert course.suffix == ".png"


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


def test_a_part_that_nobody_asked_for_is_refused() -> None:
    """A 206 to the first request that begins in the middle is not the picture."""
    with pytest.raises(DownloadError) as caught:
        Bench().transfer.opened(206, {"content-range": "bytes 1-9/10"})
    assert (caught.value.http_status, caught.value.expired) == (206, False)


@pytest.mark.parametrize("headers", [{}, {"content-range": "Bytes=0-9/10"}])
def test_a_part_that_does_not_say_which_is_known_by_its_content(headers: dict[str, str]) -> None:
    """The whole may come with any status of success; half a picture never counts."""
    bench = Bench()
    bench.transfer.opened(206, headers)
    bench.transfer.received(PNG[:-1])
    with pytest.raises(TransferError, match="not complete"):
        bench.transfer.finished()
    bench.transfer.received(PNG[-1:])
    bench.transfer.finished()
    assert bench.transfer.suffix == ".png"


def test_a_length_beside_chunks_is_none_of_theirs() -> None:
    """A proxy may have left it there; the chunks say themselves where they end."""
    bench = Bench()
    bench.transfer.opened(200, {"transfer-encoding": "chunked", "content-length": "5"})
    bench.transfer.received(PNG)
    bench.transfer.finished()
    assert bench.transfer.suffix == ".png"


def test_a_part_from_the_start_says_how_long_the_whole_is() -> None:
    """Some caches answer with a 206 whatever is asked for: all of it, or the rest is missing."""
    bench = Bench()
    bench.transfer.opened(206, {"content-range": f"bytes 0-99/{len(PNG)}", "content-length": "100"})
    bench.transfer.received(PNG[:100])
    with pytest.raises(TransferError, match="not complete"):
        bench.transfer.finished()
    bench.transfer.opened(206, {"content-range": f"bytes 0-{len(PNG) - 1}/{len(PNG)}"})
    bench.transfer.received(PNG)
    bench.transfer.finished()
    assert bench.transfer.suffix == ".png"


def test_a_range_that_cannot_be_had_starts_again() -> None:
    """416 forgets what we have, and says why the transfer broke off."""
    bench = begun()
    with pytest.raises(TransferError, match=r"^the rest could not be had$"):
        bench.transfer.opened(416, {})
    assert bench.file.getvalue() == b""
    assert bench.transfer.headers() == PLAIN
