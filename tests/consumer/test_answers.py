"""Whatever a gateway answers: a usable result, or one typed error that keeps the answer."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumer.answers import (
    GOOD,
    NO_OBJECT,
    NOT_JSON,
    STATUSES,
    WRONG,
    Reply,
    changed,
    conforms,
    generated,
    places,
    reply,
    telling,
)
from consumer.documents import GATEWAYS, has
from consumer.gateway import SIDES, examples
from consumer.outcomes import CALLS, check, outcome
from imagen4 import Imagen4Error

# Each gateway with each call that it has an operation for. The clients take turns in each test:
# what they decide by is the same. So is what the gateways answer, by specs/shared/envelope.yaml.
FIRST = next(iter(GATEWAYS))
EVERY = [
    pytest.param(gateway, call, marks=[] if gateway == FIRST else pytest.mark.slow)
    for gateway in GATEWAYS
    for call, (_, path) in CALLS.items()
    if has(gateway, path)
]
FEW = 40  # with fewer examples than that, all may come out alike
each = pytest.mark.parametrize(("gateway", "call"), EVERY)
sides = st.sampled_from(SIDES)


def statuses(body: Any) -> st.SearchStrategy[int]:
    """HTTP 200 with the verdict in the body, and the verdict as a status of its own."""
    code = body.get("code") if isinstance(body, dict) else None
    own = [code] if type(code) is int and 200 <= code <= 599 else []
    return st.sampled_from((200, 200, *own, *own, *STATUSES))


def kind(found: Any) -> str:
    return "error" if isinstance(found, Imagen4Error) else "result"


@each
def test_conforming_answers_give_a_result_or_a_typed_error(gateway: str, call: str) -> None:
    """What the effective schema allows, drawn near a success, never breaks the client."""
    path, tally = CALLS[call][1], Counter[str]()

    @settings(max_examples=examples(0.85))
    @given(st.data())
    def examine(data: st.DataObject) -> None:
        body = data.draw(telling(gateway, path))
        answer = reply(body, data.draw(statuses(body)))
        assert conforms(gateway, path, answer)
        found = outcome(gateway, data.draw(sides), call, answer)
        check(call, answer, found)
        tally[kind(found)] += 1

    examine()
    assert tally.total() < FEW or min(tally["result"], tally["error"]) > 0


@each
@pytest.mark.parametrize("side", SIDES)
def test_the_good_answer_gives_a_result(gateway: str, side: str, call: str) -> None:
    """What the wrong answers are made of is a success."""
    answer = reply(GOOD[CALLS[call][1]])
    found = outcome(gateway, side, call, answer)
    check(call, answer, found)
    assert kind(found) == "result"


@each
@settings(max_examples=examples(0.2))
@given(side=sides, data=st.data())
def test_answers_that_another_tool_draws_from_the_schema(
    gateway: str, call: str, side: str, data: st.DataObject
) -> None:
    """The contract-testing tool's own idea of a conforming answer is survived as well."""
    body = data.draw(generated(gateway, CALLS[call][1]))
    answer = reply(body, data.draw(statuses(body)))
    check(call, answer, outcome(gateway, side, call, answer))


@each
def test_what_is_no_object_is_one_typed_error(gateway: str, call: str) -> None:
    """Neither text that is not JSON nor JSON that is no object is ever a success."""
    contents = [*NOT_JSON, *(reply(value).content for value in NO_OBJECT)]
    for number, content in enumerate(contents):
        for side, status in ((0, 200), (1, STATUSES[number % len(STATUSES)])):
            answer = Reply(status, content)
            found = outcome(gateway, SIDES[(number + side) % 2], call, answer)
            assert isinstance(found, Imagen4Error)
            check(call, answer, found)


def violating(gateway: str, path: str) -> Iterator[Reply]:
    """The good answer with every wrong value in every place, as far as the schema forbids it."""
    for place in places(GOOD[path]):
        for number, value in enumerate(WRONG):
            body = changed(GOOD[path], place, value)
            for status in (200, STATUSES[number % len(STATUSES)]):
                answer = reply(body, status)
                if not conforms(gateway, path, answer):
                    yield answer


@each
def test_every_wrong_value_in_every_place_is_survived(gateway: str, call: str) -> None:
    """Violating answers give one typed error, or a result that does not need what is wrong."""
    answers = list(violating(gateway, CALLS[call][1]))
    assert len(answers) > 20
    for number, answer in enumerate(answers):
        side = SIDES[number // 2 % 2]  # under HTTP 200 and under another status, each
        check(call, answer, outcome(gateway, side, call, answer))


NEEDED = {
    "submit": [("code",), ("data",), ("data", "taskId")],
    "wait": [("code",), ("data",), ("data", "state"), ("data", "resultJson")],
    "status": [("code",), ("data",), ("data", "state")],
    "credits": [("code",), ("data",)],
}


def tolerated(call: str, place: tuple[str, ...], value: Any) -> bool:
    """What the client reads all the same: no code, numbers as an odd state, any kind of id."""
    if place == ("code",):
        return value is None
    if (call, place) == ("submit", ("data",)):  # the id alone
        word = isinstance(value, str) and value.isprintable() and value.split() == [value]
        return word or (type(value) is int and 0 < value < 10**18)
    number = type(value) in (int, float) and abs(value) < 10**18
    positive = number and value > 0 and place[-1] == "taskId"
    return bool(positive or (number and place[-1] == "state" and call == "status"))


@each
def test_a_wrong_value_where_it_matters_is_one_typed_error(gateway: str, call: str) -> None:
    """No verdict, no data, no id or no state that can be read is never taken for a success."""
    path = CALLS[call][1]
    for place in NEEDED.get(call, ()):
        for number, value in enumerate(WRONG):
            answer = reply(changed(GOOD[path], place, value))
            if conforms(gateway, path, answer) or tolerated(call, place, value):
                continue
            found = outcome(gateway, SIDES[number % 2], call, answer)
            assert isinstance(found, Imagen4Error), (place, value)


@each
@settings(max_examples=examples(0.3))
@given(side=sides, content=st.binary(max_size=60), status=st.integers(200, 599))
def test_arbitrary_bytes_under_any_status_are_one_typed_error(
    gateway: str, call: str, side: str, content: bytes, status: int
) -> None:
    """Noise is an error that keeps it."""
    answer = Reply(status, content)
    found = outcome(gateway, side, call, answer)
    assert isinstance(found, Imagen4Error)
    check(call, answer, found)
