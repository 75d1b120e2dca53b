"""Requests that the document forbids: each has to be refused, for the right reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...facts.gateways import DEFAULT_MODEL
from ...facts.protocol import CALLBACK_URL, INPUT, MODEL
from .build import CALLBACK, PROMPT, body, encoded
from .judge import judged

if TYPE_CHECKING:
    from ..document import Document
    from ..exchange import Case

NO_SUCH_MODEL = f"{DEFAULT_MODEL}-contract-no-such-model"
"""Begins like the real one, and is none of the gateway's other models, which cost money."""
RATIOS = ("auto", "5:7", "1x1", "square", "2:3", "3:2", "21:9", "16:10", "16:90", " 1:1", "1:1 ")
MODELS = {
    NO_SUCH_MODEL: "a model that does not exist",
    DEFAULT_MODEL.upper(): "the model in capitals",
    f"{DEFAULT_MODEL} ": "the model with a blank behind it",
    DEFAULT_MODEL.rpartition("/")[2]: "the model without its vendor",
    "": "an empty model",
}


def forbidden_creates(document: Document) -> list[Case]:
    """Own cases beyond what schemathesis makes of the schema; intents come from the schema."""
    fields = document.input_fields
    bodies = [*_bodies(fields), *_missing(fields)]
    cases = [judged(document, encoded(value), what) for value, what in bodies]
    return [*cases, *_unreadable(document)]


def _missing(fields: dict[str, Any]) -> list[tuple[Any, str]]:
    optional = {name: "42" for name in ("seed",) if name in fields}
    return [
        ({INPUT: {"prompt": PROMPT}}, "no model"),
        ({MODEL: DEFAULT_MODEL, INPUT: {}}, "no prompt"),
        ({MODEL: DEFAULT_MODEL, INPUT: optional}, "no prompt beside other fields"),
        ({MODEL: DEFAULT_MODEL, "prompt": PROMPT, INPUT: {}}, "the prompt outside input"),
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
        *(({**body(), MODEL: model}, what) for model, what in MODELS.items()),
        ({**body(), MODEL: None}, "a model that is null"),
        ({**body(), MODEL: [DEFAULT_MODEL]}, "a model that is a list"),
        ({**body(), INPUT: [{"prompt": PROMPT}]}, "an input that is a list"),
        ({**body(), INPUT: PROMPT}, "an input that is text"),
        ({**body(), CALLBACK_URL: "not a uri"}, "a callBackUrl that is no URI"),
        ({**body(), CALLBACK_URL: 42}, "a callBackUrl that is a number"),
        ({**body(), CALLBACK_URL: [CALLBACK]}, "a callBackUrl that is a list"),
        ([body()], "a list as the body"),
        (DEFAULT_MODEL, "text as the body"),
        (None, "null as the body"),
        (42, "a number as the body"),
    ]
    wrong += [(body(aspect_ratio=ratio), f"the aspect ratio {ratio!r}") for ratio in RATIOS]
    if "num_images" in fields:
        wrong += [(body(num_images=value), f"num_images {value!r}") for value in _COUNTS]
    return wrong


_COUNTS = ("0", "5", "10", "-1", "1.5", "01", "one", 1, 4, 2.5, True, ["1"])


def _unreadable(document: Document) -> list[Case]:
    good = encoded(body())
    single_quotes = b"{'model': '%b'}" % DEFAULT_MODEL.encode()
    nulls = dict.fromkeys(("negative_prompt", "aspect_ratio", "seed"))
    form = urlencode({MODEL: DEFAULT_MODEL}).encode() + b"&input[prompt]=A+red+fox"
    return [
        judged(document, b"", "an empty body"),
        judged(document, good[:-2], "JSON that is cut off"),
        judged(document, single_quotes, "JSON with single quotes"),
        judged(document, good + b"}", "JSON with something behind it"),
        # The two that are open: whether they are taken is noted.
        judged(document, encoded(body(**nulls)), "null for optional fields"),
        judged(document, good, "JSON sent as text/plain", "text/plain"),
        judged(document, form, "a web form", "application/x-www-form-urlencoded"),
    ]
