"""Requests that the document allows, at its edges: each has to be accepted.

Hardly more than fit into the rate that kie documents (20 creates in 10 s) are for the
quick phase, so that it need not wait for long.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any

from ...facts.models import COUNT_FIELDS
from ...facts.protocol import CALLBACK_URL
from ..document import BODY_SCHEMA
from ..exchange import Case, Expect, Intent, Subject
from .build import CALLBACK, JSON_TYPE, UNKNOWN, accepted_create, body, create_case
from .judge import may_be_empty
from .values import (
    ALLOWED_EXTRAS,
    FALSY_SEED,
    MINUS_SEED,
    ZEROS_SEED,
    bounds,
    choices,
    longest,
    several,
    usual,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..document import Document

    Schema = dict[str, Any]

ASTRAL = "😀"
PARTS = CALLBACK.replace(".invalid/", ".invalid:8443/") + "?job=7&user=a%20b"
TEXT = """Tabs\tand\nnew lines, "quotes", it's, “it’s” – back\\slashes, <b>mark & up</b>, &amp; %s
{x} $y 100% %41 a+b; 雪の狐 ثعلب ＡＢ① 🦊 👩\u200d👧 ❤\ufe0f"""
ESCAPED = '"&<\n'
"""Each longer in JSON or HTML than it is."""
TIMES = 3
AT_ONCE = 2
FIRST_CHOICES = 5
"""Before all else; the rest of a long list comes last, and in quick there is no room for it."""


def plainest(document: Document) -> Case:
    """The plainest create there is."""
    return accepted_create(body(document), "only model and what it requires")


def may_fail(document: Document) -> list[Case]:
    """A prompt that filters may stop: if its task fails, there is a failure to look at."""
    text = "fail: forbidden, prohibited, blocked, nsfw content that has to be refused with an error"
    intent = Intent(Expect.OPEN, Subject.PARAMETER, BODY_SCHEMA, "a prompt that a filter may stop")
    fits = _fits(document, {"prompt": text})
    return [create_case(body(document, prompt=text), intent)] if fits else []


def at_the_limits(document: Document) -> list[Case]:
    """All but those: every choice, every boundary, every optional field."""
    choices = _choices(document)
    return [
        accepted_create(body(document), "the same request again"),
        *choices[AT_ONCE:FIRST_CHOICES],
        *_prompts(document),
        *_optional(document),
        _with_charset(document),
        *choices[FIRST_CHOICES:],
    ]


def at_once(document: Document) -> list[Case]:
    """Two to be sent at the same time: neither may fail, nor their tasks be mixed up."""
    cases = _choices(document)[:AT_ONCE]
    together = f", sent at once with {AT_ONCE - 1} other"
    return [
        replace(case, intent=replace(case.intent, what=case.intent.what + together))
        for case in cases
    ]


def one_thing_at_a_time(document: Document) -> list[Case]:
    """One thing at a time, where there is room for so many creates."""
    most = longest(document.input_fields.get("prompt", {}))
    prompts = {f"{most} × {each!r}": each * most for each in '"&' if most}
    prompts |= {
        "a prompt of digits": "1234567890",
        "a prompt with joined emoji": "👩\u200d👧 ❤\ufe0f",
    }
    prompts |= {"a prompt with per cents and pluses": "100% %41 a+b a%20b"}
    cases = [_accepted(document, what, prompt=prompt) for what, prompt in prompts.items()]
    for name, schema in document.input_fields.items():
        values = (*ALLOWED_EXTRAS.get(name, ()), *bounds(schema))
        cases += [_accepted(document, f"the {name} {each!r}", **{name: each}) for each in values]
        if (most := longest(schema)) and name != "prompt":
            cases.append(_accepted(document, f"{words(name)} of {most} × é", **{name: "é" * most}))
    return [*chain(*cases)]


def repeated(document: Document, seed: int) -> list[Case]:
    """Choices some more times: of one task that fails nobody knows why.

    Shuffled, so that a server that fails every n-th task does not fail the same value each time.
    """
    cases = _choices(document) * TIMES
    Random(seed).shuffle(cases)
    return cases


def _accepted(document: Document, what: str, /, **changes: Any) -> list[Case]:
    """The create with these changes; none where the model has no such fields, or forbids them."""
    return [accepted_create(body(document, **changes), what)] if _fits(document, changes) else []


def _fits(document: Document, changes: dict[str, Any]) -> bool:
    fields = document.input_fields
    return all(name in fields and document.accepts(name, changes[name]) for name in changes)


def _with_charset(document: Document) -> Case:
    case = accepted_create(body(document), "a charset in Content-Type")
    return replace(case, request=replace(case.request, content_type=f"{JSON_TYPE}; charset=utf-8"))


def _with_json_escapes(case: Case) -> Case:
    """With JSON's escapes for all that is not ASCII, as many clients write it."""
    content = json.dumps(case.request.body).encode()
    return replace(case, request=replace(case.request, content=content))


