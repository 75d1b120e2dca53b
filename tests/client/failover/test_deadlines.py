"""One deadline for all gateways: what one of them takes of it, and who is told that it is over."""

from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from client.failover.test_matrix import market, told
from client.play import KINDS, settled
from imagen4 import Ledger, Polling, errors
from imagen4.events import Event, GatewayPassedOver, RequestEnded


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_does_not_answer_leaves_time_for_the_next(
    kind: str, unanswered: int, tmp_path: Path
) -> None:
    """Also where a ledger first wants to know the balance there."""
    with market() as both:
        urls = {"kie": f"http://127.0.0.1:{unanswered}", "apikley": both.servers["apikley"].url}
        settings = {"base_url": urls, "ledger": Ledger(tmp_path / "l.db"), "timeout": 30.0}
        result = both.run(
            kind, lambda c: c.generate("a fox", timeout=4), clock=monotonic, **settings
        )
    assert (result.gateway, both.apikley.paid) == ("apikley", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_a_request_is_told_where_no_time_is_left_to_move(kind: str) -> None:
    """Once, with the error that is raised."""
    with market(told(402)) as both, pytest.raises(errors.InsufficientCredits) as caught:
        both.run(kind, lambda client: client.generate("a fox", timeout=0))
    assert both.posts("apikley") == 0
    ends = [each.error for each in both.events if isinstance(each, RequestEnded)]
    assert ends == [caught.value]


@pytest.mark.parametrize("kind", KINDS)
def test_a_listener_that_is_slow_to_hear_of_a_move_takes_no_reason_from_it(kind: str) -> None:
    """What the next gateway says is raised, not that no time is left for it."""
    with market(told(402), told(401)) as both:

        def hear(event: Event) -> None:
            both.time.now += 60 * isinstance(event, GatewayPassedOver)

        with pytest.raises(errors.AuthenticationError):
            both.run(kind, lambda c: c.generate("a fox", timeout=30, on_event=hear))


@pytest.mark.parametrize("kind", KINDS)
def test_a_turn_that_comes_too_late_for_one_request_keeps_no_other_from_the_gateway(
    kind: str,
) -> None:
    """It is our own pace, not the gateway's refusal: who has more time is served there."""
    with market() as both:

        async def hurried_then_patient(client: Any) -> list[str]:
            for _ in range(20):
                await settled(client.submit("a fox"))
            hurried = await settled(client.submit("a fox", timeout=1))
            patient = await settled(client.submit("a fox", timeout=60))
            return [hurried.gateway, patient.gateway]

        served = both.run(kind, hurried_then_patient, polling=Polling())
    assert served == ["apikley", "kie"]
