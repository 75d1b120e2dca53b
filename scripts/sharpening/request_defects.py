"""Defects of the request side: what is let in, and what is kept out."""

import json
from typing import Any

from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.protocol import CREATE_PATH
from sharpening.defect import (
    COUNTING,
    Area,
    accepting,
    accepting_model,
    also_accepting,
    around,
    before_check,
    changing,
    refusing,
)
from sharpening.reference import Incoming, Reference, Task

AREA = Area("request")
NO_PROMPT, MODEL = {"prompt": ""}, {"model": DEFAULT_MODEL}
DEFAULT = MODEL | {"input": {"prompt": "default"}}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _anything(_value: Any) -> bool:
    return True


def _utf16(value: Any) -> int:
    return len(str(value).encode("utf-16-le")) // 2


def _utf8(value: Any) -> int:
    return len(str(value).encode())


AREA.add("prompt-of-any-length", accepting("prompt", _is_text))
AREA.add("prompt-up-to-10000", accepting("prompt", lambda v: _is_text(v) and len(v) <= 10_000))
AREA.add(
    "prompt-limit-off-by-one-up", accepting("prompt", lambda v: _is_text(v) and len(v) <= 5001)
)
AREA.add("prompt-limit-off-by-one-down", refusing("prompt", lambda v: len(v) == 5000))
AREA.add("prompt-limit-of-1000", refusing("prompt", lambda v: len(v) > 1000))
AREA.add("prompt-limit-in-bytes", refusing("prompt", lambda v: _utf8(v) > 5000))
AREA.add("prompt-limit-in-utf16-units", refusing("prompt", lambda v: _utf16(v) > 5000))
AREA.add("prompt-ascii-only", refusing("prompt", lambda v: not v.isascii()))
AREA.add("prompt-without-emoji", refusing("prompt", lambda v: _utf16(v) > len(v)))
AREA.add("prompt-on-one-line", refusing("prompt", lambda v: "\n" in v))
AREA.add("prompt-without-markup", refusing("prompt", lambda v: "<" in v))
AREA.add("prompt-of-three-characters", refusing("prompt", lambda v: len(v) < 3))
AREA.add("prompt-may-be-a-number", also_accepting("prompt", lambda v: isinstance(v, int)))
AREA.add("prompt-may-be-null", also_accepting("prompt", lambda v: v is None))
AREA.add("prompt-may-be-a-list", also_accepting("prompt", lambda v: isinstance(v, list)))
AREA.add("prompt-may-be-anything", also_accepting("prompt", _anything))
AREA.add("negative-prompt-of-any-length", accepting("negative_prompt", _is_text))
AREA.add("negative-prompt-limit-of-500", refusing("negative_prompt", lambda v: len(v) > 500))
AREA.add("negative-prompt-limit-in-bytes", refusing("negative_prompt", lambda v: _utf8(v) > 5000))
AREA.add("negative-prompt-may-be-anything", accepting("negative_prompt", _anything))
AREA.add("ratio-may-be-anything", accepting("aspect_ratio", _anything))
AREA.add("ratio-may-be-any-text", accepting("aspect_ratio", _is_text))
AREA.add("ratio-2-to-3-too", also_accepting("aspect_ratio", lambda v: v == "2:3"))
AREA.add("ratio-with-any-numbers", also_accepting("aspect_ratio", lambda v: ":" in str(v)))
AREA.add("ratio-4-to-3-refused", refusing("aspect_ratio", lambda v: v == "4:3"))
AREA.add("ratio-only-square", refusing("aspect_ratio", lambda v: v != "1:1"))
AREA.add("seed-may-be-a-number", also_accepting("seed", lambda v: isinstance(v, int)))
AREA.add("seed-of-any-length", accepting("seed", _is_text))
AREA.add("seed-limit-of-100", refusing("seed", lambda v: len(v) > 100))
AREA.add("seed-only-digits", refusing("seed", lambda v: not v.isdecimal()))
AREA.add("seed-has-to-be-a-number", accepting("seed", lambda v: isinstance(v, int)))
AREA.add("count-5-accepted", also_accepting("num_images", lambda v: v == "5"), gateways=COUNTING)
AREA.add("count-0-accepted", also_accepting("num_images", lambda v: v == "0"), gateways=COUNTING)
AREA.add(
    "count-may-be-any-digits",
    accepting("num_images", lambda v: str(v).isdecimal()),
    gateways=COUNTING,
)
AREA.add(
    "count-may-be-a-number",
    also_accepting("num_images", lambda v: isinstance(v, int) and 1 <= v <= 4),
    gateways=COUNTING,
)
AREA.add(
    "count-has-to-be-a-number",
    accepting("num_images", lambda v: isinstance(v, int)),
    gateways=COUNTING,
)
AREA.add("count-4-refused", refusing("num_images", lambda v: v == "4"), gateways=COUNTING)
AREA.add("count-unchecked", accepting("num_images", _anything), gateways=COUNTING)


AREA.add("prompt-missing", changing("check_input", lambda check, given: check(NO_PROMPT | given)))
AREA.add("validation-off", changing("check_body", lambda _original, _body: None))
AREA.add("input-unchecked", changing("check_input", lambda _original, _given: None))


def _requires(field: str) -> Any:
    def apply(server: Reference) -> None:
        def wrapped(original: Any, given: dict[str, Any]) -> None:
            original(given)
            if field not in given:
                raise server.bad_parameter(f"{field} is required")

        around(server, "check_input", wrapped)

    return apply


