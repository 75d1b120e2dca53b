"""What leaves must be what the gateway's document allows; what it forbids must not leave."""

import hashlib
import json
from importlib.resources import files
from typing import Any

import pytest

from client.play import (
    GATEWAYS,
    KINDS,
    PROMPT,
    Script,
    Time,
    bodies,
    created,
    details,
    play,
    succeeded,
)
from client.steps import document_of
from imagen4 import InvalidRequest, Request
from imagen4.core.request import derived_seed, planned
from imagen4.gateways import adapter_for

RATIOS = {
    name: adapter_for(name).input_schema["properties"]["aspect_ratio"]["enum"] for name in GATEWAYS
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_plain_request_holds_nothing_that_was_not_asked_for(kind: str, gateway: str) -> None:
    """Empty optional fields are left out: a gateway may refuse them."""
    expected: dict[str, Any] = {"model": "google/imagen4", "input": {"prompt": PROMPT}}
    if gateway == "apikley":
        expected["input"]["num_images"] = "1"
    empty = {"negative_prompt": "", "aspect_ratio": "", "seed": "", "callback_url": ""}
    assert bodies(gateway, kind) == bodies(gateway, kind, **empty) == [expected]


def test_kie_gets_several_tasks_where_apikley_gets_one() -> None:
    """One task on a gateway whose document has num_images, several on one that has not."""
    assert [body["input"] for body in bodies("kie", num_images=3)] == [{"prompt": PROMPT}] * 3
    assert [body["input"] for body in bodies("apikley", num_images=3)] == [
        {"prompt": PROMPT, "num_images": "3"}
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_everything_that_can_be_asked_for_is_sent(kind: str, gateway: str) -> None:
    """Under the names and as the types of the gateway's document."""
    (body,) = bodies(
        gateway,
        kind,
        negative_prompt="blur",
        aspect_ratio="16:9",
        seed=7,
        callback_url="https://example.org/done?x=%20",
    )
    fields = {"prompt": PROMPT, "negative_prompt": "blur", "aspect_ratio": "16:9", "seed": "7"}
    if gateway == "apikley":
        fields["num_images"] = "1"
    assert body == {
        "model": "google/imagen4",
        "callBackUrl": "https://example.org/done?x=%20",
        "input": fields,
    }


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_ratio_of_the_document_is_accepted(gateway: str) -> None:
    """Whatever they are today."""
    for ratio in RATIOS[gateway]:
        (body,) = bodies(gateway, aspect_ratio=ratio)
        assert body["input"]["aspect_ratio"] == ratio


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_body_is_utf_8_and_says_so(gateway: str) -> None:
    """Any language, and no escapes that would blow up a long prompt."""
    script = Script(creates=[created("t1")])
    play("sync", script, lambda c: c.submit("狐狸 🦊 é"), gateway=gateway)
    request = script.requests[0]
    assert "狐狸 🦊 é".encode() in request.content
    assert request.headers["content-type"] == "application/json"
    assert request.method == "POST"


def test_each_task_gets_a_seed_of_its_own() -> None:
    """Four identical pictures help nobody; the first seed is the given one, as it is."""
    seeds = [body["input"]["seed"] for body in bodies("kie", num_images=4, seed=42)]
    digests = [hashlib.sha256(f"42/{index}".encode()).digest() for index in (1, 2, 3)]
    assert seeds == ["42", *(str(int.from_bytes(each[:4]) >> 1) for each in digests)]
    assert seeds == ["42", "388429665", "431513757", "138896379"]
    assert [body["input"]["seed"] for body in bodies("kie", num_images=2, seed="fox")] == [
        "fox",
        derived_seed("fox", 1),
    ]
    assert [body["input"]["seed"] for body in bodies("apikley", num_images=4, seed=42)] == ["42"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_image_carries_the_seed_it_was_made_with(kind: str) -> None:
    """So that one of several pictures can be made again alone."""
    script = Script(
        creates=[created("t0"), created("t1")],
        polls=[lambda request: succeeded(request.url.params["taskId"])],
    )
    result = play(kind, script, lambda c: c.generate(PROMPT, num_images=2, seed=42))
    assert [image.seed for image in result.images] == ["42", derived_seed("42", 1)]


def test_the_seed_of_a_job_taken_up_is_read_back() -> None:
    """The gateway's copy of the request holds it, as JSON inside JSON."""
    param = json.dumps({"input": json.dumps({"prompt": PROMPT, "seed": "42"})})
    done = details(
        "t1", "success", resultJson='{"resultUrls":["https://x.example/1"]}', param=param
    )
    result = play("sync", Script(polls=[done]), lambda c: c.job("t1").wait(), time=Time())
    assert [image.seed for image in result.images] == ["42"]


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("request_fields", "message"),
    [
        ({"prompt": ""}, "prompt must be a text that is not empty"),
        ({"prompt": " \n"}, "prompt must be a text that is not empty"),
        ({"prompt": None}, "prompt must be a text that is not empty"),
        ({"prompt": b"fox"}, "prompt must be a text that is not empty"),
        ({"prompt": "x" * 5001}, "prompt has 5001 characters, {} allows 5000"),
        ({"prompt": "half \ud83e"}, "prompt holds half a character (a lone surrogate)"),
        ({"negative_prompt": "x" * 5001}, "negative_prompt has 5001 characters, {} allows 5000"),
        ({"negative_prompt": 3}, "negative_prompt must be a text or None"),
        ({"seed": "x" * 501}, "seed has 501 characters, {} allows 500"),
        ({"seed": "\udc00"}, "seed holds half a character (a lone surrogate)"),
        ({"seed": 1.5}, "seed must be a text, an int or None"),
        ({"seed": True}, "seed must be a text, an int or None"),
        ({"num_images": 0}, "num_images must be an int from 1 to 4"),
        ({"num_images": 5}, "num_images must be an int from 1 to 4"),
        ({"num_images": "2"}, "num_images must be an int from 1 to 4"),
        ({"num_images": 2.0}, "num_images must be an int from 1 to 4"),
        ({"num_images": True}, "num_images must be an int from 1 to 4"),
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
    assert caught.value.message == message.format(gateway)
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
    assert caught.value.message == f"aspect_ratio must be one of {known} on {gateway}"
    assert script.requests == []


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_longest_texts_of_the_document_are_accepted(gateway: str) -> None:
    """Lengths count characters, as JSON schema does, not bytes."""
    fields = {"prompt": "🦊" * 5000, "negative_prompt": "é" * 5000, "seed": "7" * 500}
    (body,) = bodies(gateway, **fields)
    assert {name: body["input"][name] for name in fields} == fields


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


def test_a_field_that_a_gateway_lacks_is_refused() -> None:
    """What a gateway cannot do is said before anything is sent."""
    schema = {"properties": {"prompt": {"type": "string"}}}
    for name, value in (("negative_prompt", "x"), ("aspect_ratio", "1:1"), ("seed", 1)):
        with pytest.raises(InvalidRequest) as caught:
            planned(Request(PROMPT, **{name: value}), schema, "other")
        assert caught.value.message == f"other has no {name}"


def test_a_gateway_with_other_types_gets_those() -> None:
    """The sister model's document has an integer seed: types follow the document, too."""
    schema = {
        "properties": {
            "prompt": {"type": "string"},
            "seed": {"type": "integer"},
            "num_images": {"type": "integer", "enum": [1, 2]},
        }
    }
    (plan,) = planned(Request(PROMPT, 2, seed="8"), schema, "other")
    assert plan.fields == {"prompt": PROMPT, "num_images": 2, "seed": 8}
    assert plan.seed == "8"
    with pytest.raises(InvalidRequest, match="seed must be a whole number on this gateway"):
        planned(Request(PROMPT, seed="fox"), schema, "other")
    with pytest.raises(InvalidRequest, match="num_images must be one of 1, 2 on other"):
        planned(Request(PROMPT, 3), schema, "other")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_capabilities_are_those_of_the_gateways_own_document(gateway: str) -> None:
    """The package's effective document is what decides, never the gateway's name."""
    adapter = adapter_for(gateway)
    document = json.loads((files(f"{gateway}_api") / "effective.json").read_text())
    post = document["paths"]["/api/v1/jobs/createTask"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert adapter.body_schema == schema
    assert adapter.input_schema == schema["properties"]["input"]


def test_the_prompt_is_in_no_repr() -> None:
    """Reprs end up in logs and tracebacks."""
    request = Request(PROMPT, negative_prompt=PROMPT)
    (plan,) = planned(request, adapter_for("kie").input_schema, "kie")
    assert PROMPT not in repr(request)
    assert PROMPT not in repr(plan)


@pytest.mark.parametrize(
    ("kind", "count", "seed"), [("integer", 2, 7), ("number", 2, "7"), ("string", "2", "7")]
)
def test_numbers_are_spelled_as_the_document_wants(kind: str, count: object, seed: object) -> None:
    """A seed becomes a number only where it has to be whole."""
    (plan,) = planned(Request("a fox", num_images=2, seed=7), document_of(kind), "x")
    assert plan.fields == {"prompt": "a fox", "num_images": count, "seed": seed}
    assert plan.seed == "7"