def _choices(document: Document) -> list[Case]:
    """Every value of every list, one of each list at a time, to pay less."""
    lists = {name: choices(name, schema) for name, schema in document.input_fields.items()}
    # Numbers from the largest down: a server that ignores the field is seen at once.
    lists |= {name: lists[name][::-1] for name in COUNT_FIELDS if name in lists}
    lists = {name: values for name, values in lists.items() if values}
    cases = []
    for index in range(max([AT_ONCE, *map(len, lists.values())])):
        chosen = {name: values[index % len(values)] for name, values in lists.items()}
        what = ", ".join(f"{name} {value!r}" for name, value in chosen.items())
        if "prompt" in document.input_fields:
            chosen["prompt"] = f"A lighthouse, {index}"
        cases.append(accepted_create(body(document, **chosen), what or "another request"))
    return cases


def _prompts(document: Document) -> list[Case]:
    seeds = {"seed": ZEROS_SEED} if _fits(document, {"seed": ZEROS_SEED}) else {}
    one = f"a prompt of one character{f', seed {ZEROS_SEED!r}' if seeds else ''}"
    cases = _accepted(document, one, prompt="x", **seeds)
    if most := longest(document.input_fields.get("prompt", {})):
        escaped = f"a prompt of {most} quotes, ampersands, angle brackets and new lines"
        cases += _accepted(document, escaped, prompt=(ESCAPED * most)[: most - 1] + "x")
        accents = f"a prompt of {most} × é ({2 * most} bytes)"
        cases += _accepted(document, accents, prompt="é" * most)
        cases += _accepted(document, f"a prompt of {most} × {ASTRAL}", prompt=ASTRAL * most)
    what = "a prompt with quotes, new lines, markup and other scripts"
    return [*cases, *map(_with_json_escapes, _accepted(document, what, prompt=TEXT))]


def _optional(document: Document) -> list[Case]:
    texts = {n: most for n, schema in document.input_fields.items() if (most := longest(schema))}
    everything = body(document, **_everything(document))
    cases = [
        _accepted(document, f"{words(name)} of {most} characters", **{name: name[:1] * most})
        for name, most in texts.items()
        if name != "prompt"
    ]
    return [
        *chain(*cases),
        *_empty(document),
        *_with_more(document),
        _called_back(document, "a callBackUrl", CALLBACK, FALSY_SEED),
        _called_back(document, "a callBackUrl with a port and a query", PARTS, MINUS_SEED),
        accepted_create({**everything, CALLBACK_URL: CALLBACK}, "all fields together"),
        *_all("texts at their longest", document, _longest_text),
        *_all("numbers at their lowest", document, lambda _, schema: schema.get("minimum")),
        *_all("numbers at their highest", document, lambda _, schema: schema.get("maximum")),
        *_all("lists at their longest", document, lambda *field: _longest_list(document, *field)),
    ]


def _called_back(document: Document, what: str, url: str, seed: str) -> Case:
    """In the same create a seed, where the model has such a text: each alone costs another one."""
    seeds = {"seed": seed} if _fits(document, {"seed": seed}) else {}
    told = what + "".join(f", {name} {value!r}" for name, value in seeds.items())
    return accepted_create({**body(document, **seeds), CALLBACK_URL: url}, told)


def _empty(document: Document) -> list[Case]:
    """The texts that the page's own example leaves empty, one create for all."""
    empty = {name: "" for name in document.input_fields if may_be_empty(document, name)}
    told = f"{' and '.join(map(words, empty))} that {'is' if len(empty) == 1 else 'are'} empty"
    return _accepted(document, told, **empty) if empty else []


def _with_more(document: Document) -> list[Case]:
    """Fields that the document neither has nor rules out: it has no `additionalProperties`."""
    more = body(document, **{UNKNOWN: "x"}) | {UNKNOWN: "x"}
    told = "fields that the document does not have"
    return [] if document.body_breaches(more) else [accepted_create(more, told)]


def _all(what: str, document: Document, value_of: Callable[[str, Schema], Any]) -> list[Case]:
    """All fields at once that have such a value."""
    found = {name: value_of(name, schema) for name, schema in document.input_fields.items()}
    fit = {name: value for name, value in found.items() if value is not None}
    return _accepted(document, f"all {what}", **fit) if fit else []


def _longest_text(_name: str, schema: Schema) -> str | None:
    return ASTRAL * longest(schema) or None


def _longest_list(document: Document, name: str, schema: Schema) -> list[Any] | None:
    items, most = usual(document, name), schema.get("maxItems", 0)
    if not isinstance(items, list) or not most:
        return None
    return several(name, schema, most) if schema.get("uniqueItems") else (items * most)[:most]


def _everything(document: Document) -> dict[str, Any]:
    """Every field, with another value than the first where there is a choice."""
    found = {}
    for name, schema in document.input_fields.items():
        likely = [*choices(name, schema)[1:2], *ALLOWED_EXTRAS.get(name, ())]
        likely.append(usual(document, name))
        fit = [value for value in likely if value is not None and document.accepts(name, value)]
        found[name] = fit[0] if fit else None
    return {name: value for name, value in found.items() if value is not None}
