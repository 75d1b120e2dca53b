"""Defects of the request side: values that are nearly right, and right ones that are refused."""

import html
import json
from typing import Any

from imagen4.facts.gateways import DEFAULT_MODEL
from sharpening.defect import (
    Area,
    accepting,
    accepting_model,
    also_accepting,
    around,
    before_check,
    changing,
    refusing,
)
from sharpening.reference import Reference

AREA = Area("request")
LONGEST = 5_000


def _text_that(accepts: Any) -> Any:
    """`accepts` of a text; anything else is refused."""
    return lambda value: isinstance(value, str) and bool(accepts(value))


def _is_small(text: str) -> bool:
    return not text.isdecimal() or int(text[:20]) < 2**31


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


AREA.add("ratio-auto-too", also_accepting("aspect_ratio", lambda value: value == "auto"))
AREA.add("ratio-3-to-2-too", also_accepting("aspect_ratio", lambda value: value == "3:2"))
AREA.add("ratio-by-prefix", also_accepting("aspect_ratio", _text_that(lambda v: v[:4] == "16:9")))
AREA.add("ratio-trimmed", also_accepting("aspect_ratio", _text_that(lambda v: v.strip() == "1:1")))
AREA.add("model-trimmed", accepting_model(_text_that(lambda value: value.strip() == DEFAULT_MODEL)))
AREA.add("model-without-its-vendor", accepting_model(lambda value: value == "imagen4"))
AREA.add("model-empty-is-default", accepting_model(lambda value: value == ""))
AREA.add("seed-of-32-bits", refusing("seed", lambda value: not _is_small(value)))
AREA.add("prompt-without-joiners", refusing("prompt", lambda value: "\u200d" in value))
AREA.add("prompt-limit-after-json", refusing("prompt", lambda v: len(_escaped(v)) > LONGEST + 2))
AREA.add("prompt-limit-after-html", refusing("prompt", lambda v: len(html.escape(v)) > LONGEST))
AREA.add(
    "prompt-limit-after-trimming",
    accepting("prompt", _text_that(lambda value: len(value.strip()) <= LONGEST)),
)
AREA.add(
    "charset-refused",
    changing("accepts_content_type", lambda _original, given: given == "application/json"),
)


def _without_nulls(body: Any) -> Any:
    if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
        return body
    given = {n: v for n, v in body["input"].items() if v is not None or n == "prompt"}
    return {n: v for n, v in body.items() if v is not None or n == "model"} | {"input": given}


def _refusing_extras(server: Reference) -> None:
    def check(original: Any, given: dict[str, Any]) -> None:
        if given.keys() - server.fields().keys():
            raise server.bad_parameter("unknown field")
        original(given)

    around(server, "check_input", check)


def _refusing_extras_around_input(server: Reference) -> None:
    def check(original: Any, body: Any) -> None:
        original(body)
        if body.keys() - {"model", "input", "callBackUrl"}:
            raise server.bad_parameter("unknown field")

    around(server, "check_body", check)


AREA.add("ratio-may-be-null", also_accepting("aspect_ratio", lambda v: v is None))
AREA.add("null-is-as-good-as-absent", before_check(_without_nulls))
AREA.add("seed-must-not-be-empty", refusing("seed", lambda v: v == ""))
AREA.add("extra-fields-refused", _refusing_extras)
AREA.add("extra-fields-refused-around-input", _refusing_extras_around_input)
