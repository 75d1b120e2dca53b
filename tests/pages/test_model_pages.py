"""The failure this prevents: a model taken from a page of another model or of another gateway."""

from pathlib import Path
from typing import Any

import pytest

import vendor
from market import models
from market.models import (
    MODEL,
    answering,
    fields,
    media,
    page,
    parameter,
    post,
    setting,
    without,
)
from market.samples import CREATE, body
from pages import errors
from pages.yamltext import load_yaml

ROOT = Path(__file__).resolve().parents[2]
NOTHING = {"200": {"description": ""}}
WAYS_OUT = {way for name, way in vars(errors).items() if name.isupper()}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder with the record of the gateways' own pages, and no model."""
    folder = tmp_path / "specs"
    (folder / "pages").mkdir(parents=True)
    sources = (ROOT / "specs" / "pages" / "SOURCES.toml").read_bytes()
    (folder / "pages" / "SOURCES.toml").write_bytes(sources)
    return folder


def vendored(specs: Path, data: bytes, *arguments: str, model: str = MODEL) -> int:
    """The exit code of vendor.py for a page of a model."""
    path = specs.parent / "page.md"
    path.write_bytes(data)
    command = ["kie", str(path), "--model", model, "--specs", str(specs), *arguments]
    return vendor.main(command)


def state(specs: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in specs.rglob("*") if path.is_file()}


def test_only_name_and_input_are_taken(specs: Path) -> None:
    """The vendored file holds them, the page stands beside it, and its source is recorded."""
    assert vendored(specs, page(), "--url", "https://docs.kie.ai/market/lab/picture.md") == 0
    text = (specs / "models" / "kie" / "lab--picture.yaml").read_text(encoding="utf-8")
    content = load_yaml(text)
    assert list(content) == ["model", "summary", "input"]
    assert (content["model"], content["summary"]) == (MODEL, "Make a picture")
    assert content["input"] == fields(models.document())["input"]
    assert "# page:     https://docs.kie.ai/market/lab/picture.md" in text.splitlines()
    assert (specs / "pages" / "models" / "kie" / "lab--picture.md").read_bytes() == page()
    before = state(specs)
    assert vendor.main(["kie", "--model", MODEL, "--specs", str(specs)]) == 0
    assert state(specs) == before


LIES = {
    "another model": (
        setting(lambda made: fields(made)["model"], enum=["lab/edit"]),
        "the page is for 'lab/edit', not for 'lab/picture'",
    ),
    "an example of another model": (
        setting(lambda made: media(made)["example"], model="lab/edit"),
        "the page is for 'lab/edit', not for 'lab/picture'",
    ),
    "no model": (without(fields, "model"), "the page names no model"),
    "any model": (
        lambda made: (fields(made).update(model={"type": "string"}), media(made).pop("example")),
        "the page does not say which model it is for",
    ),
    "no input": (without(fields, "input"), "the page names no input"),
    "no key": (setting(post, security=[]), "by its `security` the page needs no key"),
    "a key if you like": (
        setting(post, security=[{"BearerAuth": []}, {}]),
        "by its `security` the page needs no key",
    ),
    "a key in the address": (
        setting(
            lambda made: made["components"]["securitySchemes"],
            BearerAuth={"type": "apiKey", "in": "query", "name": "key"},
        ),
        "the key goes elsewhere than into `Authorization: Bearer`",
    ),
    "another server": (
        lambda made: made.update(servers=[{"url": "https://api.kie.ai.example"}]),
        "another server: 'https://api.kie.ai.example'",
    ),
    "a second server": (
        setting(post, servers=[{"url": "https://api.kie.ai"}, {"url": "https://evil.example"}]),
        "another server: 'https://evil.example'",
    ),
    "no server": (lambda made: made.pop("servers"), "the page names no server"),
    "an unknown field": (
        setting(fields, webhookKey={"type": "string"}),
        "the body has a field beside model and input: 'webhookKey'",
    ),
    "another body": (setting(body, oneOf=[{}]), "the body has the keyword 'oneOf'"),
    "a field that must be sent": (
        setting(body, required=["model", "progressCallBackUrl"]),
        "the body requires 'progressCallBackUrl'",
    ),
    "a parameter": (
        setting(post, parameters=[parameter("a", "query", required=True)]),
        "the operation requires the parameter 'a'",
    ),
    "a second operation": (
        setting(
            lambda made: made["paths"],
            **{"/b": {"get": {"responses": NOTHING}}},
        ),
        f"not a page of POST {CREATE}, or not of that alone",
    ),
    "a second method": (
        setting(lambda made: made["paths"][CREATE], get={"responses": NOTHING}),
        f"{CREATE} has another method than post",
    ),
    "another media type": (
        setting(lambda made: post(made)["requestBody"], content={"text/plain": {}}),
        "the request body is something else than application/json",
    ),
    "a list as body": (setting(body, type="array", items={}), "the body is no object"),
    "a number as callback": (
        setting(fields, callBackUrl={"type": "integer"}),
        "callBackUrl is not a text",
    ),
    "a model of any kind": (
        lambda made: (made.update(openapi="3.1.0"), fields(made).update(model=True)),
        "model is not described",
    ),
    "two ways to succeed": (
        setting(lambda made: post(made)["responses"], **{"201": {"description": "made"}}),
        "the operation does not answer with 200 alone",
    ),
    "an answer of any kind": (
        lambda made: (
            made.update(openapi="3.1.0"),
            answering({"properties": {"data": True}})(made),
        ),
        "data of the answer is not an object",
    ),
    "another answer": (
        answering({"type": "object", "properties": {"id": {"type": "string"}}}),
        "the answer has no data.taskId",
    ),
    "a number as id": (
        answering({"properties": {"data": {"properties": {"taskId": {"type": "integer"}}}}}),
        "taskId of the answer is integer, not string",
    ),
    "a list as input": (
        setting(fields, input={"type": "array", "items": {"type": "string"}}),
        "input is not an object",
    ),
    "an input of nothing": (setting(fields, input={"type": "object"}), "input names no field"),
}


@pytest.mark.parametrize("lie", LIES)
def test_anything_else_is_refused_by_name(
    lie: str, specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, which ends with the way out, and nothing is written."""
    change, reason = LIES[lie]
    before = state(specs)
    assert vendored(specs, page(change)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    told, _, way_out = line.rpartition("; ")
    assert told.endswith(f": {reason}")
    assert way_out in WAYS_OUT
    assert state(specs) == before


@pytest.mark.parametrize(
    "name", ["../../x", "a//b", "/a", "a--b", "a b", "..", "a\nb", "", "x" * 101]
)
def test_a_name_that_is_no_file_name_is_refused(name: str, specs: Path) -> None:
    """What cannot be told from another file, or leads out of the folder."""
    before = state(specs)

    def change(made: dict[str, Any]) -> None:
        fields(made)["model"] = {"type": "string", "enum": [name], "default": name}
        media(made)["example"]["model"] = name

    assert vendored(specs, page(change), model=name) == 1
    assert state(specs) == before


def test_the_gateways_own_page_must_be_of_the_default_model(specs: Path) -> None:
    """Without --model another model's page is not taken for the gateway's document."""
    path = specs.parent / "page.md"
    path.write_bytes(page())
    assert vendor.main(["kie", str(path), "--specs", str(specs)]) == 1
    assert not (specs / "kie.yaml").exists()
