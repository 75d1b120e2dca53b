"""Guards against sending what the gateway's document forbids, or refusing what it allows."""

import json
from importlib.resources import files
from typing import Any

import pytest

from client.play import GATEWAYS, PROMPT, Script, bodies, play
from imagen4 import InvalidRequest, Request
from imagen4.core.request import plan_creates
from imagen4.facts import DEFAULT_MODEL
from imagen4.gateways import adapter_for

FIELDS = {name: adapter_for(name).input_schema(DEFAULT_MODEL)["properties"] for name in GATEWAYS}
RATIOS = {name: fields["aspect_ratio"]["enum"] for name, fields in FIELDS.items()}
LIMITS = {
    name: {field: schema["maxLength"] for field, schema in fields.items() if "maxLength" in schema}
    for name, fields in FIELDS.items()
}


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("request_fields", "message"),
    [
        ({"prompt": ""}, "prompt must be a text that is not empty"),
        ({"prompt": " \n"}, "prompt must be a text that is not empty"),
        ({"prompt": None}, "{} needs prompt"),
        ({"prompt": b"fox"}, "prompt must be a text that is not empty"),
        ({"prompt": "half \ud83e"}, "prompt holds half a character (a lone surrogate)"),
        ({"negative_prompt": 3}, "negative_prompt must be a text or None"),
        ({"seed": "\udc00"}, "seed holds half a character (a lone surrogate)"),
        ({"seed": 1.5}, "seed must be a text, an int or None"),
        ({"seed": True}, "seed must be a text, an int or None"),
        ({"num_images": 0}, "num_images must be a whole number from 1 to 4"),
        ({"num_images": 5}, "num_images must be a whole number from 1 to 4"),
        ({"num_images": "2"}, "num_images must be a whole number from 1 to 4"),
        ({"num_images": 2.0}, "num_images must be a whole number from 1 to 4"),
        ({"num_images": True}, "num_images must be a whole number from 1 to 4"),
        ({"aspect_ratio": 1}, "aspect_ratio must be a text or None"),
        ({"callback_url": 1}, "callback_url must be a text or None"),
    ],
)
def test_what_the_document_forbids_is_refused_before_anything_is_sent(
    gateway: str, request_fields: dict[str, Any], message: str
) -> None:
    """With an error that says what is allowed, and never repeats the prompt."""
    script = Script()
    with pytest.raises(InvalidRequest) as caught:
        play(
            "sync",
            script,
            lambda c: c.generate(**{"prompt": PROMPT} | request_fields),
            gateway=gateway,
        )
    assert caught.value.message == message.format(f"google/imagen4 on {gateway}")
    assert script.requests == []
    assert caught.value.gateway == gateway


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("ratio", ["2:3", "16x9", "16:9 ", "Square"])
def test_an_unknown_ratio_is_refused_with_those_that_are_known(gateway: str, ratio: str) -> None:
    """The list comes from the gateway's document."""
    script = Script()
    with pytest.raises(InvalidRequest) as caught:
        play("sync", script, lambda c: c.generate(PROMPT, aspect_ratio=ratio), gateway=gateway)
    known = ", ".join(RATIOS[gateway])
    assert (
        caught.value.message
        == f"aspect_ratio must be one of {known} for google/imagen4 on {gateway}"
    )
    assert script.requests == []


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_ratio_of_the_document_is_accepted(gateway: str) -> None:
    """Whatever they are today."""
    for ratio in RATIOS[gateway]:
        (body,) = bodies(gateway, aspect_ratio=ratio)
        assert body["input"]["aspect_ratio"] == ratio


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_longest_texts_of_the_document_are_accepted(gateway: str) -> None:
    """Lengths count characters, as JSON schema does, not bytes; a number of digits is a text."""
    ones = {"prompt": "🦊", "negative_prompt": "é", "seed": "7"}
    fields = {field: ones.get(field, "x") * most for field, most in LIMITS[gateway].items()}
    (body,) = bodies(gateway, **fields)
    assert {name: body["input"][name] for name in fields} == fields


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_texts_that_are_one_longer_are_refused_with_what_is_allowed(gateway: str) -> None:
    """The limits are the document's own, whatever they are today."""
    assert LIMITS[gateway]
    for field, most in LIMITS[gateway].items():
        script, given = Script(), {"prompt": PROMPT, field: "x" * (most + 1)}
        with pytest.raises(InvalidRequest) as caught:
            play("sync", script, lambda c, given=given: c.generate(**given), gateway=gateway)
        allowed = f"google/imagen4 on {gateway} allows {most}"
        assert caught.value.message == f"{field} has {most + 1} characters, {allowed}"
        assert script.requests == []


def test_a_field_that_a_gateway_lacks_is_refused() -> None:
    """What a gateway cannot do is said before anything is sent."""
    schema = {"properties": {"prompt": {"type": "string"}}}
    for name, value in (("negative_prompt", "x"), ("aspect_ratio", "1:1"), ("seed", 1)):
        with pytest.raises(InvalidRequest) as caught:
            plan_creates(Request(PROMPT, **{name: value}), schema, "other")
        assert caught.value.message == f"other has no {name}"


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_capabilities_are_those_of_the_gateways_own_document(gateway: str) -> None:
    """The package's effective document is what decides, never the gateway's name."""
    adapter = adapter_for(gateway)
    document = json.loads((files("imagen4_generated") / gateway / "effective.json").read_text())
    post = document["paths"]["/api/v1/jobs/createTask"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert adapter.input_schema(DEFAULT_MODEL) == schema["properties"]["input"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/",
        "https://user:pw@example.org:8443/a/b;c?d=e&f=%C3%A9?#g",
        "http://[::1]:8000/x",
        "https://127.0.0.1/x",
    ],
)
def test_callback_urls_are_passed_on(url: str) -> None:
    """Any absolute http(s) URL as RFC 3986 has it, which is what the document wants."""
    assert bodies("kie", callback_url=url)[0]["callBackUrl"] == url


@pytest.mark.parametrize(
    "url",
    [
        "example.org/x",
        "/x",
        "ftp://example.org/x",
        "https://",
        "https:///x",
        "https://example.org/a b",
        "https://example.org/é",
        "https://exämple.org/",
        "https://example.org/%zz",
        "https://example.org/%2",
        "https://example.org/<x>",
        "https://example.org/x\n",
        "https://example.org:port/",
        "https://example.org/\\x",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_callback_url_is_refused(url: str) -> None:
    """The gateway would pay for the picture and then call nobody."""
    with pytest.raises(InvalidRequest, match="callback_url must be an absolute http"):
        bodies("kie", callback_url=url)
