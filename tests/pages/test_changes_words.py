"""The failure this prevents: a price or a limit changes in words alone, and nobody hears of it."""

from pathlib import Path

import pytest

import changes
import update
from market.captured import KEPT, lay
from pages.captures import Captures

MODEL = "kie/google/nano-banana"
PAGES = {"kie.md": "kie-google-imagen4.md", "apikley.txt": "apikley-google-imagen4.txt"}
ABOUT = {
    "kie.md": ("> Image generation by Google imagen4", "12 credits a picture."),
    "apikley.txt": ("may differ from upstream providers.", "At most 5 a minute."),
}


def _today(name: str, folder: Path) -> Path:
    """A page on which a sentence more stands before the document."""
    words, more = ABOUT[name]
    text = (KEPT / PAGES[name]).read_text(encoding="utf-8")
    assert text.count(words) == 1
    (folder / name).write_text(text.replace(words, f"{words} {more}"), encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("name", PAGES)
def test_words_around_the_document_are_shown(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a number in them they are more than cosmetic."""
    assert changes.main([str(KEPT / PAGES[name]), str(_today(name, tmp_path))]) == 1
    (line, _) = capsys.readouterr().out.splitlines()
    assert "the page's other words changed, a number in it" in line
    assert ABOUT[name][1] in line


def test_an_update_shows_words_around_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against the page that was captured, before anything is made of the new one."""
    root, folder = tmp_path / "checkout", tmp_path / "today"
    lay(root / "specs")
    folder.mkdir()
    _today("kie.md", folder)
    (root / "scripts").mkdir()
    (root / "scripts" / "regenerate.py").write_text("raise SystemExit('no need')")
    update.main(["--root", str(root), "--no-tests", "--from", str(folder)])
    assert ABOUT["kie.md"][1] in capsys.readouterr().out


def test_an_update_shows_what_a_model_s_operation_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apidog's pages keep there what people are told; of the document, the model's part counts."""
    root, folder = tmp_path / "checkout", tmp_path / "today" / "kie"
    lay(root / "specs")
    folder.mkdir(parents=True)
    capture, data = Captures(root / "specs").recorded(MODEL)
    words = b"For production use"
    assert data.count(words) == 1
    more = data.replace(words, b"20 credits a picture. " + words)
    (folder / Path(capture.spec).name).with_suffix(".md").write_bytes(more)
    (root / "scripts").mkdir()
    (root / "scripts" / "regenerate.py").write_text("raise SystemExit('no need')")
    update.main(["--root", str(root), "--no-tests", "--from", str(folder.parent)])
    assert "20 credits a picture." in capsys.readouterr().out


def test_lines_of_the_site_are_no_words_of_the_page(kept: Path, tmp_path: Path) -> None:
    """A day under a page or a frame of HTML around it; nor a second fence, or a vendored head."""
    text = (KEPT / PAGES["kie.md"]).read_text(encoding="utf-8")
    dated, framed = tmp_path / "dated.md", tmp_path / "framed.html"
    dated.write_text(f"{text}\nModified at 2026-11-30\n", encoding="utf-8")
    document = text[text.index("openapi: 3") : text.rindex("````")].replace("<", "&lt;")
    framed.write_text(f"<html><p>30 pages</p><pre>{document}</pre></html>", encoding="utf-8")
    twice = tmp_path / "twice.md"
    twice.write_text(f"{text}\n{text[text.index('````yaml') :]}\n", encoding="utf-8")
    for page in (dated, framed, twice, kept / "kie.yaml"):
        assert changes.main([str(KEPT / PAGES["kie.md"]), str(page)]) == 0
