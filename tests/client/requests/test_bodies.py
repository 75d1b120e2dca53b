"""Guards against a create's body with a field too many, misnamed or mistyped."""

from typing import Any

import pytest

from client.play import GATEWAYS, KINDS, PROMPT, Script, bodies, created, play
from client.steps import document_of
from imagen4 import InvalidRequest, Request
from imagen4.core.request import plan_creates


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
def test_the_body_is_utf_8_and_says_so(gateway: str) -> None:
    """Any language, and no escapes that would blow up a long prompt."""
    script = Script(creates=[created("t1")])
    play("sync", script, lambda c: c.submit("狐狸 🦊 é"), gateway=gateway)
    request = script.requests[0]
    assert "狐狸 🦊 é".encode() in request.content
    assert request.headers["content-type"] == "application/json"
    assert request.method == "POST"


def test_a_gateway_with_other_types_gets_those() -> None:
    """The sister model's document has an integer seed: types follow the document, too."""
    schema = {
        "properties": {
            "prompt": {"type": "string"},
            "seed": {"type": "integer"},
            "num_images": {"type": "integer", "enum": [1, 2]},
        }
    }
    (plan,) = plan_creates(Request(PROMPT, 2, seed="8"), schema, "other")
    assert plan.fields == {"prompt": PROMPT, "num_images": 2, "seed": 8}
    assert plan.seed == "8"
    with pytest.raises(InvalidRequest, match="seed must be a whole number"):
        plan_creates(Request(PROMPT, seed="fox"), schema, "other")
    with pytest.raises(InvalidRequest, match="num_images must be one of 1, 2 for other"):
        plan_creates(Request(PROMPT, 3), schema, "other")


@pytest.mark.parametrize(
    ("kind", "count", "seed"), [("integer", 2, 7), ("number", 2, 7), ("string", "2", "7")]
)
def test_numbers_are_spelled_as_the_document_wants(kind: str, count: object, seed: object) -> None:
    """A seed is a text only where the document has it so."""
    (plan,) = plan_creates(Request("a fox", num_images=2, seed=7), document_of(kind), "x")
    assert plan.fields == {"prompt": "a fox", "num_images": count, "seed": seed}
    assert plan.seed == "7"
