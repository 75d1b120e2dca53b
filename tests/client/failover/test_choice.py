"""Which gateway a request goes to first, and which not at all."""

from typing import Any

import pytest

from client.failover.test_matrix import market, told
from client.play import KINDS, Script, created, play, settled
from imagen4 import (
    AuthenticationError,
    Client,
    InsufficientCredits,
    InvalidRequest,
    TaskNotFound,
    callbacks,
)
from imagen4.core.route import PASS_OVER
from imagen4.facts import DEFAULT_MODEL, GATEWAYS
from imagen4.facts.gateways import Price
from imagen4.gateways.adapter import Adapter


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_lacks_a_model_is_no_candidate(kind: str) -> None:
    """One that does not have the model: nothing is sent there, and the result says why."""
    with market() as both:
        result = both.run(kind, lambda c: c.generate("a fox", model="google/imagen4-ultra"))
    assert (result.gateway, both.posts("apikley"), both.kie.paid) == ("kie", 0, 1)
    ((name, why),) = result.passed_over
    assert (name, type(why), why.tried) == ("apikley", InvalidRequest, False)
    assert "has no model" in why.message


def test_a_gateway_that_lacks_the_clients_own_model_is_told_when_that_is_made(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once, in the log: requests that name no other model cannot move on to it."""
    with market() as both:
        for _ in range(2):
            both.run("sync", lambda c: c.generate("a fox"), model="google/imagen4-ultra")
    assert len(caplog.messages) == 2
    assert caplog.messages[0].startswith("apikley has no model 'google/imagen4-ultra'")
    assert caplog.messages[0].endswith(": requests that name no other model do not go there")


def test_what_no_gateway_takes_is_refused_before_anything_is_sent() -> None:
    """By the words of the preferred one."""
    with market() as both, pytest.raises(InvalidRequest, match="aspect_ratio"):
        both.run("sync", lambda client: client.generate("a fox", aspect_ratio="17:3"))
    assert (both.posts("kie"), both.posts("apikley")) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_failed_is_tried_after_the_others_for_a_minute(kind: str) -> None:
    """Then it comes first again."""
    with market(told(402)) as both:

        async def three(client: Any) -> list[str]:
            served = [(await settled(client.generate("a fox"))).gateway]
            both.kie.answer = None
            served.append((await settled(client.generate("a fox"))).gateway)
            both.time.now += PASS_OVER
            return [*served, (await settled(client.generate("a fox"))).gateway]

        served = both.run(kind, three)
    assert served == ["apikley", "apikley", "kie"]
    assert both.posts("kie") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_failed_lately_each_is_asked_again(kind: str) -> None:
    """In the order of preference: the first one may be well again before its minute is over."""
    with market(told(402), told(402)) as both:

        async def twice(client: Any) -> str:
            with pytest.raises(InsufficientCredits):
                await settled(client.generate("a fox"))
            both.kie.answer = None
            result = await settled(client.generate("a fox"))
            assert result.passed_over == ()
            return str(result.gateway)

        assert both.run(kind, twice) == "kie"
    assert (both.posts("kie"), both.posts("apikley")) == (2, 1)


def test_the_cheaper_one_can_come_first() -> None:
    """Where the price of both is known; what is not known comes last."""
    order = ["apikley", "kie"]
    with market() as both:
        dear = both.run("sync", lambda c: c.generate("a fox"), gateway=order)
        cheap = both.run("sync", lambda c: c.generate("a fox"), gateway=order, prefer="price")
    assert (dear.gateway, cheap.gateway) == ("apikley", "kie")


def seller(name: str, price: Price, dollars: float | None) -> Adapter:
    """A gateway of its own, with apikley's document, in which one task may be four pictures."""
    facts = GATEWAYS["apikley"]._replace(name=name, dollars_per_credit=dollars)
    facts = facts._replace(prices={DEFAULT_MODEL: price})
    return Adapter(facts, "imagen4_generated.apikley")


def test_the_cheaper_one_is_the_one_for_what_is_asked() -> None:
    """By the request's own number of pictures, and in dollars, for a credit is not a credit."""
    where = ("2026-11", "this test")
    by_request = seller("by-request", Price(8.0, "request", *where), 0.005)
    by_image = seller("by-image", Price(300.0, "image", *where), 0.00005)
    nobody_knows = seller("nobody-knows", Price(1.0, "request", *where), None)
    adapters = [nobody_knows, by_request, by_image]
    keys = {each.name: "key" for each in adapters}
    script = Script(creates=[created(f"t{n}") for n in range(2)])

    def served(client: Any) -> list[str]:
        return [client.submit("a fox", num_images=count).gateway for count in (1, 4)]

    found = play("sync", script, served, gateway=adapters, api_key=keys, prefer="price")
    assert found == ["by-image", "by-request"]


def test_several_gateways_have_to_be_named_where_it_matters() -> None:
    """A task's id says nothing of where it is, and a balance is one account's."""
    keys = {"kie": "a", "apikley": "b"}
    with Client(["kie", "apikley"], api_key=keys) as client:
        assert (client.gateway, client.gateways) == ("kie", ("kie", "apikley"))
        with pytest.raises(InvalidRequest, match="gateway must be one of kie, apikley"):
            client.job("t1")
        assert client.job("t1", gateway="apikley").gateway == "apikley"
        with pytest.raises(InvalidRequest, match="gateway must be one of kie, apikley"):
            client.credits()


CALLBACK = callbacks.parse('{"code": 200, "data": {"taskId": "t1", "state": "success"}}')
NOT_FOUND = told(422, "recordInfo is null")


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_cannot_say_whose_a_callback_is_keeps_no_other_from_it(kind: str) -> None:
    """The second one has the task; where it has not, the first one may, and its error is raised."""
    with market() as both:
        both.servers["kie"].reply = lambda _: told(401)
        confirmed = both.run(kind, lambda c: c.confirm(CALLBACK))
        assert (confirmed.gateway, confirmed.task_id) == ("apikley", "t1")
        both.servers["apikley"].reply = lambda _: NOT_FOUND
        with pytest.raises(AuthenticationError):
            both.run(kind, lambda c: c.confirm(CALLBACK))
        both.servers["kie"].reply = lambda _: NOT_FOUND
        with pytest.raises(TaskNotFound):
            both.run(kind, lambda c: c.confirm(CALLBACK))
