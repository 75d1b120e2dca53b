"""The balance is a number or an error, and neither shows the key."""

import re

import pytest

from client.play import KEY
from client.steps import core
from imagen4 import UnexpectedResponse
from imagen4.core.account import balance
from imagen4.core.effects import Answer


@pytest.mark.parametrize("data", ["null", '"much"', "{}"])
def test_an_answer_without_a_balance_says_so(data: str) -> None:
    """A success in form is not enough."""
    steps = balance(core())
    next(steps)
    with pytest.raises(UnexpectedResponse, match=r"^The answer holds no balance \["):
        steps.send(Answer(200, {}, f'{{"code": 200, "data": {data}}}'.encode()))


def test_a_refused_balance_does_not_show_the_key() -> None:
    """Not even when the gateway repeats it."""
    body = f'{{"code": 401, "msg": "no such key: {KEY}"}}'.encode()
    steps = balance(core())
    next(steps)
    with pytest.raises(Exception, match=re.escape("no such key: [hidden]")) as caught:
        steps.send(Answer(200, {}, body))
    assert KEY not in f"{caught.value!r} {caught.value.body}"  # type: ignore[attr-defined]
