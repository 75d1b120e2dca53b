"""What `-o` may be: a folder, a file, a template; nothing is made for nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.invoking import at, create
from imagen4.sandbox import Sandbox


@pytest.fixture
def generate(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable:
    monkeypatch.chdir(tmp_path)

    def call(output: str, *more: str):
        return imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", output, "--no-ledger", *more)

    return call


def test_a_name_with_a_pictures_suffix_is_that_file(generate: Callable, tmp_path: Path) -> None:
    """Not a folder of that name."""
    done = generate("new/fox.png")
    assert (done.code, done.out) == (0, "new/fox.png\n")
    assert (tmp_path / "new" / "fox.png").is_file()


def test_a_template_names_each_picture(generate: Callable, tmp_path: Path) -> None:
    """By its number, from one."""
    done = generate("new/{index}.png", "-n", "2")
    assert (done.code, done.out.splitlines()) == (0, ["new/1.png", "new/2.png"])
    assert sorted(each.name for each in (tmp_path / "new").iterdir()) == ["1.png", "2.png"]


def test_a_folder_that_exists_is_one_whatever_its_name(generate: Callable, tmp_path: Path) -> None:
    """Nothing else can be meant."""
    (tmp_path / "fox.png").mkdir()
    assert generate("fox.png", "-n", "2").code == 0
    assert len(list((tmp_path / "fox.png").iterdir())) == 2


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("fox.png", "name each: fox-{index}.png"),
        ("out/{name}.png", "A template may have {index}"),
        ("out/{index}", "ends like .png"),
    ],
)
def test_what_cannot_hold_the_pictures_is_refused_unpaid(
    generate: Callable, sandbox: Sandbox, tmp_path: Path, output: str, says: str
) -> None:
    """One line that says what can; nothing is sent or made."""
    done = generate(output, "-n", "2")
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert says in done.err
    assert list(tmp_path.iterdir()) == []


def test_pictures_that_were_fetched_do_not_replace_each_other(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Two tasks do not fit into one file."""
    ids = create(sandbox, imagen4, tmp_path, "-n", "2", "--no-ledger")["task_ids"]
    done = imagen4("fetch", *ids, *at(sandbox, "kie"), "-o", str(tmp_path / "fox.png"))
    assert done.code == 2
    assert "One file for 2 pictures" in done.err
    assert not (tmp_path / "fox.png").exists()


def test_no_folder_is_left_when_nothing_was_paid(
    generate: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The gateway refuses the create: nothing is saved, so nothing was made."""
    sandbox.fault("code-402")
    assert generate("new/folder").code == 4
    assert list(tmp_path.iterdir()) == []
