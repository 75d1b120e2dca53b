"""The failure this prevents: a page refused, or read otherwise, for where it keeps what it says."""

from pathlib import Path
from typing import Any

import pytest

from gateway_documents import based_on
from imagen4.facts.gateways import DEFAULT_MODEL
from market import models
from market.models import (
    ENVELOPE,
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
from market.samples import body
from pages.captures import Capture
from pages.reader import read_bytes
from pages.vendored import vendored_text
from pages.yamltext import load_yaml

ROOT = Path(__file__).resolve().parents[2]
TASK = {"type": "object", "properties": {"taskId": {"type": "string"}}}
NOTHING = {"200": {"description": ""}}
CODES = {"code": {"type": "integer", "enum": [200, 433]}, "msg": {"type": "string"}}


def named_callback(made: dict[str, Any]) -> None:
    made["components"]["schemas"]["Url"] = {"type": "string", "format": "uri"}
    fields(made)["callBackUrl"] = {"$ref": "#/components/schemas/Url"}


def several_examples(made: dict[str, Any]) -> None:
    example = media(made).pop("example")
    media(made)["examples"] = {"one": {"value": example}, "two": {"summary": "nothing in it"}}


def input_elsewhere(made: dict[str, Any]) -> None:
    made["components"]["schemas"]["In put"] = fields(made)["input"]
    fields(made)["input"] = {"$ref": "#/components/schemas/In%20put"}


def body_elsewhere(made: dict[str, Any]) -> None:
    made["components"]["requestBodies"] = {"Task": post(made)["requestBody"]}
    post(made)["requestBody"] = {"$ref": "#/components/requestBodies/Task"}


def titled(made: dict[str, Any]) -> None:
    for schema in (body(made), fields(made)["input"]):
        schema["title"] = "任务 Task"
    post(made)["tags"] = ["docs/zh/图像"]
    post(made)["operationId"] = "创建"


def in_chinese(made: dict[str, Any]) -> None:
    schemas = made["components"]["schemas"]
    schemas["响应"] = schemas.pop(ENVELOPE)
    answer = post(made)["responses"]["200"]["content"]["application/json"]
    answer["schema"]["$ref"] = "#/components/schemas/%E5%93%8D%E5%BA%94"
    post(made)["description"] = "生成图像。说明：`callBackUrl` 可选（推荐）。"


def with_charset(made: dict[str, Any]) -> None:
    content = post(made)["requestBody"]["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")


HOOK = {"post": {"responses": NOTHING}}
VARIANTS = {
    "the whole body by reference": body_elsewhere,
    "titles and tags": titled,
    "in Chinese": in_chinese,
    "a type with its charset": with_charset,
    "another type beside JSON": setting(
        lambda made: post(made)["requestBody"]["content"], **{"multipart/form-data": {}}
    ),
    "a header that OpenAPI ignores": setting(
        post,
        parameters=[
            parameter("Authorization", "header", required=True),
            parameter("trace", "header", required=False),
        ],
    ),
    "callbacks": setting(post, callbacks={"done": {"{$request.body#/callBackUrl}": HOOK}}),
    "OpenAPI 3.1 with what it adds": lambda made: made.update(
        openapi="3.1.0",
        jsonSchemaDialect="https://spec.openapis.org/oas/3.1/dialect/base",
        webhooks={"done": HOOK},
    ),
    "data inside the envelope": answering(
        {"allOf": [{"type": "object", "properties": CODES | {"data": TASK}, "required": ["data"]}]}
    ),
    "data beside the envelope": answering(
        {
            "allOf": [
                {"$ref": f"#/components/schemas/{ENVELOPE}"},
                {"type": "object", "properties": {"data": TASK}},
            ]
        }
    ),
    "no 500": without(lambda made: post(made)["responses"], "500"),
    "a refusal described": setting(
        lambda made: post(made)["responses"], **{"401": {"description": "no key"}}
    ),
    "the body not required": without(lambda made: post(made)["requestBody"], "required"),
    "model and input required": setting(body, required=["model", "input"]),
    "the callback required": setting(body, required=["model", "callBackUrl", "input"]),
    "a callback without format": setting(fields, callBackUrl={"type": "string"}),
    "a callback by reference": named_callback,
    "progress callbacks": setting(fields, progressCallBackUrl={"type": "string", "format": "uri"}),
    "no operationId": without(post, "operationId"),
    "security of the operation": setting(post, security=[{"BearerAuth": []}]),
    "several examples": several_examples,
    "input by reference": input_elsewhere,
    "the model as a constant": lambda made: (
        made.update(openapi="3.1.0"),
        fields(made).update(model={"const": MODEL}),
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_differs_between_real_pages_passes(variant: str) -> None:
    """Each way in which pages of one gateway differ leads to the same input."""
    capture = Capture(f"kie/{MODEL}", file="", captured="", sha256="")
    text = vendored_text(capture, read_bytes(page(VARIANTS[variant])))
    assert load_yaml(text)["input"] == fields(models.document())["input"]


@pytest.mark.parametrize("variant", [name for name in VARIANTS if "the model" not in name])
def test_a_gateways_document_does_not_depend_on_where_its_page_keeps_things(variant: str) -> None:
    """The envelope is stated once: overlays find their places whatever page came last."""
    named = setting(lambda made: fields(made)["model"], enum=[DEFAULT_MODEL], default=DEFAULT_MODEL)

    def of_default(made: dict[str, Any]) -> None:
        named(made)
        media(made)["example"]["model"] = DEFAULT_MODEL

    envelope = load_yaml((ROOT / "specs/shared/envelope.yaml").read_text(encoding="utf-8"))
    made = models.document(of_default)
    expected = based_on(envelope, made)
    VARIANTS[variant](made)
    assert without_example(based_on(envelope, made)) == without_example(expected)


def without_example(made: dict[str, Any]) -> dict[str, Any]:
    media(made).pop("example", None)
    return made
