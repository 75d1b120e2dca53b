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


def test_a_name_of_another_kind_of_picture_is_kept_and_told(
    generate: Callable, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By the same rule as that of `Image.save`: here every picture is a PNG."""
    done = generate("fox.jpg")
    assert (done.code, done.out) == (0, "fox.jpg\n")
    assert (tmp_path / "fox.jpg").read_bytes().startswith(b"\x89PNG")
    assert "kie: 'fox.jpg' holds image/png, whatever its name says" in caplog.messages


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
        ("a" * 300, "--output: File name too long: a"),
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


@pytest.fixture
def left(sandbox: Sandbox, imagen4: Callable, tmp_path: Path) -> Callable[[int], list[str]]:
    """Leaves so many tasks in a ledger, ended since; gives the command that resumes them."""

    def call(tasks: int) -> list[str]:
        where = [*at(sandbox, "kie"), "--ledger", str(tmp_path / "ledger.db")]
        sandbox.configure(generating=3600)
        for _ in range(tasks):
            imagen4("generate", "a fox", *where, "-o", str(tmp_path), "--timeout", "0.001")
        sandbox.configure(generating=0)
        sandbox.clock.advance_to(sandbox.clock.now() + 3600)
        return ["resume", *where]

    return call


def test_a_resumed_picture_goes_into_the_file_that_is_named(
    left: Callable, imagen4: Callable, tmp_path: Path
) -> None:
    """As `generate` would have saved it."""
    done = imagen4(*left(1), "-o", str(tmp_path / "new" / "fox.png"))
    assert (done.code, done.out) == (0, f"{tmp_path / 'new' / 'fox.png'}\n")


def test_resumed_pictures_are_numbered_over_all_requests(
    left: Callable, imagen4: Callable, tmp_path: Path
) -> None:
    """Two requests with a picture each do not share a name, and are not put into one file."""
    resume = left(2)
    refused = imagen4(*resume, "-o", str(tmp_path / "new" / "fox.png"))
    assert (refused.code, refused.out) == (2, "")
    assert "One file for 2 pictures" in refused.err
    assert not (tmp_path / "new").exists()
    done = imagen4(*resume, "-o", str(tmp_path / "new" / "{index}.png"))
    assert done.code == 0, done.err
    assert sorted(each.name for each in (tmp_path / "new").iterdir()) == ["1.png", "2.png"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder keeps root from writing")
@pytest.mark.parametrize("output", ["/proc", "/proc/fox.png", "/proc/{index}.png"])
def test_a_folder_that_takes_no_file_is_told_before_anything_is_paid(
    generate: Callable, sandbox: Sandbox, output: str
) -> None:
    """Whatever its permissions say."""
    done = generate(output)
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert done.err.startswith("imagen4: Invalid value for --output: ")


def test_a_name_that_ends_with_a_slash_is_a_folders(generate: Callable, tmp_path: Path) -> None:
    """As it is for `Image.save`."""
    assert generate("fox.png/").code == 0
    assert (tmp_path / "fox.png").is_dir()


@pytest.mark.parametrize("command", [["demo"], ["fetch", "t1"], ["resume"]], ids=" ".join)
def test_a_place_for_no_picture_is_told_before_anything_is_asked(
    command: list[str], sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Not minutes later, when the pictures are there; nothing is left of the attempt."""
    if command != ["demo"]:
        command = [*command, *at(sandbox, "kie")]
    if command[0] == "resume":
        command = [*command, "--ledger", str(tmp_path / "l.db")]
    done = imagen4(*command, "-o", str(tmp_path / "new" / ("a" * 300)))
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert "--output: File name too long" in done.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("output", ["fox.png", "out/{index}.png", "{tag}"])
@pytest.mark.parametrize("command", ["batch", "demo"])
def test_pictures_of_several_requests_need_a_folder(
    command: str,
    output: str,
    sandbox: Sandbox,
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line says so, before anything is sent or made."""
    monkeypatch.chdir(tmp_path)
    Path("prompts.txt").write_text("a fox\n")
    more = ["prompts.txt", *at(sandbox, "kie")] if command == "batch" else []
    done = imagen4(command, *more, "-o", output)
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert "Must be a folder" in done.err
    assert ("--name" in done.err) == (command == "batch")
    assert [each.name for each in tmp_path.iterdir()] == ["prompts.txt"]


def test_a_batch_without_a_key_leaves_no_folder(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be refused before the first create is refused before the ledger is made."""
    monkeypatch.delenv("KIE_API_KEY", raising=False)
    (tmp_path / "prompts.txt").write_text("a fox\n")
    prompts = str(tmp_path / "prompts.txt")
    done = imagen4("batch", prompts, "-g", "kie", "-o", str(tmp_path / "new"))
    assert (done.code, (tmp_path / "new").exists()) == (2, False)
