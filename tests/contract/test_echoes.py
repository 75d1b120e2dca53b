"""A key in an answer is a finding, unless the request's own text was that key."""

import httpx
import pytest

from imagen4.contract.exchange import Expect, Intent, Planned, Request, Subject
from imagen4.contract.pace import Pace
from imagen4.contract.transport import Budget, Session

KEY = "sandbox-kie-key"


@pytest.mark.parametrize(("prompt", "echoed"), [("a fox", True), (KEY, False)])
def test_only_a_key_that_was_not_said_is_an_echo(prompt: str, echoed: bool) -> None:
    """The answer holds the key each time; it counts unless the request's own text had it."""
    answer = httpx.Response(200, content=f'{{"msg": "{KEY}"}}')
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://127.0.0.1:9"
    ) as client:
        session = Session(client, KEY, "another-key-altogether", Budget(None), Pace(False), 5.0)
        request = Request("POST", "/api/v1/jobs/createTask", content=prompt.encode())
        intent = Intent(next(iter(Expect)), next(iter(Subject)), "#", "a create")
        exchange = session.send(Planned(request, intent))
    assert exchange.answer is not None
    assert exchange.answer.echoed is echoed
    assert KEY.encode() not in exchange.answer.content
