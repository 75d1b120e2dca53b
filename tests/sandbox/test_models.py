"""Every vendored model is there and held to its own schema: to try one out live costs money."""

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from imagen4.contract.cases.build import body
from imagen4.contract.document import load_document
from imagen4.contract.server import model_names
from imagen4.facts import GATEWAYS
from imagen4.facts.documents import body_media, document
from imagen4.facts.models import NOT_SUPPORTED
from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH
from imagen4.sandbox import Sandbox, documents
from sandbox.conftest import Asker

VENDORED = [(gateway, model) for gateway in GATEWAYS for model in model_names(gateway)]
ODD = "lab/odd"
Invent = Callable[..., None]


@pytest.fixture
def invent(monkeypatch: pytest.MonkeyPatch) -> Invent:
    """A model of kie with these fields, as if its page had been vendored."""

    def invented(required: tuple[str, ...] = (), **fields: Any) -> None:
        def found(gateway: str, kind: Any, model: str) -> Any:
            if model != ODD:
                return document(gateway, kind, model)
            made = document(gateway, kind)
            schema = {"type": "object", "properties": fields, "required": list(required)}
            own = {"model": {"type": "string", "enum": [ODD]}, "input": schema}
            body_media(made)["schema"]["properties"].update(own)
            return made

        monkeypatch.setattr(documents, "document", found)
        documents.model_input.cache_clear()

    return invented


def made(ask: Asker, asked: Any) -> Any:
    """The record of a task that was created with this body and has ended."""
    answer = ask.send("POST", CREATE_PATH, json=asked).json()
    assert answer["code"] == 200, answer
    ask.sandbox.clock.advance(10)
    return ask.record(answer["data"]["taskId"])


def urls(ask: Asker, asked: Any) -> list[str]:
    found: list[str] = json.loads(made(ask, asked)["resultJson"])["resultUrls"]
    return found


def size(ask: Asker, asked: Any) -> tuple[int, int]:
    """Of the first picture."""
    return Image.open(io.BytesIO(ask.http.get(urls(ask, asked)[0]).content)).size


def odd(**inputs: Any) -> Any:
    return {"model": ODD, "input": inputs}


def refusal(ask: Asker, asked: Any) -> str:
    answer = ask.send("POST", CREATE_PATH, json=asked).json()
    assert answer["code"] == 500, answer
    return str(answer["msg"]).removeprefix("input.")


@pytest.mark.parametrize(("gateway", "model"), VENDORED)
def test_every_vendored_model_makes_a_picture(
    sandbox: Sandbox, http: httpx.Client, gateway: str, model: str
) -> None:
    """From the least that its page requires, and in the last ratio or size of its list."""
    ask, contract = Asker(sandbox, http, gateway), load_document(gateway, model)
    assert made(ask, body(contract))["model"] == model
    name = "image_size" if "image_size" in contract.input_fields else "aspect_ratio"
    shapes = [each for each in contract.input_fields[name]["enum"] if ":" in each]
    wide, high = map(int, shapes[-1].split(":"))
    width, height = size(ask, body(contract, **{name: shapes[-1]}))
    assert width * high == height * wide


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("aspect_ratio", "21:9", (763, 327)),
        ("aspect_ratio", "auto", (768, 768)),
        ("image_size", "square_hd", (768, 768)),
        ("image_size", "portrait_16_9", (432, 768)),
        ("image_size", "landscape_4_3", (768, 576)),
        ("image_size", {"width": 640, "height": 480}, (640, 480)),
        ("size", "1024*1536", (1024, 1536)),
        ("size", "99999x50000", (3072, 3072)),
        ("size", "0:0", (768, 768)),
        ("resolution", "2K", (1536, 1536)),
        ("resolution", "720p", (768, 768)),
    ],
)
def test_a_picture_has_the_size_whatever_a_model_calls_it(
    kie: Asker, invent: Invent, name: str, value: Any, expected: tuple[int, int]
) -> None:
    """A ratio, a word, two numbers, an object; square where nothing can be told from it."""
    invent(**{name: {}})
    assert size(kie, odd(**{name: value})) == expected


