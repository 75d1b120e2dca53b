"""Requests that the document forbids: each has to be refused, for the right reason."""

from typing import Any

from imagen4.contract.cases.build import CALLBACK, PROMPT, body, encoded
from imagen4.contract.cases.judge import judged
from imagen4.contract.document import BODY, Document
from imagen4.contract.exchange import Planned

NO_SUCH_MODEL = "google/imagen4-contract-no-such-model"
"""Begins like the real one, and is none of the gateway's other models, which cost money."""
RATIOS = ("auto", "5:7", "1x1", "square", "2:3", "3:2", "21:9", "16:10", "16:90", " 1:1", "1:1 ")
MODELS = {
    NO_SUCH_MODEL: "a model that does not exist",
    "GOOGLE/IMAGEN4": "the model in capitals",
    "google/imagen4 ": "the model with a blank behind it",
    "imagen4": "the model without its vendor",
    "": "an empty model",
}


def forbidden(document: Document) -> list[Planned]:
    """Own cases beyond what schemathesis makes of the schema; intents come from the schema."""
    fields = document.at(f"{BODY}/properties/input/properties")
    bodies = [*_bodies(fields), *_missing(fields)]
    plans = [judged(document, encoded(value), what) for value, what in bodies]
    return [*plans, *_unreadable(document)]


def _missing(fields: dict[str, Any]) -> list[tuple[Any, str]]:
    optional = {name: "42" for name in ("seed",) if name in fields}
    return [
        ({"input": {"prompt": PROMPT}}, "no model"),
        ({"model": "google/imagen4", "input": {}}, "no prompt"),
        ({"model": "google/imagen4", "input": optional}, "no prompt beside other fields"),
        ({"model": "google/imagen4", "prompt": PROMPT, "input": {}}, "the prompt outside input"),
        ({}, "an empty object"),
    ]


def _bodies(fields: dict[str, Any]) -> list[tuple[Any, str]]:
    longest, seed = fields["prompt"]["maxLength"], fields["seed"]["maxLength"]
    wrong: list[tuple[Any, str]] = [
        (body("x" * (longest + 1)), f"a prompt of {longest + 1} characters"),
        (body("é" * (longest + 1)), f"a prompt of {longest + 1} × é"),
        (body("x" * longest + " "), f"a prompt of {longest} characters and a blank"),
        (body("x" * (2 * longest)), f"a prompt of {2 * longest} characters"),
        (body(None), "a prompt that is null"),
        (body(42), "a prompt that is a number"),
        (body([PROMPT]), "a prompt that is a list"),
        (body({"text": PROMPT}), "a prompt that is an object"),
        (body(True), "a prompt that is true"),
        (body(negative_prompt="x" * (longest + 1)), "a negative prompt that is too long"),
        (body(negative_prompt=["blurry"]), "a negative prompt that is a list"),
        (body(seed="s" * (seed + 1)), f"a seed of {seed + 1} characters"),
        (body(seed=42), "a seed that is a number"),
        (body(seed=4.2), "a seed that is a fraction"),
        (body(aspect_ratio=1), "an aspect ratio that is a number"),
        *(({**body(), "model": model}, what) for model, what in MODELS.items()),
        ({**body(), "model": None}, "a model that is null"),
        ({**body(), "model": ["google/imagen4"]}, "a model that is a list"),
        ({**body(), "input": [{"prompt": PROMPT}]}, "an input that is a list"),
        ({**body(), "input": PROMPT}, "an input that is text"),
        ({**body(), "callBackUrl": "not a uri"}, "a callBackUrl that is no URI"),
        ({**body(), "callBackUrl": 42}, "a callBackUrl that is a number"),
        ({**body(), "callBackUrl": [CALLBACK]}, "a callBackUrl that is a list"),
        ([body()], "a list as the body"),
        ("google/imagen4", "text as the body"),
        (None, "null as the body"),
        (42, "a number as the body"),
    ]
    wrong += [(body(aspect_ratio=ratio), f"the aspect ratio {ratio!r}") for ratio in RATIOS]
    if "num_images" in fields:
        wrong += [(body(num_images=value), f"num_images {value!r}") for value in _COUNTS]
    return wrong


_COUNTS = ("0", "5", "10", "-1", "1.5", "01", "one", 1, 4, 2.5, True, ["1"])


def _unreadable(document: Document) -> list[Planned]:
    good = encoded(body())
    cases = [
        (b"", "an empty body"),
        (good[:-2], "JSON that is cut off"),
        (b"{'model': 'google/imagen4'}", "JSON with single quotes"),
        (good + b"}", "JSON with something behind it"),
    ]
    plans = [judged(document, content, what) for content, what in cases]
    # The two that are open: whether they are taken is noted.
    nulls = dict.fromkeys(("negative_prompt", "aspect_ratio", "seed"))
    plans.append(judged(document, encoded(body(**nulls)), "null for optional fields"))
    plans.append(judged(document, good, "JSON sent as text/plain", "text/plain"))
    form = b"model=google%2Fimagen4&input[prompt]=A+red+fox"
    plans.append(judged(document, form, "a web form", "application/x-www-form-urlencoded"))
    return plans
