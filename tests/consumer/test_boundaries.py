"""Every enum value and every length boundary of the documents is hit, and that is counted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from consumer.arguments import FILLERS, MAX_IMAGES, NAMES, argument, forbidden, meant, sample
from consumer.conformity import strict_json, violations
from consumer.documents import GATEWAYS, Rule, body_schema, inputs, rules
from consumer.gateway import SIDES, Gateway
from imagen4 import InvalidRequest

URIS = ("https://example.com/callback", "http://[::1]:8080/?a=b#c", "https://u:p@a-b.example/%20")
NO_URIS = ("not a uri", "https://example.com/a b", "http://exa\nmple.com/", "/callback", "http://[")
both = pytest.mark.parametrize("gateway", GATEWAYS)
either = pytest.mark.parametrize("side", SIDES)


@dataclass(frozen=True)
class Case:
    """A value that a rule of the document is tried with: its name, and whether it may leave."""

    rule: Rule
    label: str
    value: Any
    allowed: bool


def cases(rule: Rule) -> Iterator[Case]:
    """The values to try because of a rule."""
    if rule.kind == "enum":
        yield Case(rule, "member", rule.value, True)
    elif rule.kind == "length":
        for name, one in FILLERS.items():
            for length in (0, 1, rule.value, rule.value + 1):
                label = f"{length} {name}"
                yield Case(rule, label, one * length, length <= rule.value)
    else:
        assert (rule.kind, rule.value) == ("format", "uri")
        yield from (Case(rule, f"good {uri}", uri, True) for uri in URIS)
        yield from (Case(rule, f"bad {uri}", uri, False) for uri in NO_URIS)


def sent_body(gateway: str, side: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The body that left, held against the document; None if the call was refused instead."""
    stub = Gateway(gateway)
    try:
        stub.ask(side, lambda client: client.submit(**arguments))
    except InvalidRequest:
        assert stub.requests == []
        return None
    assert [violations(gateway, request) for request in stub.requests] == [[]]
    body: dict[str, Any] = strict_json(stub.requests[0].content)
    return body


def observed(gateway: str, side: str, case: Case) -> str:
    """What became of a case: "sent", "left out" or "refused", read from the wire."""
    field = case.rule.field
    arguments = {"prompt": "a fox"} if field == "model" else argument(gateway, field, case.value)
    body = sent_body(gateway, side, arguments)
    if body is None:
        return "refused"
    given = {**body, **body["input"]}
    if field not in given:
        return "left out"
    assert given[field] == case.value
    return "sent"


def expected(case: Case) -> str:
    """An empty option is left out, an empty prompt is refused; else the document decides."""
    if case.value == "":
        return "refused" if case.rule.field == "prompt" else "left out"
    return "sent" if case.allowed else "refused"


@either
@both
def test_every_enum_value_and_every_boundary_is_hit(gateway: str, side: str) -> None:
    """Each value leaves or is refused as the document says, and none of them was forgotten."""
    found = {
        (rule, case.label): (observed(gateway, side, case), expected(case))
        for rule in rules(gateway)
        for case in cases(rule)
    }
    assert {key: pair for key, pair in found.items() if pair[0] != pair[1]} == {}
    counts = Counter((rule.kind, outcome) for (rule, _), (outcome, _) in found.items())
    assert counts == wanted(gateway)


def wanted(gateway: str) -> Counter[tuple[str, str]]:
    """How often each thing must have happened, counted in the document a second way."""
    body = body_schema(gateway)["properties"]
    schemas = [*body.values(), *inputs(gateway).values()]
    values = sum(len(schema.get("enum", [])) for schema in schemas)
    limited = sum("maxLength" in schema for schema in schemas)
    uris = sum(schema.get("format") == "uri" for schema in schemas)
    return Counter(
        {
            ("enum", "sent"): values,
            ("length", "sent"): limited * 2 * len(FILLERS),
            ("length", "left out"): (limited - 1) * len(FILLERS),
            ("length", "refused"): (limited + 1) * len(FILLERS),
            ("format", "sent"): uris * len(URIS),
            ("format", "refused"): uris * len(NO_URIS),
        }
    )


@both
def test_the_documents_hold_the_rules_that_this_file_counts(gateway: str) -> None:
    """At least the ratios, the three limits and the callback's format are found in them."""
    kinds = Counter((rule.field, rule.kind) for rule in rules(gateway))
    assert kinds["aspect_ratio", "enum"] >= 5
    assert kinds["model", "enum"] == kinds["callBackUrl", "format"] == 1
    assert {field for field, kind in kinds if kind == "length"} >= {"prompt", "negative_prompt"}


@either
@both
def test_every_documented_field_can_be_asked_for(gateway: str, side: str) -> None:
    """Also one that a document gained and the client has no argument for."""
    for field, schema in inputs(gateway).items():
        arguments = argument(gateway, field, sample(schema))
        assert sent_body(gateway, side, arguments) == meant(gateway, arguments)


@either
@both
def test_what_no_enum_holds_is_refused(gateway: str, side: str) -> None:
    """Near misses of every enum value, and numbers of pictures outside 1 to 4."""
    ratios = inputs(gateway)["aspect_ratio"]["enum"]
    near = [change for ratio in ratios for change in (f" {ratio}", f"{ratio}\n", ratio * 2)]
    odd = [{"prompt": "a", "aspect_ratio": ratio} for ratio in near if ratio not in ratios]
    odd += [{"prompt": "a", "num_images": n} for n in (-1, 0, MAX_IMAGES + 1, "1", "4", 1.0, True)]
    assert all(forbidden(gateway, arguments) for arguments in odd)
    assert [sent_body(gateway, side, arguments) for arguments in odd] == [None] * len(odd)


@either
@both
def test_four_pictures_are_as_many_tasks_as_the_document_needs(gateway: str, side: str) -> None:
    """Each number of pictures is one task where the field exists, else one task a picture."""
    for count in range(1, MAX_IMAGES + 1):
        stub = Gateway(gateway)
        arguments = {"prompt": "a fox", "num_images": count}
        stub.ask(side, lambda client, given=arguments: client.submit(**given))
        bodies = [strict_json(request.content) for request in stub.requests]
        tasks = 1 if "num_images" in inputs(gateway) else count
        assert bodies == [meant(gateway, arguments)] * tasks


@either
@both
def test_empty_options_leave_no_trace(gateway: str, side: str) -> None:
    """None and "" are the same as not given at all."""
    bodies = [
        sent_body(gateway, side, {"prompt": "a fox", **dict.fromkeys(NAMES[2:], empty)})
        for empty in (None, "")
    ]
    assert bodies == [meant(gateway, {"prompt": "a fox"})] * 2
