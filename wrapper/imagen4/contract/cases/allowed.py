"""Requests that the document allows, at its edges: each has to be accepted.

The first twenty fit into the rate that kie documents (20 creates in 10 s), so the
quick phase never has to wait for it.
"""

from random import Random
from typing import Any

from imagen4.contract.cases.build import CALLBACK, PROMPT, accepted, body, create
from imagen4.contract.document import BODY, Document
from imagen4.contract.exchange import Expect, Intent, Planned, Subject

ASTRAL = "😀"
PARTS = CALLBACK.replace(".invalid/", ".invalid:8443/") + "?job=7&user=a%20b"
TEXT = 'Tabs\tand\nnew lines, "quotes", back\\slashes, <b>mark & up</b>, %s {x} $y; 雪の狐 ثعلب 🦊'

TIMES = 4


def first() -> Planned:
    """The plainest create there is."""
    return accepted(body(), "only model and prompt")


def may_fail() -> Planned:
    """A prompt that filters may stop: if its task fails, there is a failure to look at."""
    text = "fail: forbidden, prohibited, blocked, nsfw content that has to be refused with an error"
    intent = Intent(Expect.OPEN, Subject.PARAMETER, BODY, "a prompt that a filter may stop")
    return create(body(text), intent)


def allowed(document: Document) -> list[Planned]:
    """All the others: every enum value, every length boundary, every optional field."""
    fields = document.at(f"{BODY}/properties/input/properties")
    return [
        accepted(body(), "the same request again"),
        *_enums(fields),
        *_prompts(fields),
        *_optional(fields),
    ]


def again(document: Document, seed: int) -> list[Planned]:
    """Enum values some more times: of one task that fails nobody knows why.

    Shuffled, so that a server that fails every n-th task does not fail the same value each time.
    """
    plans = _enums(document.at(f"{BODY}/properties/input/properties")) * TIMES
    Random(seed).shuffle(plans)
    return plans


def _enums(fields: dict[str, Any]) -> list[Planned]:
    """Every ratio and, where there is one, every number of pictures: in pairs, to pay less."""
    ratios = fields["aspect_ratio"]["enum"]
    counts = fields.get("num_images", {}).get("enum", [])
    plans = []
    for index in range(max(len(ratios), len(counts))):
        chosen = {"aspect_ratio": ratios[index % len(ratios)]}
        if counts:
            # From the largest down: a server that ignores the field is seen at once.
            chosen["num_images"] = counts[-1 - index % len(counts)]
        what = ", ".join(f"{name} {value!r}" for name, value in chosen.items())
        plans.append(accepted(body(f"A lighthouse, {index}", **chosen), what))
    return plans


def _prompts(fields: dict[str, Any]) -> list[Planned]:
    longest = fields["prompt"]["maxLength"]
    return [
        accepted(body("x"), "a prompt of one character"),
        accepted(body("x" * longest), f"a prompt of {longest} characters"),
        accepted(body("é" * longest), f"a prompt of {longest} × é ({2 * longest} bytes)"),
        accepted(body(ASTRAL * longest), f"a prompt of {longest} × {ASTRAL}"),
        accepted(body(TEXT), "a prompt with quotes, new lines, markup and other scripts"),
    ]


def _optional(fields: dict[str, Any]) -> list[Planned]:
    longest = fields["negative_prompt"]["maxLength"]
    seed = fields["seed"]["maxLength"]
    everything = {
        "negative_prompt": "blurry",
        "aspect_ratio": "16:9",
        "seed": "42",
        **({"num_images": "2"} if "num_images" in fields else {}),
    }
    longest_texts = {"negative_prompt": ASTRAL * longest, "seed": ASTRAL * seed}
    return [
        accepted(body(negative_prompt="x" * longest), f"a negative prompt of {longest} characters"),
        accepted(body(seed="s" * seed), f"a seed of {seed} characters"),
        accepted({**body(PROMPT), "callBackUrl": CALLBACK}, "a callBackUrl"),
        accepted({**body(PROMPT), "callBackUrl": PARTS}, "a callBackUrl with a port and a query"),
        accepted({**body(PROMPT, **everything), "callBackUrl": CALLBACK}, "all fields together"),
        accepted(body(ASTRAL * longest, **longest_texts), "all texts at their longest"),
    ]
