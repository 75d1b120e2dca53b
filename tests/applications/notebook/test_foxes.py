"""Guards against pictures that a notebook does not show, in one as a user writes it."""

import io
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from imagen4.sandbox import Sandbox

NOTEBOOK = Path(__file__).with_name("foxes.ipynb")
EMBEDDED = re.compile('src="data:image/png;base64,([^"]*)"')
LONGEST = 60  # seconds for a cell, and for the kernel to start


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=0) as running:
        yield running


@pytest.fixture
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs this: no kernels, no profiles, no settings."""
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


class Executed:
    """The outputs of a notebook's code cells."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.outputs = [output for cell in cells for output in cell.outputs]
        self.text = nbformat.writes(notebook)

    def pictures(self) -> list[list[Image.Image]]:
        """What each output with HTML shows, decoded to the last byte."""
        shown = [each.data["text/html"] for each in self.outputs if "text/html" in each.data]
        return [[drawn(each) for each in EMBEDDED.findall(html)] for html in shown]


def drawn(encoded: str) -> Image.Image:
    picture = Image.open(io.BytesIO(b64decode(encoded)))
    picture.load()
    return picture


@pytest.fixture
def executed(
    surroundings: None, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Executed:
    """The notebook, run by a kernel of its own in the test's folder."""
    monkeypatch.setenv("KIE_API_KEY", sandbox.key("kie"))
    monkeypatch.setenv("KIE_BASE_URL", sandbox.url("kie"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    times = {"startup_timeout": LONGEST, "timeout": LONGEST}
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", resources=where, **times).execute()
    return Executed(notebook)


@pytest.mark.slow
def test_a_notebook_holds_the_pictures_it_made(
    executed: Executed, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Results and images of either client show themselves, and each is downloaded once."""
    foxes, alone, owl, owls = executed.pictures()
    assert [len(foxes), len(alone), len(owl), len(owls)] == [2, 1, 1, 1]
    assert {picture.format for picture in (*foxes, *owls)} == {"PNG"}
    assert alone[0].tobytes() == foxes[1].tobytes() != foxes[0].tobytes()
    assert owl[0].tobytes() == owls[0].tobytes()
    (stamp,) = [each.data["image/png"] for each in executed.outputs if "image/png" in each.data]
    assert drawn(stamp).size == (64, 64)
    assert len(list(tmp_path.glob("foxes/*.png"))) == 2
    downloads = [each.path for each in sandbox.requests if each.path.startswith("/files/")]
    assert len(downloads) == len(set(downloads)) == 3
    assert "seed 7" in executed.text
    assert "16 credits ($0.08)" in executed.text
    assert sandbox.key("kie") not in executed.text