AREA.add("seed-required", _requires("seed"))
AREA.add("ratio-required", _requires("aspect_ratio"))
AREA.add("negative-prompt-required", _requires("negative_prompt"))
AREA.add("count-required", _requires("num_images"), gateways=COUNTING)


AREA.add("model-unchecked", accepting_model(_anything))
AREA.add("model-by-prefix", accepting_model(lambda v: str(v).startswith(DEFAULT_MODEL)))
AREA.add("model-in-any-case", accepting_model(lambda v: str(v).lower() == DEFAULT_MODEL))
AREA.add("model-any-of-google", accepting_model(lambda v: str(v).startswith("google/")))
AREA.add("model-null-is-default", accepting_model(lambda v: v is None))


AREA.add(
    "model-missing-is-default",
    before_check(lambda body: MODEL | body if isinstance(body, dict) else body),
)


def _callback(accepts: Any) -> Any:
    return changing("accepts_callback", lambda _original, url: accepts(url))


AREA.add("callback-unchecked", _callback(_anything))
AREA.add("callback-any-text", _callback(_is_text))
AREA.add("callback-refused", _callback(lambda _url: False))
AREA.add("callback-http-only", _callback(lambda url: str(url).startswith("http://")))
AREA.add(
    "callback-may-lack-its-scheme",
    _callback(lambda url: isinstance(url, str) and url != "" and " " not in url),
)
AREA.add("callback-without-query", _callback(lambda url: ":" in str(url) and "?" not in url))
AREA.add(
    "callback-without-port",
    _callback(lambda url: isinstance(url, str) and ":" in url and ":" not in url[6:]),
)


@AREA.defect("form-as-body")
def _(server: Reference) -> None:
    around(server, "accepts_content_type", lambda _original, _given: True)
    around(server, "parse", _form_or)


def _form_or(original: Any, content: bytes) -> Any:
    if content.startswith(b"model="):
        return MODEL | {"input": {"prompt": "from a form"}}
    return original(content)


def _by(method: str, create: Any) -> Any:
    """createTask answers another method, too."""

    def wrapped(original: Any) -> Any:
        operations = original()
        return operations | {(method, CREATE_PATH): create or operations["POST", CREATE_PATH]}

    return changing("operations", wrapped)


@AREA.defect("create-by-get")
def _(server: Reference) -> None:
    _by("GET", lambda _incoming: server.created(Task(server.new_id(), DEFAULT, server.now(), 0)))(
        server
    )


AREA.add("create-by-any-method", _by("PUT", None))


def _or_default(original: Any, content: bytes) -> Any:
    try:
        return original(content)
    except ValueError:
        return DEFAULT


AREA.add("broken-json-is-default", changing("parse", _or_default))
AREA.add(
    "empty-body-is-default",
    changing("parse", lambda original, c: original(c) if c.strip() else DEFAULT),
)
AREA.add(
    "json-with-anything-behind",
    changing("parse", lambda _, c: json.JSONDecoder().raw_decode(c.decode())[0]),
)
AREA.add("bodies-over-32-kb-refused", changing("parse", lambda original, c: original(c[:32_768])))
AREA.add(
    "escapes-not-understood",
    changing("parse", lambda original, c: original(c.replace(b"\\u", b"u"))),
)
AREA.add("list-as-body", before_check(lambda body: body[0] if _is_list(body) else body))
AREA.add(
    "any-json-is-default", before_check(lambda body: body if isinstance(body, dict) else DEFAULT)
)
AREA.add("input-may-be-a-list", before_check(lambda body: _with_input(body, list)))
AREA.add("input-may-be-text", before_check(lambda body: _with_input(body, str)))
AREA.add("input-may-be-true", before_check(lambda body: _with_input(body, bool)))
AREA.add("prompt-outside-input", before_check(lambda body: _lifted(body)))


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _with_input(body: Any, kind: type) -> Any:
    if isinstance(body, dict) and isinstance(body.get("input"), kind):
        return body | {"input": {"prompt": "found somewhere"}}
    return body


def _lifted(body: Any) -> Any:
    if isinstance(body, dict) and "prompt" in body:
        return body | {"input": {"prompt": body["prompt"], **body.get("input", {})}}
    return body


def _every_field(change: Any) -> Any:
    def changed(body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("input"), dict):
            return body | {"input": {name: change(v) for name, v in body["input"].items()}}
        return body

    return before_check(changed)


AREA.add("fields-coerced-to-text", _every_field(str))
AREA.add("long-text-cut-silently", _every_field(lambda v: v[:5000] if isinstance(v, str) else v))


@AREA.defect("second-create-refused")
def _(server: Reference) -> None:
    def wrapped(original: Any, incoming: Incoming) -> Any:
        if len(server.tasks) == 1:
            server.tasks["spare"] = Task("spare", DEFAULT, server.now(), 2)
            raise server.bad_parameter("busy")
        return original(incoming)

    around(server, "create", wrapped)


@AREA.defect("same-prompt-refused-twice")
def _(server: Reference) -> None:
    seen: list[bytes] = []

    def wrapped(original: Any, incoming: Incoming) -> Any:
        if incoming.content in seen:
            raise server.bad_parameter("duplicate request")
        seen.append(incoming.content)
        return original(incoming)

    around(server, "create", wrapped)
