"""What one request learns of a gateway spares the others the same refusal."""

import asyncio
from typing import Any

import httpx
import pytest

from client.failover.test_matrix import KEYS
from client.play import KINDS, Time, created, envelope, play, settled, succeeded, task_id_of
from client.virtual import run_virtually
from imagen4 import AsyncClient, Polling, errors
from imagen4.core.effects import none_was_free

ORDER = ["kie", "apikley"]
MANY = 40  # twice as many creates as the rate allows at once


class Sellers:
    """Two gateways: what kie does with a create is decided by the test, apikley takes all."""

    def __init__(self, refuse: Any) -> None:
        self.refuse = refuse
        self.posts: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return succeeded(task_id_of(request))
        name = "kie" if "kie" in request.url.host else "apikley"
        self.posts.append(name)
        refusal = self.refuse() if name == "kie" else None
        if isinstance(refusal, Exception):
            raise refusal
        return refusal or created(f"{name}-{len(self.posts)}")

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        answer = self(request)
        await asyncio.sleep(0.1)
        return answer


def many(sellers: Sellers, apart: float = 0.0, **asked: Any) -> tuple[list[Any], float]:
    """So many calls of one client, so far apart: their jobs, and how long it took."""

    async def run() -> tuple[list[Any], float]:
        loop = asyncio.get_running_loop()
        transport = httpx.MockTransport(sellers.answer_async)
        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncClient(
                ORDER, api_key=KEYS, http_client=http, clock=loop.time, random=lambda: 0.5
            ) as client,
        ):

            async def submit(number: int) -> Any:
                await asyncio.sleep(number * apart)
                return await client.submit("a fox", **asked)

            made = await asyncio.gather(*map(submit, range(MANY)))
            return made, loop.time() - 1000

    return run_virtually(run())


def test_requests_that_wait_for_their_turn_leave_a_gateway_that_refuses_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without credits it is asked by those whose turn it was, and not by all.

    Each says why it is not there, and whether it was: no refusal is counted, or warned of, twice.
    """
    sellers = Sellers(lambda: envelope(402, None, "no"))
    jobs, _ = many(sellers)
    assert (sellers.posts.count("kie"), sellers.posts.count("apikley")) == (20, MANY)
    reasons = [each.error for job in jobs for each in job.passed_over]
    assert {type(each) for each in reasons} == {errors.InsufficientCredits}
    assert [each.tried for each in reasons].count(True) == 20
    assert caplog.messages.count("kie does not serve the request: no") == 20


def test_a_gateway_that_limits_for_too_long_holds_nobody_up_for_a_minute() -> None:
    """Each would be patient for ten seconds, one window after the other."""
    sellers = Sellers(lambda: envelope(429, None, "no"))
    jobs, took = many(sellers, 0.25, timeout=300)
    assert {job.gateway for job in jobs} == {"apikley"}
    assert took < 19.0, "patience once, and after it what apikley's own rate takes"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("busy", [httpx.PoolTimeout("busy"), none_was_free()])
def test_our_own_lack_of_connections_is_not_the_gateways_failure(
    kind: str, busy: Exception
) -> None:
    """The request moves on, since it was never sent; the next one is asked at kie."""
    sellers, refusals = Sellers(lambda: refusals[0]), [busy]

    async def two(client: Any) -> list[Any]:
        first = await settled(client.submit("a fox", timeout=60))
        refusals[0] = None
        return [first, await settled(client.submit("a fox", timeout=60))]

    first, second = play(
        kind, sellers, two, gateway=ORDER, api_key=KEYS, polling=Polling(paced=False)
    )
    assert (first.gateway, second.gateway) == ("apikley", "kie")
    assert (first.passed_over[0].error.tried, second.passed_over) == (False, ())


def test_the_circuit_is_closed_a_minute_after_the_last_refusal_not_after_the_last_request() -> None:
    """Requests that left without asking do not make it longer."""
    sellers, time = Sellers(lambda: envelope(402, None, "no")), Time()

    async def ask(client: Any) -> list[str]:
        served = []
        for _ in range(14):
            served.append((await settled(client.submit("a fox"))).gateway)
            time.now += 5
            sellers.refuse = lambda: None
        return served

    served = play("sync", sellers, ask, gateway=ORDER, api_key=KEYS, time=time)
    assert served == ["apikley"] * 12 + ["kie"] * 2
