"""Guards against a gateway that decides where a picture is saved, or which one it replaces."""

from pathlib import Path
from typing import Any

import pytest

from client.formats import WHOLE
from client.loopback import http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS, settled
from imagen4 import DownloadError
from imagen4.downloads.pictures import stem


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", WHOLE)
def test_a_picture_in_a_directory_is_named_after_task_and_content(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    """Whatever the URL says about its kind."""
    content = WHOLE[suffix]
    path, _, _ = fetched(kind, lambda _: http(200, content), saved_to(tmp_path), "/x.bmp?..%2f")
    assert path == tmp_path / f"t1-1{suffix}"
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_can_be_given_a_name(kind: str, tmp_path: Path) -> None:
    """A path with a suffix is a file; missing directories are made; an older file is replaced."""
    target = tmp_path / "new" / "fox.png"
    for content in (PNG, PNG + b"newer"):
        path, _, _ = fetched(kind, lambda _, c=content: http(200, c), saved_to(target))
        assert path == target
        assert target.read_bytes() == content


@pytest.mark.parametrize("name", ["out", "out/", "out.d/", "a/b/c"])
def test_a_path_without_a_suffix_is_a_directory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is one that ends with a slash."""
    monkeypatch.chdir(tmp_path)
    path, _, _ = fetched("sync", lambda _: http(200, PNG), lambda r: r.images[0].save(name))
    assert path == Path(name) / "t1-1.png"
    assert path.is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_replaces_another_of_the_same_result(kind: str, tmp_path: Path) -> None:
    """Two pictures saved under one name would be one picture lost."""
    target = tmp_path / "fox.png"

    async def save(result: Any) -> None:
        for index in (0, 0, 1):
            await settled(result.images[index].save(target))

    with pytest.raises(DownloadError, match="Another picture of this result was saved under that"):
        fetched(kind, lambda r: http(200, PNG + r.path.encode()), save, "/0", "/1")
    assert target.read_bytes() == PNG + b"/0"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "task_id", ["../../etc/passwd", "..", "/abs", "a/b", "a\\b", "C:x", "CON", "." * 200, "%2e%2e"]
)
def test_a_task_id_cannot_leave_the_directory(task_id: str, tmp_path: Path) -> None:
    """It is the gateway's word; the file's name is made of harmless characters only."""
    name = stem(task_id, 0)
    assert (tmp_path / name).resolve().parent == tmp_path
    assert all(each.isalnum() or each in "_-" for each in name)
    assert len(name) < 80


def test_names_are_deterministic_and_distinct() -> None:
    """Two ids that only differ in what a file name cannot hold stay two names."""
    assert stem("0123abcd", 0) == "0123abcd-1"
    assert stem("task_google_1765172350621", 3) == "task_google_1765172350621-4"
    assert stem("a/b", 0) == "a_b-c14cddc0-1"
    assert len({stem(each, 0) for each in ("a/b", "a_b", "a\\b", "A_b", "a b")}) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_refuses_is_a_download_error(kind: str, tmp_path: Path) -> None:
    """In one line that names the place."""
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file" / "sub", tmp_path / "file" / "x.png"):
        with pytest.raises(DownloadError, match=f"^The picture cannot be written to .{tmp_path}"):
            fetched(kind, lambda _: http(200, PNG), saved_to(target))
    with pytest.raises(DownloadError, match=f"^The picture cannot be written to .{tmp_path}"):
        fetched(kind, lambda _: http(200, PNG), lambda r: r.save(tmp_path / "file"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["x" * 300, "x" * 300 + ".png", "a\0b", "a\0b.png", "\ud800", "\ud800.png",
             "circle/x.png", "circle.png", "circle"],
)  # fmt: skip
@pytest.mark.parametrize("all_at_once", [False, True])
def test_a_name_that_cannot_be_is_a_download_error(
    kind: str, name: str, all_at_once: bool, tmp_path: Path
) -> None:
    """Too long, with a NUL, not encodable, or leading in a circle; nothing is left behind."""
    circles = [tmp_path / "circle", tmp_path / "circle.png"]
    for circle in circles:
        circle.symlink_to(circle)
    target = tmp_path / name

    def save(result: Any) -> Any:
        return result.save(target) if all_at_once else result.images[0].save(target)

    with pytest.raises(DownloadError, match=r"^The picture cannot be written to '") as caught:
        fetched(kind, lambda _: http(200, PNG), save)
    assert caught.value.__cause__ is None
    assert all_at_once or caught.value.task_ids == ("t1",)
    assert sorted(tmp_path.iterdir()) == circles