@pytest.mark.parametrize("name", ["num_images", "max_images", "n"])
@pytest.mark.parametrize(("asked", "count"), [({}, 2), (3, 3), ("4", 4), (10**9, 100), ("few", 1)])
def test_pictures_are_counted_by_whichever_field_the_model_has(
    kie: Asker, invent: Invent, name: str, asked: Any, count: int
) -> None:
    """As a number or a text, by its default, and never more than a desk can bear."""
    invent(**{name: {"default": 2}})
    assert len(urls(kie, odd(**({name: asked} if asked != {} else {})))) == count


def test_a_model_without_a_prompt_makes_pictures_of_pictures(kie: Asker, invent: Invent) -> None:
    """Its one field is a list of URLs; none of them is fetched."""
    pictures = {"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": 2}
    invent(("image_urls",), image_urls=pictures)
    assert size(kie, odd(image_urls=["https://pictures.invalid/1.png"])) == (768, 768)
    assert refusal(kie, odd()) == "image_urls is required"
    assert refusal(kie, odd(image_urls=["no uri"])).startswith(
        "image_urls.0 breaks the rule format"
    )
    too_many = ["https://pictures.invalid/1.png"] * 3
    assert refusal(kie, odd(image_urls=too_many)).startswith("image_urls breaks the rule maxItems")


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "string", "maxLength": 3}, "four", "x breaks the rule maxLength"),
        ({"type": "boolean"}, "yes", "x breaks the rule type"),
        ({"type": "integer", "minimum": 1}, 0, "x breaks the rule minimum"),
        ({"enum": [0, 0.5, 1]}, 0.7, "x is not within the range of allowed options"),
        (
            {"oneOf": [{"type": "string"}, {"type": "object", "required": ["width"]}]},
            {},
            "width is required",
        ),
        (
            {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"enum": [1, 2]}}]},
            [3],
            "x.0 is not within the range",
        ),
        ({"oneOf": [{"type": "string"}, {"maxLength": 3}]}, "abc", "x fits several"),
    ],
)
def test_a_refusal_names_the_field_and_its_rule(
    kie: Asker, invent: Invent, schema: Any, value: Any, told: str
) -> None:
    """Of several forms, what is wrong with the closest one; never which keyword joined them."""
    invent(x=schema)
    message = refusal(kie, odd(x=value))
    assert message.startswith(told)
    assert "Of" not in message


def test_a_model_is_held_to_its_own_schema(kie: Asker) -> None:
    """What one of them allows another does not: 20,000 characters, ratios, types."""
    long = {"prompt": "x" * 20_000}
    assert made(kie, {"model": "nano-banana-2", "input": long})["model"] == "nano-banana-2"
    assert "maxLength" in refusal(kie, {"model": "google/nano-banana", "input": long})
    flux = {"model": "flux-2/pro-text-to-image", "input": {"prompt": "a fox"}}
    assert refusal(kie, flux) == "aspect_ratio is required"


@pytest.mark.parametrize("model", ["google/imagen5", "nano-banana-2", "", "GOOGLE/IMAGEN4"])
def test_a_model_that_is_not_there_is_refused_whatever_it_is_given(
    apikley: Asker, profile: str, model: str
) -> None:
    """Code 422 in the gateways' words, also for another gateway's model."""
    answer = apikley.send("POST", CREATE_PATH, json={"model": model, "input": {"x": 1}}).json()
    assert answer["code"] == 422
    assert any(words in answer["msg"].lower() for words in NOT_SUPPORTED)


def test_a_create_costs_what_the_price_list_says(kie: Asker) -> None:
    """By the request or by the picture, and a price that is not known is assumed to be 8."""
    inputs, before = {"prompt": "a fox"}, 100_000.0
    for model, price in {
        "google/imagen4-fast": 4,
        "google/imagen4-ultra": 12,
        "nano-banana-2": 8,
    }.items():
        made(kie, {"model": model, "input": inputs})
        left = kie.send("GET", CREDITS_PATH).json()["data"]
        assert before - left == price
        before = left


def test_a_price_for_an_image_is_paid_for_each(
    kie: Asker, invent: Invent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three pictures at 12 credits."""
    invent(n={"type": "integer"})
    prices: Any = GATEWAYS["kie"].prices
    monkeypatch.setitem(prices, ODD, prices["google/imagen4-ultra"])
    made(kie, odd(n=3))
    assert kie.send("GET", CREDITS_PATH).json()["data"] == 100_000.0 - 36
