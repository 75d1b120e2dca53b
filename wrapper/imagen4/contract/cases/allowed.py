"""Requests that the document allows, at its edges: each has to be accepted.

The first twenty fit into the rate that kie documents (20 creates in 10 s), so the
quick phase never has to wait for it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

from ...facts.protocol import CALLBACK_URL
from ..document import BODY_SCHEMA, Document
from ..exchange import Case, Expect, Intent, Subject
from .build import (
    CALLBACK,
    JSON_TYPE,
    PROMPT,
    accepted_create,
    body,
    create_case,
)

ASTRAL = "😀"
PARTS = CALLBACK.replace(".invalid/", ".invalid:8443/") + "?job=7&user=a%20b"
TEXT = """Tabs\tand\nnew lines, "quotes", it's, “it’s” – back\\slashes, <b>mark & up</b>, &amp; %s
{x} $y 100% %41 a+b; 雪の狐 ثعلب ＡＢ① 🦊 👩\u200d👧 ❤\ufe0f"""
ESCAPED = '"&<\n'
"""Each longer in JSON or HTML than it is."""
BIG_SEED, ZEROS_SEED = "12345678901234567890", "007"
"""Texts, whatever they look like: a number would lose digits, or zeros."""
TIMES = 3
AT_ONCE = 2


def plainest() -> Case:
    """The plainest create there is."""
    return accepted_create(body(), "only model and prompt")


def may_fail() -> Case:
    """A prompt that filters may stop: if its task fails, there is a failure to look at."""
    text = "fail: forbidden, prohibited, blocked, nsfw content that has to be refused with an error"
    intent = Intent(Expect.OPEN, Subject.PARAMETER, BODY_SCHEMA, "a prompt that a filter may stop")
    return create_case(body(text), intent)


def at_the_limits(document: Document) -> list[Case]:
    """All but those: every enum value, every length boundary, every optional field."""
    fields = document.input_fields
    return [
        accepted_create(body(), "the same request again"),
        *_enums(fields)[AT_ONCE:],
        *_prompts(fields),
        *_optional(fields),
        _with_charset(),
    ]


def at_once(document: Document) -> list[Case]:
    """Two to be sent at the same time: neither may fail, nor their tasks be mixed up."""
    cases = _enums(document.input_fields)[:AT_ONCE]
    together = f", sent at once with {AT_ONCE - 1} other"
    return [
        replace(case, intent=replace(case.intent, what=case.intent.what + together))
        for case in cases
    ]


def one_thing_at_a_time(document: Document) -> list[Case]:
    """One thing at a time, where there is room for so many creates."""
    fields = document.input_fields
    longest, seed = fields["prompt"]["maxLength"], fields["seed"]["maxLength"]
    prompts = {f"{longest} × {each!r}": each * longest for each in '"&'}
    prompts |= {
        "a prompt of digits": "1234567890",
        "a prompt with joined emoji": "👩\u200d👧 ❤\ufe0f",
    }
    prompts |= {"a prompt with per cents and pluses": "100% %41 a+b a%20b"}
    seeds = [BIG_SEED, ZEROS_SEED, "9999999999", "-1", "0"]
    return [
        *(accepted_create(body(prompt), what) for what, prompt in prompts.items()),
        *(accepted_create(body(seed=text), f"the seed {text!r}") for text in seeds),
        accepted_create(body(seed="é" * seed), f"a seed of {seed} × é"),
    ]


def _with_json_escapes(value: Any, what: str) -> Case:
    """With JSON's escapes for all that is not ASCII, as many clients write it."""
    case = accepted_create(value, what)
    return replace(case, request=replace(case.request, content=json.dumps(value).encode()))


def _with_charset() -> Case:
    case = accepted_create(body(), "a charset in Content-Type")
    return replace(case, request=replace(case.request, content_type=f"{JSON_TYPE}; charset=utf-8"))


def repeated(document: Document, seed: int) -> list[Case]:
    """Enum values some more times: of one task that fails nobody knows why.

    Shuffled, so that a server that fails every n-th task does not fail the same value each time.
    """
    cases = _enums(document.input_fields) * TIMES
    Random(seed).shuffle(cases)
    return cases


def _enums(fields: dict[str, Any]) -> list[Case]:
    """Every ratio and, where there is one, every number of pictures: in pairs, to pay less."""
    ratios = fields["aspect_ratio"]["enum"]
    counts = fields.get("num_images", {}).get("enum", [])
    cases = []
    for index in range(max(len(ratios), len(counts))):
        chosen = {"aspect_ratio": ratios[index % len(ratios)]}
        if counts:
            # From the largest down: a server that ignores the field is seen at once.
            chosen["num_images"] = counts[-1 - index % len(counts)]
        what = ", ".join(f"{name} {value!r}" for name, value in chosen.items())
        cases.append(accepted_create(body(f"A lighthouse, {index}", **chosen), what))
    return cases


def _prompts(fields: dict[str, Any]) -> list[Case]:
    longest = fields["prompt"]["maxLength"]
    return [
        accepted_create(
            body("x", seed=ZEROS_SEED), f"a prompt of one character, seed {ZEROS_SEED!r}"
        ),
        accepted_create(
            body((ESCAPED * longest)[: longest - 1] + "x"),
            f"a prompt of {longest} quotes, ampersands, angle brackets and new lines",
        ),
        accepted_create(body("é" * longest), f"a prompt of {longest} × é ({2 * longest} bytes)"),
        accepted_create(body(ASTRAL * longest), f"a prompt of {longest} × {ASTRAL}"),
        _with_json_escapes(body(TEXT), "a prompt with quotes, new lines, markup and other scripts"),
    ]


def _optional(fields: dict[str, Any]) -> list[Case]:
    longest = fields["negative_prompt"]["maxLength"]
    seed = fields["seed"]["maxLength"]
    everything = {
        "negative_prompt": "blurry",
        "aspect_ratio": "16:9",
        "seed": BIG_SEED,
        **({"num_images": "2"} if "num_images" in fields else {}),
    }
    longest_texts = {"negative_prompt": ASTRAL * longest, "seed": ASTRAL * seed}
    return [
        accepted_create(
            body(negative_prompt="x" * longest), f"a negative prompt of {longest} characters"
        ),
        accepted_create(body(seed="s" * seed), f"a seed of {seed} characters"),
        accepted_create({**body(PROMPT), CALLBACK_URL: CALLBACK}, "a callBackUrl"),
        accepted_create(
            {**body(PROMPT), CALLBACK_URL: PARTS}, "a callBackUrl with a port and a query"
        ),
        accepted_create(
            {**body(PROMPT, **everything), CALLBACK_URL: CALLBACK}, "all fields together"
        ),
        accepted_create(body(ASTRAL * longest, **longest_texts), "all texts at their longest"),
    ]
