"""A finding leads to the line where the promise stands."""

import json
from pathlib import Path

import pytest

from imagen4.contract.checks import CHECKS
from imagen4.contract.document import INPUT_SCHEMA
from imagen4.contract.reports import RENDERERS, make_report, render_annotations
from imagen4.contract.reports.spec_lines import find_spec_line
from imagen4.facts import GATEWAYS
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

ROOT = Path(__file__).parents[2]
MODEL = "google/imagen4"


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("name", CHECKS)
def test_the_line_names_what_the_pointer_ends_with(name: str, gateway: str) -> None:
    """In the page, in what pages share, in an overlay, or in what is generated of them."""
    pointer = CHECKS[name].pointer
    found = find_spec_line(pointer, gateway, MODEL, ROOT)
    assert found.line is not None
    line = (ROOT / found.file).read_text(encoding="utf-8").splitlines()[found.line - 1]
    last = pointer.rpartition("/")[2].replace("~1", "/")
    assert line.lstrip().startswith(
        "- " if last.isdecimal() and len(last) == 1 else (last, f"'{last}", f'"{last}')
    )


def test_a_models_own_field_stands_on_its_page() -> None:
    """Not on the page of the gateway's first model."""
    found = find_spec_line(
        f"{INPUT_SCHEMA}/properties/prompt/maxLength", "kie", "nano-banana-2", ROOT
    )
    assert found.file == "specs/models/kie/nano-banana-2.yaml"
    line = (ROOT / found.file).read_text(encoding="utf-8").splitlines()[(found.line or 0) - 1]
    assert line.strip() == "maxLength: 20000"


def test_without_the_project_at_hand_there_is_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's checkout: an annotation of the run, and a result without a region."""
    monkeypatch.chdir(tmp_path)
    defect = next(each for each in CATALOGUE if each.name == "prompt-of-any-length")
    report = make_report(meet(Setting("kie", "observed"), defect))
    assert render_annotations(report).startswith("::error title=A create whose prompt is too long")
    (result,) = json.loads(RENDERERS["sarif"](report))["runs"][0]["results"]
    place = {"artifactLocation": {"uri": "specs/kie.yaml"}}
    assert result["locations"] == [{"physicalLocation": place}]
