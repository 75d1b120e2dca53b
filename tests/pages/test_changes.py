"""The failure this prevents: a change that breaks clients and is reported as harmless."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import changes
from differences import Grade, Side, compare, verdict
from differences.report import as_json, as_markdown, as_text
from market import samples
from market.writer import write

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[[dict[str, Any]], object]
B, C, N = Grade.BREAKING, Grade.COMPATIBLE, Grade.COSMETIC


def _ratio(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = samples.given(document)["properties"]["ratio"]
    return found


def _prompt(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = samples.given(document)["properties"]["prompt"]
    return found


def _code(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = samples.answer(document)["properties"]["code"]
    return found


def _operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][samples.CREATE]["post"]
    return found


def _media(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _operation(document)["requestBody"]["content"]["application/json"]
    return found


EDITS: dict[str, tuple[Edit, Grade, Side]] = {
    "request enum value removed": (lambda d: _ratio(d)["enum"].remove("16:9"), B, Side.REQUEST),
    "request enum value added": (lambda d: _ratio(d)["enum"].append("auto"), C, Side.REQUEST),
    "response enum value added": (lambda d: _code(d)["enum"].append(433), B, Side.RESPONSE),
    "response enum value removed": (lambda d: _code(d)["enum"].remove(401), C, Side.RESPONSE),
    "default changed": (lambda d: _ratio(d).update(default="16:9"), B, Side.REQUEST),
    "default removed": (lambda d: _ratio(d).pop("default"), B, Side.REQUEST),
    "server changed": (lambda d: d["servers"][0].update(url="https://b.example"), B, Side.BOTH),
    "security dropped": (lambda d: d.update(security=[]), B, Side.BOTH),
    "security scheme changed": (
        lambda d: d["components"]["securitySchemes"]["BearerAuth"].update(scheme="basic"),
        B,
        Side.BOTH,
    ),
    "maxLength tightened": (lambda d: _prompt(d).update(maxLength=500), B, Side.REQUEST),
    "maxLength loosened": (lambda d: _prompt(d).update(maxLength=9000), C, Side.REQUEST),
    "minLength added": (lambda d: _prompt(d).update(minLength=3), B, Side.REQUEST),
    "pattern added": (lambda d: _prompt(d).update(pattern="^a"), B, Side.REQUEST),
    "type changed": (lambda d: _prompt(d).update(type="integer"), B, Side.REQUEST),
    "request may be null": (lambda d: _prompt(d).update(nullable=True), C, Side.REQUEST),
    "answer may be null": (lambda d: _code(d).update(nullable=True), B, Side.RESPONSE),
    "request property removed": (
        lambda d: samples.given(d)["properties"].pop("ratio"),
        B,
        Side.REQUEST,
    ),
    "optional property added": (
        lambda d: samples.given(d)["properties"].update(seed={"type": "string"}),
        C,
        Side.REQUEST,
    ),
    "required property added": (
        lambda d: (
            samples.given(d)["properties"].update(seed={"type": "string"}),
            samples.given(d)["required"].append("seed"),
        ),
        B,
        Side.REQUEST,
    ),
    "property becomes required": (
        lambda d: samples.given(d)["required"].append("ratio"),
        B,
        Side.REQUEST,
    ),
    "property no longer required": (
        lambda d: samples.given(d).pop("required"),
        C,
        Side.REQUEST,
    ),
    "answer promises more": (
        lambda d: samples.answer(d).update(required=["data"]),
        C,
        Side.RESPONSE,
    ),
    "answer loses a property": (
        lambda d: samples.answer(d)["properties"].pop("data"),
        B,
        Side.RESPONSE,
    ),
    "body no longer required": (
        lambda d: _operation(d)["requestBody"].pop("required"),
        C,
        Side.REQUEST,
    ),
    "required parameter added": (
        lambda d: _operation(d).update(
            parameters=[
                {"name": "a", "in": "query", "required": True, "schema": {"type": "string"}}
            ]
        ),
        B,
        Side.REQUEST,
    ),
    "media type replaced": (
        lambda d: _operation(d)["requestBody"].update(content={"text/plain": _media(d)}),
        B,
        Side.REQUEST,
    ),
    "response added": (
        lambda d: _operation(d)["responses"].update({"404": {"description": "Not found"}}),
        C,
        Side.RESPONSE,
    ),
    "good response removed": (lambda d: _operation(d)["responses"].pop("200"), B, Side.RESPONSE),
    "operation removed": (lambda d: d["paths"].pop(samples.CREATE), B, Side.BOTH),
    "description changed": (lambda d: _prompt(d).update(description="Words"), N, Side.REQUEST),
    "example changed": (lambda d: _prompt(d).update(example="b"), N, Side.REQUEST),
}


@pytest.mark.parametrize("case", EDITS)
def test_each_change_has_its_grade_and_side(case: str) -> None:
    """One edit gives one change, graded from where the client stands, with its pointer."""
    edit, grade, side = EDITS[case]
    new = samples.document()
    edit(new)
    found = compare(samples.document(), new)
    assert verdict(found) is grade
    graver = [change for change in found if change.grade is grade]
    assert {change.side for change in graver} == {side}
    assert all(change.pointer.startswith("/") for change in found)


def _behind_ref(document: dict[str, Any]) -> None:
    schema = _media(document)["schema"]
    document["components"]["schemas"]["Body"] = schema
    _media(document)["schema"] = {"$ref": "#/components/schemas/Body"}


def _in_parts(document: dict[str, Any]) -> None:
    schema = samples.answer(document)
    code = schema["properties"].pop("code")
    part = {"type": "object", "properties": {"code": code}}
    document["components"]["schemas"]["Answer"] = {"allOf": [part, schema]}


def _reordered(document: dict[str, Any]) -> None:
    document["components"] = dict(reversed(document["components"].items()))
    document["paths"] = document.pop("paths")


def _security_on_operation(document: dict[str, Any]) -> None:
    _operation(document)["security"] = document.pop("security")


@pytest.mark.parametrize("edit", [_behind_ref, _in_parts, _reordered, _security_on_operation])
def test_another_way_to_write_it_is_no_change(edit: Edit) -> None:
    """References, allOf, the order of keys and the place of security carry no meaning."""
    new = samples.document()
    edit(new)
    assert compare(samples.document(), new) == []
    assert compare(new, samples.document()) == []


def test_recursive_schemas_end() -> None:
    """A schema that holds itself is compared once."""
    new = samples.document()
    answer = samples.answer(new)
    answer["properties"]["next"] = {"$ref": "#/components/schemas/Answer"}
    assert compare(new, new) == []
    assert verdict(compare(samples.document(), new)) is C


def test_the_gateways_differ_in_num_images_and_server() -> None:
    """Between the two vendored documents these are reported, with their grades."""
    found = changes.between(ROOT / "specs" / "kie.yaml", ROOT / "specs" / "apikley.yaml")
    assert {
        (B, "servers: https://api.kie.ai → https://api.apikley.ru"),
        (C, "property added: num_images (optional)"),
    } <= {(change.grade, change.text) for change in found}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda d: None, 0),
        (lambda d: _prompt(d).update(description="x"), 0),
        (lambda d: _ratio(d)["enum"].append("auto"), 1),
        (lambda d: samples.given(d)["properties"].pop("prompt"), 2),
    ],
)
def test_exit_codes(
    edit: Edit, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 nothing or cosmetic, 1 compatible, 2 breaking; one line for each change."""
    new = samples.document()
    edit(new)
    old_path, new_path = tmp_path / "old.yaml", tmp_path / "new.md"
    old_path.write_text(samples.yaml(), encoding="utf-8")
    new_path.write_text(samples.mintlify(write(new)), encoding="utf-8")
    assert changes.main([str(old_path), str(new_path)]) == code
    text = capsys.readouterr().out
    assert changes.main([str(old_path), str(new_path), "--json"]) == code
    report = json.loads(capsys.readouterr().out)
    assert text.count("\n") == len(report["changes"]) + 1


