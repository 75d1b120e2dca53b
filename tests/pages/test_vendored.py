"""The failure this prevents: a vendored document that says something its page does not."""

import hashlib
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

import vendor
from imagen4.facts import GATEWAYS
from imagen4.facts.protocol import CREATE_PATH
from market.captured import KEPT
from pages.captures import Captures
from pages.conform import errors, samples
from pages.yamltext import load_yaml

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "specs"
CAPTURES = Captures(SPECS).all()
PAGE = (KEPT / "apikley-google-imagen4.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def apikley(kept: Path) -> dict[str, Any]:
    """The recovered document of apikley."""
    return load_yaml((kept / "apikley.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def request_body(apikley: dict[str, Any]) -> dict[str, Any]:
    """The JSON media type of its request body."""
    found: dict[str, Any] = apikley["paths"][CREATE_PATH]["post"]["requestBody"]["content"]
    return found["application/json"]


@pytest.mark.parametrize("key", CAPTURES)
def test_vendoring_again_gives_the_same_bytes(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each document and model is what is read from its captured page, byte for byte."""
    capture = CAPTURES[key]
    assert vendor.main([capture.gateway, "--model", capture.model, "--stdout"]) == 0
    assert capsys.readouterr().out.encode() == (SPECS / capture.spec).read_bytes()


def test_every_vendored_file_has_a_captured_page() -> None:
    """Nothing under specs/ that is said to be vendored was written otherwise."""
    files = [*SPECS.glob("*.yaml"), *SPECS.glob("models/*/*.yaml")]
    found = {path.relative_to(SPECS).as_posix() for path in files}
    assert found == {capture.spec for capture in CAPTURES.values()}
    assert set(GATEWAYS) <= set(CAPTURES)


def test_a_page_without_indentation_is_read_beside_the_one_before(
    kept: Path, tmp_path: Path
) -> None:
    """What it has more is placed; its other lines stand where the vendored document has them."""
    shutil.copytree(kept, tmp_path / "specs")
    page = tmp_path / "page.txt"
    page.write_text(PAGE.replace("- '4:3'\n", "- '4:3'\n- NEW\n"), encoding="utf-8")
    assert vendor.main(["apikley", str(page), "--specs", str(tmp_path / "specs")]) == 0
    text = (tmp_path / "specs" / "apikley.yaml").read_text(encoding="utf-8")
    ratio = "                        - '4:3'\n"
    before = (kept / "apikley.yaml").read_text(encoding="utf-8")
    assert load_yaml(text) == load_yaml(
        before.replace(ratio, ratio + ratio.replace("'4:3'", "NEW"))
    )


def test_captured_pages_are_the_recorded_ones() -> None:
    """Each page has the SHA-256 that is recorded for it."""
    sources = tomllib.loads((SPECS / "pages" / "SOURCES.toml").read_text(encoding="utf-8"))
    for entry in sources.values():
        data = (SPECS / "pages" / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]


def test_an_altered_capture_is_refused(tmp_path: Path) -> None:
    """A page that is not the recorded one is not taken for it."""
    shutil.copytree(SPECS / "pages", tmp_path / "pages")
    page = tmp_path / "pages" / CAPTURES["kie"].file
    page.write_bytes(page.read_bytes() + b"\n")
    assert vendor.main(["kie", "--specs", str(tmp_path)]) == 1
    assert not (tmp_path / "kie.yaml").exists()


def test_kie_is_the_fence_as_it_stands(kept: Path) -> None:
    """Of the kie page nothing is rewritten: the document is the fence's text."""
    page = (KEPT / "kie-google-imagen4.md").read_text(encoding="utf-8")
    fence = page.split("````")[1].split("\n", 1)[1]
    text = (kept / "kie.yaml").read_text(encoding="utf-8")
    document = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("# "))
    assert document.rstrip("\n") == fence.rstrip("\n")


def test_apikley_flattened_gives_the_page_back(kept: Path) -> None:
    """Without indentation the recovered document has the page's lines, but the address."""
    text = (kept / "apikley.yaml").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    page = PAGE.splitlines()
    start = page.index("openapi: 3.0.0")
    expected = [line for line in page[start:-1] if not line.startswith("email: [email")]
    assert lines == expected


def test_the_head_says_what_is_missing(kept: Path) -> None:
    """The destroyed address is named where it was, and not invented."""
    text = (kept / "apikley.yaml").read_text(encoding="utf-8")
    assert "# left out: email (page line 19), destroyed by e-mail obfuscation" in text
    assert "@" not in text


def test_input_stands_beside_model(request_body: dict[str, Any]) -> None:
    """The body has three properties, and only model is required."""
    schema = request_body["schema"]
    assert list(schema["properties"]) == ["model", "callBackUrl", "input"]
    assert schema["required"] == ["model"]
    assert schema["properties"]["model"]["enum"] == ["google/imagen4"]


def test_five_fields_of_which_prompt_is_required(request_body: dict[str, Any]) -> None:
    """The input has the five fields of the page, in its order."""
    given = request_body["schema"]["properties"]["input"]
    names = ["prompt", "negative_prompt", "aspect_ratio", "num_images", "seed"]
    assert list(given["properties"]) == names
    assert given["required"] == ["prompt"]
    assert given["type"] == "object"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("prompt", {"type": "string", "maxLength": 5000}),
        ("negative_prompt", {"type": "string", "maxLength": 5000, "example": ""}),
        (
            "aspect_ratio",
            {"enum": ["1:1", "16:9", "9:16", "3:4", "4:3"], "default": "1:1", "example": "1:1"},
        ),
        ("num_images", {"type": "string", "enum": ["1", "2", "3", "4"], "default": "1"}),
        ("seed", {"type": "string", "maxLength": 500, "example": ""}),
    ],
)
def test_facts_of_each_field(
    request_body: dict[str, Any], name: str, facts: dict[str, Any]
) -> None:
    """Types, bounds, values, defaults and examples are those of the page."""
    field = request_body["schema"]["properties"]["input"]["properties"][name]
    assert {key: field[key] for key in facts} == facts


def test_the_example_stands_beside_the_schema(request_body: dict[str, Any]) -> None:
    """The request's example belongs to the media type and holds every field."""
    example = request_body["example"]
    assert example["model"] == "google/imagen4"
    assert example["input"]["num_images"] == "1"
    assert example["input"]["prompt"].startswith("A lively comic scene")
    assert example["input"]["prompt"].endswith("comic-style illustrations.")


def test_answers_of_the_operation(apikley: dict[str, Any]) -> None:
    """There are two responses; the good one adds data.taskId to the shared envelope."""
    responses = apikley["paths"][CREATE_PATH]["post"]["responses"]
    assert list(responses) == ["200", "500"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert schema["allOf"][0] == {"$ref": "#/components/schemas/ApiResponse"}
    task = schema["allOf"][1]["properties"]["data"]["properties"]["taskId"]
    assert task["example"] == "task_google_1765172350621"
    assert responses["500"] == {"$ref": "#/components/responses/Error"}


def test_components(apikley: dict[str, Any]) -> None:
    """The envelope has code and msg, nothing is required, and the key goes in a header."""
    parts = apikley["components"]
    envelope = parts["schemas"]["ApiResponse"]
    assert envelope["properties"]["code"]["enum"][-3:] == [500, 501, 505]
    assert list(envelope["properties"]) == ["code", "msg"]
    assert "required" not in envelope
    assert parts["responses"] == {"Error": {"description": "Server Error"}}
    assert parts["securitySchemes"]["BearerAuth"]["bearerFormat"] == "API Key"
    assert apikley["servers"][0]["url"] == "https://api.apikley.ru"


def test_every_example_fits_its_own_schema(apikley: dict[str, Any]) -> None:
    """Each example and default of the recovered document validates."""
    found = list(samples(apikley))
    assert len(found) > 10
    assert [list(errors(apikley, schema, example)) for schema, example in found] == [[]] * len(
        found
    )
