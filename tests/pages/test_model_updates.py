"""The failure this prevents: one model's bad page that holds up all the others, or half of one."""

import shutil
from pathlib import Path

import pytest

import changes
import guide_tables
import update
from imagen4.facts.models import WITHDRAWN
from market.captured import lay
from pages.captures import Captures

ROOT = Path(__file__).resolve().parents[2]
MODEL = "google/nano-banana"
FILE = "kie/google--nano-banana.md"
VALUE = "                        - auto\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the checkout that an update touches, with a generator that does nothing."""
    root = tmp_path_factory.mktemp("original")
    shutil.copytree(ROOT / "generated", root / "generated")
    lay(root / "specs")
    shutil.copytree(ROOT / "wrapper" / "guide", root / "wrapper" / "guide")
    fresh = guide_tables.fresh_page(root)  # of these documents, whatever today's are
    (root / guide_tables.PAGE).write_text(fresh, encoding="utf-8")
    (root / "scripts").mkdir()
    (root / "scripts" / "regenerate.py").touch()
    return root


@pytest.fixture
def checkout(original: Path, tmp_path: Path) -> Path:
    """A checkout of its own for one update."""
    return Path(shutil.copytree(original, tmp_path / "checkout"))


@pytest.fixture
def pages(original: Path, tmp_path: Path) -> Path:
    """Today's pages of the gateway and two of its models, one of which gained a value."""
    folder = tmp_path / "today"
    (folder / "kie").mkdir(parents=True)
    captures = Captures(original / "specs")
    for key in ("kie", f"kie/{MODEL}", "kie/google/imagen4-fast"):
        capture = captures.all()[key]
        name = Path(capture.spec.removeprefix("models/")).with_suffix(".md")
        shutil.copy(captures.folder / capture.file, folder / name)
    text = (folder / FILE).read_text(encoding="utf-8")
    assert VALUE in text
    (folder / FILE).write_text(text.replace(VALUE, VALUE + "                        - NEW\n"))
    return folder


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def run(checkout: Path, pages: Path, *more: str) -> int:
    return update.main(["--root", str(checkout), "--no-tests", "--from", str(pages), *more])


def test_a_models_new_page_is_taken_over(
    checkout: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report names the model, and its file, page and record are the new ones."""
    before = state(checkout)
    assert run(checkout, pages) == 0
    assert f"kie/{MODEL}:\ncompatible request" in capsys.readouterr().out
    after = state(checkout)
    assert {name for name in after if after[name] != before.get(name)} == {
        "specs/models/kie/google--nano-banana.yaml",
        "specs/pages/models/kie/google--nano-banana.md",
        "specs/pages/SOURCES.toml",
    }
    assert b"- NEW" in after["specs/models/kie/google--nano-banana.yaml"]


def test_a_models_refused_page_leaves_it_and_holds_up_nothing(
    checkout: Path, pages: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is named, in the report for the pull request, too, and has an exit code of its own."""
    (pages / "kie" / "google--imagen4-fast.md").write_text("# gone\n", encoding="utf-8")
    before, report = state(checkout), tmp_path / "report.md"
    assert run(checkout, pages, "--markdown", str(report)) == 4
    line = "kie/google/imagen4-fast stays as it is: no OpenAPI document in it"
    assert line in capsys.readouterr().err
    assert line in report.read_text(encoding="utf-8")
    after = state(checkout)
    assert b"- NEW" in after["specs/models/kie/google--nano-banana.yaml"]
    for name in (
        "models/kie/google--imagen4-fast.yaml",
        "pages/models/kie/google--imagen4-fast.md",
    ):
        assert after[f"specs/{name}"] == before[f"specs/{name}"]


def test_a_page_of_no_known_model_is_named(
    checkout: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not taken without being asked for, and not passed over in silence."""
    (pages / FILE).rename(pages / "kie" / "new--model.md")
    (pages / "Apikley.TXT").touch()
    (pages / "kie" / "a\n\udcff.md").touch()
    assert run(checkout, pages) == 4
    errors = capsys.readouterr().err
    for name in ("kie/new--model.md", "Apikley.TXT", r"kie/a\n\udcff.md"):
        assert f"'{name}' is no known page: `vendor.py" in errors
    (pages / "Apikley.TXT").unlink()
    (pages / "kie" / "a\n\udcff.md").unlink()
    (pages / "kie.md").unlink()
    (pages / "kie" / "google--imagen4-fast.md").unlink()
    before = state(checkout)
    assert run(checkout, pages) == 3
    assert "by a name such as kie.md; 'kie/new--model.md' is no known" in capsys.readouterr().err
    assert state(checkout) == before


def test_of_two_pages_of_one_model_none_is_taken(
    checkout: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows which is today's."""
    shutil.copy(pages / FILE, (pages / FILE).with_suffix(".txt"))
    assert run(checkout, pages) == 4
    assert "two pages of it, " in capsys.readouterr().err


def test_a_gateways_refused_page_holds_up_its_models(checkout: Path, pages: Path) -> None:
    """What all models share is not known then."""
    (pages / "kie.md").write_text("# gone\n", encoding="utf-8")
    before = state(checkout)
    assert run(checkout, pages) == 3
    assert state(checkout) == before


def test_two_states_of_a_model_are_compared_by_what_is_taken(
    original: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside a vendored model, of a page only the model's part counts."""
    specs = original / "specs"
    spec = str(specs / "models" / FILE.replace(".md", ".yaml"))
    assert changes.main([spec, str(pages / FILE)]) == 1
    assert "enum value added: 'NEW'" in capsys.readouterr().out
    captured = Captures(specs).all()[f"kie/{MODEL}"].file
    assert changes.main([spec, str(specs / "pages" / captured)]) == 0
    assert changes.main([spec, str(specs / "kie.yaml")]) == 3
    assert "not for 'google/nano-banana'" in capsys.readouterr().err


def test_the_guide_names_every_model_with_price_and_withdrawal() -> None:
    """Its table is written from the vendored pages and the facts."""
    table = guide_tables.models_table(ROOT)
    for capture in Captures(ROOT / "specs").all().values():
        mark = " †" if capture.model in WITHDRAWN else ""
        assert f"| {capture.gateway}: `{capture.model}`{mark} |" in table
    assert "12 credits ($0.06) per image" in table
    assert "**`image_urls`**" in table
    assert guide_tables.fresh_page(ROOT) == (ROOT / guide_tables.PAGE).read_text("utf-8")
