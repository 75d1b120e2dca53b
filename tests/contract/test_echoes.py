"""A key in an answer is a finding; so that it is one, no request's own text has a key."""

from collections.abc import Iterator

import httpx
import pytest

from imagen4.contract.cases import generated
from imagen4.contract.cases.build import accepted, body
from imagen4.contract.exchange import Planned
from imagen4.contract.pace import Pace
from imagen4.contract.run import Options, Seams, run
from imagen4.contract.target import Target
from imagen4.contract.transport import Budget, Session
from sharpening.clock import Clock
from sharpening.reference import InProcess, Reference

KEY = "sandbox-kie-key"
OTHER = "sandbox-apikley-key"


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with a server that repeats the key in each answer."""
    answer = httpx.Response(200, content=f'{{"msg": "{KEY}"}}')
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://127.0.0.1:9"
    ) as client:
        yield Session(client, KEY, OTHER, Budget(None), Pace(False), 5.0)


def test_a_key_in_an_answer_is_an_echo_and_taken_out(session: Session) -> None:
    """It is known that it stood there, and nothing else is kept."""
    exchange = session.send(accepted(body(), "a create"))
    assert exchange.answer is not None
    assert exchange.answer.echoed
    assert KEY.encode() not in exchange.answer.content


@pytest.mark.parametrize(("prompt", "gives"), [("a fox", False), (KEY, True), (OTHER, True)])
def test_a_key_in_a_request_is_noticed(prompt: str, gives: bool, session: Session) -> None:
    """Of either gateway, wherever it stands in what is sent beside the headers."""
    assert session.gives_away(accepted(body(prompt), "a create").request) is gives


def test_generated_requests_with_a_key_are_not_sent(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator that draws a key from loaded code makes no alarm of it."""

    def drawn(*_arguments: object) -> list[Planned]:
        return [accepted(body(seed=key), "drawn") for key in (KEY, OTHER, "harmless")]

    monkeypatch.setattr(generated, "generated", drawn)
    server = Reference("kie", "observed", clock)
    seams = Seams(InProcess(server), clock.now, clock.sleep, server.now)
    outcome = run(Options(Target("kie", "http://127.0.0.1:9", KEY), phase="full"), seams)
    sent = [each for each in outcome.trace.exchanges if each.intent.what == "drawn"]
    assert [each.request.body["input"]["seed"] for each in sent] == ["harmless"]
    assert outcome.sorted.violations == []
