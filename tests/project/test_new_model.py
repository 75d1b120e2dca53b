"""A page more is a model more: from a page alone to everything that is generated of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import regenerate
import vendor
from market.models import MODEL, input_with, page

RATIO = {"type": "string", "enum": ["5:7", "1:1"], "default": "5:7"}
FIELDS = {
    "prompt": {"type": "string", "maxLength": 300},
    "aspect_ratio": RATIO,
    "strength": {"type": "number", "enum": [0, 0.5, 1]},
    "layers": {"type": "array", "items": {"type": "object", "properties": {"n": {}}}},
}
PICTURE_OF = Path(__file__).with_name("picture_of.py")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of specs/ with an invented page and a hundred like it, and what is generated of it."""
    folder = tmp_path_factory.mktemp("checkout")
    specs, source = folder / "specs", folder / "page.md"
    shutil.copytree(regenerate.SPECS, specs)
    source.write_bytes(page(input_with(**FIELDS)))
    assert vendor.main(["kie", str(source), "--model", MODEL, "--specs", str(specs)]) == 0
    vendored = specs / "models" / "kie" / "lab--picture.yaml"
    for number in range(100):
        text = vendored.read_text(encoding="utf-8").replace(MODEL, f"{MODEL}-{number}")
        vendored.with_stem(f"lab--picture-{number}").write_text(text, encoding="utf-8")
    (folder / "generated").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regenerate, "SPECS", specs)
        regenerate.build(folder / "generated")
    return folder


def read_by_facts(checkout: Path, code: str) -> Any:
    """What the facts say with the checkout's generated package in place of the project's."""
    return in_checkout(checkout, "-c", f"import json; from imagen4.facts import {code}")


def in_checkout(checkout: Path, *arguments: str) -> Any:
    environment = os.environ | {"PYTHONPATH": str(checkout / "generated")}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_page_alone_is_in_the_catalogue_and_among_the_names(checkout: Path) -> None:
    """Vendored and regenerated, people and type checkers find it."""
    names = (checkout / "generated/imagen4_generated/names.py").read_text(encoding="utf-8")
    assert f'    "{MODEL}",\n' in names.partition("ApikleyModel")[0]
    assert '    "5:7",\n' in names.partition("AspectRatio")[2]
    code = f"models; e = models.catalogue('imagen4_generated.kie')[{MODEL!r}]"
    entry = read_by_facts(checkout, f"{code}; print(json.dumps([e.slug, e.summary]))")
    assert entry == ["lab--picture", "Make a picture"]


def test_its_document_is_the_gateways_with_its_own_input(checkout: Path) -> None:
    """Sandbox and contract suite are given its name and schema, and nobody else's example."""
    code = f"documents; found = documents.document('kie', 'contract', {MODEL!r})"
    document = read_by_facts(checkout, f"{code}; print(json.dumps(found))")
    body = document["paths"]["/api/v1/jobs/createTask"]["post"]["requestBody"]
    media = body["content"]["application/json"]
    assert media["schema"]["properties"]["model"]["enum"] == [MODEL]
    assert media["schema"]["properties"]["input"]["properties"] == FIELDS
    assert "example" not in media


def test_it_makes_pictures_in_the_sandbox_which_keeps_its_word(checkout: Path) -> None:
    """Drawn in its ratio, held to its schema, and found to conform, without a line for it."""
    (width, height), exit_code = in_checkout(checkout, str(PICTURE_OF), MODEL)
    assert (width * 7, exit_code) == (height * 5, 0)


def test_a_hundred_models_change_no_code(checkout: Path) -> None:
    """Whatever their schemas, the generated Python files are the same, but for the names."""
    changed = regenerate.differences(checkout / "generated", regenerate.GENERATED)
    python = [line for line in changed if line.endswith(".py")]
    assert python == ["differs: imagen4_generated/names.py"]
    assert len([line for line in changed if line.startswith("missing: ")]) == 101