@pytest.mark.parametrize("arguments", [["missing.yaml", "missing.yaml"], [], ["--nonsense"]])
def test_errors_are_not_taken_for_breaking_changes(arguments: list[str]) -> None:
    """A file that is not there and a wrong call have an exit code of their own."""
    try:
        code = changes.main(arguments)
    except SystemExit as stop:
        code = int(str(stop.code))
    assert code == 3


def test_text_of_a_page_cannot_act_in_a_pull_request() -> None:
    """Markup, mentions and table bars out of a page stay text."""
    new = samples.document()
    _ratio(new)["enum"].append("`|<img src=x> @everyone\n")
    text = as_markdown(compare(samples.document(), new), "lab")
    row = next(line for line in text.splitlines() if "@everyone" in line)
    assert row.count("`") == 4
    assert json.loads(as_json(compare(samples.document(), new)))["verdict"] == "compatible"


def test_text_of_a_page_cannot_act_in_a_log() -> None:
    """Names with line breaks, control or direction characters stand written out, on one line."""
    new = samples.document()
    samples.given(new)["properties"]["a\n::error::\x1b[2J\u202e"] = {"maximum": 10**500}
    (change,) = compare(samples.document(), new)
    assert r"property added: a\n::error::\x1b[2J\u202e (optional)" in change.line()
    assert r"added: a ::error::\x1b[2J\u202e" in as_markdown([change], "lab")
    samples.given(new)["properties"]["prompt"]["maxLength"] = 10**500
    assert max(map(len, as_text(compare(samples.document(), new)).splitlines())) < 300
