"""Guards against an unreadable balance that passes for a number."""

import pytest

from client.play import GATEWAYS, KINDS, Script, envelope, play
from client.steps import core
from imagen4 import UnexpectedResponse, errors
from imagen4.core.answer import Answer
from imagen4.core.balance import read_balance


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("left", "expected"), [(5916.25, 5916.25), (7, 7.0), ("12.5", 12.5), (0, 0.0)]
)
def test_credits_are_a_number(kind: str, gateway: str, left: object, expected: float) -> None:
    """A float on the wire, an integer in the documents."""
    script = Script(others=[envelope(200, left)])
    found = play(kind, script, lambda c: c.credits(), gateway=gateway)
    assert found == expected
    assert type(found) is float
    assert script.requests[0].method == "GET"
    assert script.requests[0].url.path == "/api/v1/chat/credit"


@pytest.mark.parametrize("left", [None, "many", True, [], {}])
def test_credits_that_are_no_number_are_an_error(left: object) -> None:
    """Not 0, which would stop a batch for nothing."""
    with pytest.raises(errors.UnexpectedResponse, match="The answer holds no balance") as caught:
        play("sync", Script(others=[envelope(200, left)]), lambda c: c.credits())
    assert caught.value.gateway == "kie"
    assert caught.value.http_status == 200


@pytest.mark.parametrize("code", [401, 402, 455, 500])
def test_credits_that_are_refused_say_why(code: int) -> None:
    """By the same rule as everything else."""
    with pytest.raises(errors.Imagen4Error, match="no") as caught:
        play("sync", Script(others=[envelope(code, None, "no")]), lambda c: c.credits())
    assert caught.value.code == code


@pytest.mark.parametrize("data", ["null", '"much"', "{}"])
def test_an_answer_without_a_balance_says_so(data: str) -> None:
    """A success in form is not enough."""
    steps = read_balance(core())
    next(steps)
    with pytest.raises(UnexpectedResponse, match=r"^The answer holds no balance \["):
        steps.send(Answer(200, {}, f'{{"code": 200, "data": {data}}}'.encode()))
