"""The failure this prevents: an update that leaves some files new and some old."""

import re
import shutil
import socket
from pathlib import Path

import pytest

import update
from market.captured import KEPT, lay
from pages.captures import Captures

ROOT = Path(__file__).resolve().parents[2]
RATIOS = "                        - '4:3'\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the checkout that an update touches or runs."""
    root = tmp_path_factory.mktemp("original")
    for name in ("specs", "generated", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "wrapper" / "guide", root / "wrapper" / "guide")
    lay(root / "specs")
    return root


@pytest.fixture
def checkout(original: Path, tmp_path: Path) -> Path:
    """A checkout of its own for one update."""
    return Path(shutil.copytree(original, tmp_path / "checkout"))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with today's pages, as they were captured."""
    folder = tmp_path / "today"
    folder.mkdir()
    shutil.copy(KEPT / "kie-google-imagen4.md", folder / "kie.md")
    return folder


def _edit(pages: Path, old: str, new: str) -> None:
    path = pages / "kie.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def _update(checkout: Path, *arguments: str) -> int:
    return update.main(["--root", str(checkout), "--no-tests", *arguments])


@pytest.mark.slow  # test_upstream.py takes over the same page, test_new_model.py generates
def test_a_new_ratio_reaches_the_generated_client(
    checkout: Path, pages: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One command: the report, the new document, its page and the regenerated client."""
    _edit(pages, RATIOS, RATIOS + "                        - NEW\n")
    report = tmp_path / "report.md"
    assert _update(checkout, "--from", str(pages), "--markdown", str(report)) == 0
    assert "enum value added: 'NEW'" in capfd.readouterr().out
    assert "enum value added: 'NEW'" in report.read_text(encoding="utf-8")
    assert "- NEW" in (checkout / "specs" / "kie.yaml").read_text(encoding="utf-8")
    captured = checkout / "specs" / "pages" / "kie-google-imagen4.md"
    assert captured.read_bytes() == (pages / "kie.md").read_bytes()
    code = [path.read_text(encoding="utf-8") for path in (checkout / "generated").rglob("*.py")]
    assert any("NEW" in text for text in code)


def test_a_removed_prompt_ends_in_2_and_says_why(
    checkout: Path, pages: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A breaking change has its own exit code and stands first in the report.

    That the generator may fail on it is no surprise, and changes nothing.
    """
    (checkout / "scripts" / "regenerate.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    text = (pages / "kie.md").read_text(encoding="utf-8")
    start = text.index("                    prompt:\n")
    end = text.index("                    negative_prompt:\n")
    without = text[:start] + text[end:]
    without = without.replace("                  required:\n                    - prompt\n", "")
    (pages / "kie.md").write_text(without, encoding="utf-8")
    before = _state(checkout)
    assert _update(checkout, "--from", str(pages)) == 2
    assert _state(checkout) == before
    lines = capfd.readouterr().out.splitlines()
    assert lines[1].startswith("breaking   request")
    assert lines[1].endswith("property removed: prompt")


@pytest.mark.parametrize(
    "content", [b"", b"<html><input type='password'></html>", b"openapi: 3.0.0"]
)
def test_a_refused_page_changes_nothing(checkout: Path, pages: Path, content: bytes) -> None:
    """If one gateway's page is refused, the other one's is not taken either."""
    _edit(pages, RATIOS, RATIOS + "                        - NEW\n")
    (pages / "apikley.txt").write_bytes(content)
    before = _state(checkout)
    assert _update(checkout, "--from", str(pages)) == 3
    assert _state(checkout) == before


def test_a_failing_generator_changes_nothing(checkout: Path, pages: Path) -> None:
    """What was written before a later step failed is put back."""
    _edit(pages, RATIOS, RATIOS + "                        - NEW\n")
    (checkout / "scripts" / "regenerate.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    before = _state(checkout)
    assert _update(checkout, "--from", str(pages)) == 3
    assert _state(checkout) == before


@pytest.mark.slow
@pytest.mark.parametrize(("outcome", "code"), [("True", 0), ("False", 3)])
def test_the_tests_decide(checkout: Path, pages: Path, outcome: str, code: int) -> None:
    """Green tests let the new documents stand; red ones put the old ones back."""
    _edit(pages, RATIOS, RATIOS + "                        - NEW\n")
    (checkout / "scripts" / "regenerate.py").write_text("", encoding="utf-8")
    (checkout / "tests").mkdir()
    test = f"def test_it() -> None:\n    assert {outcome}\n"
    (checkout / "tests" / "test_it.py").write_text(test, encoding="utf-8")
    assert update.main(["--root", str(checkout), "--from", str(pages)]) == code
    text = (checkout / "specs" / "kie.yaml").read_text(encoding="utf-8")
    assert ("- NEW" in text) is (code == 0)


def test_without_network_one_line_says_so_and_nothing_changes(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A page that cannot be fetched is named, with the way out, and every file stays."""
    index = checkout / "specs" / "pages" / "SOURCES.toml"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, but nobody listens: whoever calls is refused
        refusing = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        text = re.sub(r"https://[^/]+/", refusing, index.read_text(encoding="utf-8"))
        index.write_text(text, encoding="utf-8")
        before = _state(checkout)
        assert _update(checkout) == 3
    said, errors = capfd.readouterr()
    assert (said, errors.count("\n")) == ("", 1)
    assert f"{refusing}market/google/imagen4 cannot be fetched: " in errors
    assert errors.endswith("`update.py --from DIR`; nothing was changed\n")
    assert _state(checkout) == before


def test_html_is_the_fallback_for_markdown(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the address ending in .md gives no page, the one without is tried."""
    captures = Captures(checkout / "specs")
    kept = {c.url.removesuffix(".md"): captures.folder / c.file for c in captures.all().values()}

    def fetch(url: str) -> bytes:
        if url.endswith(".md"):
            raise update.PageError("404", "another page")
        return kept[url].read_bytes()

    monkeypatch.setattr(update, "fetch", fetch)
    before = _state(checkout)
    assert _update(checkout) == 0
    assert _state(checkout) == before


def test_the_same_page_is_no_update(checkout: Path, pages: Path) -> None:
    """Pages that did not change leave every file as it is."""
    before = _state(checkout)
    assert _update(checkout, "--from", str(pages)) == 0
    assert _state(checkout) == before


@pytest.mark.parametrize("folder", ["nowhere", "scripts"])
def test_a_folder_without_pages_is_an_error(checkout: Path, folder: str) -> None:
    """A folder that is not there, or holds no page, is refused."""
    assert _update(checkout, "--from", str(checkout / folder)) == 3
