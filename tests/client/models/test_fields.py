"""A model's own fields: checked against its page, and completed, before anything leaves."""

from typing import Any

import pytest

from client.play import GATEWAYS, KINDS, PROMPT, Script, bodies, created, play
from imagen4 import AsyncClient, Client, InvalidRequest, Request
from imagen4.core.request import plan_creates
from imagen4.facts.models import catalogue
from imagen4.gateways import adapter_for

IMAGE = "https://files.example/in.png"


def refusal(model: str, /, **fields: Any) -> str:
    """What a request for this model is refused with; nothing may have been sent."""
    script = Script()
    with pytest.raises(InvalidRequest) as caught:
        play("sync", script, lambda c: c.submit(**{"prompt": PROMPT} | fields), model=model)
    assert script.requests == []
    assert PROMPT not in str(caught.value)
    return caught.value.message


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_named_by_the_client_or_by_the_request(kind: str) -> None:
    """The request's own word counts more."""
    script = Script(creates=[created("t1"), created("t2"), created("t3")])

    async def act(client: Any) -> None:
        for model in (None, "google/nano-banana", "google/imagen4"):
            outcome = client.submit(PROMPT, model=model)
            _ = await outcome if kind == "async" else outcome

    play(kind, script, act, model="nano-banana-2")
    models = [body["model"] for body in script.bodies]
    assert models == ["nano-banana-2", "google/nano-banana", "google/imagen4"]


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_near_miss_is_answered_with_the_nearest_names(client: Any) -> None:
    """As the client is made, not when the first picture is asked for."""
    with pytest.raises(InvalidRequest, match="did you mean nano-banana-2"):
        client("kie", api_key="k", model="nano-bananas-2")
    assert "did you mean google/imagen4" in refusal("google/imagen4", model="imagen-4")
    assert "no model 'zzz'; it has google/imagen4, " in refusal("google/imagen4", model="zzz")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"resolution": "9K"}, "resolution must be one of 1K, 2K, 4K for nano-banana-2 on kie"),
        ({"image_input": IMAGE}, "image_input must be a list"),
        ({"image_input": [IMAGE] * 99}, "image_input has 99 items, nano-banana-2 on kie allows 14"),
        ({"image_input": [1]}, "image_input[0] must be a text"),
        ({"resolutoin": "1K"}, "nano-banana-2 on kie has no resolutoin; did you mean resolution?"),
        ({"seed": 7}, "nano-banana-2 on kie has no seed"),
        ({"prompt": None}, "nano-banana-2 on kie needs prompt"),
        (
            {"prompt": "x" * 20_001},
            "prompt has 20001 characters, nano-banana-2 on kie allows 20000",
        ),
    ],
)
def test_what_the_models_page_forbids_is_refused(fields: dict[str, Any], message: str) -> None:
    """By the rules of that model alone, and with nothing sent."""
    assert refusal("nano-banana-2", **fields) == message


def test_a_text_for_a_boolean_is_refused() -> None:
    """The gateway would answer code 500, which looks like a create that may be paid for."""
    assert refusal("flux-2/pro-text-to-image", nsfw_checker="yes") == (
        "nsfw_checker must be True or False"
    )


def test_an_argument_that_a_model_lacks_is_refused_with_what_it_has() -> None:
    """Here the ratio goes by another name."""
    said = refusal("google/nano-banana", aspect_ratio="1:1")
    assert said == "google/nano-banana on kie has no aspect_ratio; it has image_size"
    (body,) = bodies("kie", model="google/nano-banana", image_size="1:1")
    assert body["input"] == {"prompt": PROMPT, "image_size": "1:1"}


def test_required_fields_with_a_default_get_it() -> None:
    """flux-2 requires a ratio and a resolution, and says what they are by default."""
    (body,) = bodies("kie", model="flux-2/pro-text-to-image")
    assert body["input"] == {"prompt": PROMPT, "aspect_ratio": "1:1", "resolution": "1K"}


def test_pictures_go_over_the_models_own_counter() -> None:
    """One task where it counts, else several."""
    counted = bodies("kie", model="google/imagen4-fast", num_images=3)
    assert [body["input"]["num_images"] for body in counted] == ["3"]
    assert len(bodies("kie", model="nano-banana-2", num_images=3)) == 3


@pytest.mark.parametrize("counter", ["num_images", "max_images", "n"])
@pytest.mark.parametrize(("kind", "sent"), [("integer", 3), ("number", 3), ("string", "3")])
def test_whatever_a_model_counts_with_is_used(counter: str, kind: str, sent: object) -> None:
    """As the type that its page wants."""
    schema = {"properties": {counter: {"type": kind}}}
    (plan,) = plan_creates(Request(num_images=3), schema, "it")
    assert plan.fields == {counter: sent}
    assert plan.pictures == 3


def test_a_model_without_a_prompt_needs_none() -> None:
    """Some take pictures only."""
    schema = {"properties": {"image": {"type": "string"}}, "required": ["image"]}
    (plan,) = plan_creates(Request(fields={"image": IMAGE}), schema, "it")
    assert plan.fields == {"image": IMAGE}
    with pytest.raises(InvalidRequest, match="it has no prompt"):
        plan_creates(Request("fox", fields={"image": IMAGE}), schema, "it")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_vendored_model_takes_a_request_with_what_it_requires(gateway: str) -> None:
    """No model is named here: a page more is a model more."""
    for model in catalogue(f"imagen4_generated.{gateway}"):
        schema = adapter_for(gateway).input_schema(model)
        lists = {name for name, each in schema["properties"].items() if each["type"] == "array"}
        given = {name: [IMAGE] for name in lists & set(schema["required"])}
        (body,) = bodies(gateway, model=model, **given)
        assert set(schema["required"]) <= set(body["input"])


def test_prices_are_told_before_anything_is_paid() -> None:
    """By request or by picture; unknown stays unknown."""
    client = Client("kie", api_key="k")
    by_request = client.price(Request("a fox", num_images=3))
    assert by_request is not None
    assert (by_request.credits, by_request.dollars) == (24, 0.12)
    by_image = client.price(Request("a fox", num_images=2, model="google/imagen4-ultra"))
    assert by_image is not None
    assert by_image.credits == 24
    assert client.price(Request("a fox", model="nano-banana-2")) is None
    assert Client("apikley", api_key="k").price("a fox") is None


def test_a_price_is_asked_as_pictures_are() -> None:
    """With the arguments of `generate`; a Request has its own, and none is silently ignored."""
    client = Client("kie", api_key="k")
    cost = client.price("a fox", num_images=3, aspect_ratio="16:9", seed=7)
    assert cost == client.price(Request("a fox", num_images=3))
    with pytest.raises(InvalidRequest, match="has no resolution"):
        client.price("a fox", resolution="2K")
    with pytest.raises(InvalidRequest, match="a Request has its own arguments"):
        client.price(Request("a fox"), num_images=3)
