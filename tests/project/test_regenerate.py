"""generated/ must be exactly what specs/ say: an edit by hand, or a forgotten run, shows."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

import regenerate


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of specs/ and generated/ which the script takes for the project's."""
    for name in ("specs", "generated"):
        shutil.copytree(regenerate.ROOT / name, tmp_path / name)
    monkeypatch.setattr(regenerate, "ROOT", tmp_path)
    monkeypatch.setattr(regenerate, "SPECS", tmp_path / "specs")
    monkeypatch.setattr(regenerate, "GENERATED", tmp_path / "generated")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["regenerate.py", *arguments])
    regenerate.main()


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def flip(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_byte_in_any_source_asks_for_a_new_run(copy: Path) -> None:
    """Each document and overlay is recorded by its hash, comments and spaces included."""
    recorded = (copy / "generated/README.md").read_text(encoding="utf-8")
    assert regenerate.sources() in recorded
    paths = [path for path in (copy / "specs").rglob("*.yaml") if "pages" not in path.parts]
    assert len(paths) >= 6
    for path in paths:
        before = path.read_bytes()
        path.write_bytes(before + b" ")
        assert regenerate.sources() not in recorded
        path.write_bytes(before)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("generated/imagen4_generated/kie/models/task_details.py", "task_id", "task_iD"),
        ("specs/apikley.yaml", "title: ", "title: Another "),
        ("specs/overlays/client.yaml", "# The tolerant", "#  The tolerant"),
    ],
)
@pytest.mark.slow
def test_check_fails_after_any_small_change(
    copy: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str
) -> None:
    """One changed byte in the code, a document or an overlay is found, and nothing is written."""
    flip(copy / file, old, new)
    before = content(copy)
    with pytest.raises(SystemExit, match="does not match"):
        run(monkeypatch, "--check")
    assert content(copy) == before


def test_check_names_the_files_that_differ(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changed, missing and foreign files are each named with what is wrong; none is touched.

    What would be written is taken as it stands: `make fresh` has just generated it.
    """
    shutil.copytree(copy / "generated", copy / "whole")
    monkeypatch.setattr(
        regenerate, "build", partial(shutil.copytree, copy / "whole", dirs_exist_ok=True)
    )
    flip(copy / "generated/imagen4_generated/kie/errors.py", "error", "Error")
    (copy / "generated/imagen4_generated/kie/types.py").unlink()
    (copy / "generated/notes.txt").write_text("mine", encoding="utf-8")
    before = content(copy)
    with pytest.raises(SystemExit, match="does not match"):
        run(monkeypatch, "--check")
    assert content(copy) == before
    assert capsys.readouterr().out.splitlines() == [
        "differs: imagen4_generated/kie/errors.py",
        "missing: imagen4_generated/kie/types.py",
        "not expected: notes.txt",
    ]


@pytest.mark.slow  # `make fresh` compares the same bytes
def test_a_run_from_nothing_gives_the_same_bytes(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever and wherever it runs, the script writes exactly what the repository holds."""
    shutil.rmtree(copy / "generated")
    run(monkeypatch)
    assert (
        regenerate.differences(
            Path(regenerate.__file__).parents[1] / "generated", copy / "generated"
        )
        == []
    )


def test_a_document_that_is_not_openapi_is_refused(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spec broken by hand stops the run with one line, and generated/ stays as it was."""
    flip(copy / "specs/kie.yaml", "type: integer", "type: whole")
    with pytest.raises(SystemExit, match="kie: not valid OpenAPI at /"):
        run(monkeypatch)
    assert (copy / "generated/imagen4_generated/kie/types.py").exists()


def test_a_generator_of_another_version_is_refused(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the pinned generator and formatter may write generated/."""
    monkeypatch.setattr(regenerate, "version", lambda package: "0.0.1")
    with pytest.raises(SystemExit, match=r"0\.0\.1 is not the pinned version"):
        run(monkeypatch)


@pytest.mark.parametrize("gateway", regenerate.GATEWAYS)
def test_the_vendored_document_is_kept_apart_from_what_we_know(gateway: str) -> None:
    """The judge's document has the enum of codes that the reader's no longer has."""
    package = regenerate.GENERATED / regenerate.PACKAGE / gateway
    read = {name: json.loads((package / f"{name}.json").read_bytes()) for name in regenerate.LAYERS}
    code = {
        name: doc["components"]["schemas"]["ApiResponse"]["properties"]["code"]
        for name, doc in read.items()
    }
    assert "enum" in code["vendored"]
    assert "enum" not in code["effective"]
    assert list(read["vendored"]["paths"]) == ["/api/v1/jobs/createTask"]
    assert "/api/v1/jobs/recordInfo" in read["effective"]["paths"]
