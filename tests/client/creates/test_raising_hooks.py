"""Guards against losing what an answer said because a hook of the caller's client raised."""

import asyncio
from typing import Any

import httpx
import pytest

from client.play import KEY, KINDS, QUICK, Script, Time, created, envelope, succeeded
from imagen4 import AsyncClient, Client, InsufficientCredits, SubmissionUncertain


def elsewhere() -> httpx.Response:
    """An answer of another server, to a request of the hook's own."""
    return httpx.Response(402, request=httpx.Request("GET", "https://tokens.example/"))


def generated(kind: str, script: Script, *, read: bool = False, own: bool = False) -> Any:
    """Make a picture with a client whose hook calls raise_for_status(), maybe after reading."""

    def hook(response: httpx.Response) -> None:
        if read:
            response.read()
        (elsewhere() if own else response).raise_for_status()

    async def hook_async(response: httpx.Response) -> None:
        if read:
            await response.aread()
        (elsewhere() if own else response).raise_for_status()

    settings: dict[str, Any] = {"api_key": KEY, "clock": (time := Time()), "polling": QUICK}
    if kind == "sync":
        http = httpx.Client(transport=httpx.MockTransport(script), event_hooks={"response": [hook]})
        client = Client("kie", http_client=http, sleep=time.sleep, **settings)
        return client.generate("a fox")
    transport = httpx.MockTransport(script.answer_async)
    by_await = httpx.AsyncClient(transport=transport, event_hooks={"response": [hook_async]})
    settings |= {"http_client": by_await, "sleep": time.sleep_async}
    return asyncio.run(AsyncClient("kie", **settings).generate("a fox"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", [True, False])
def test_a_refusal_stays_a_refusal(kind: str, read: bool) -> None:
    """A 402 proves that no task was created, whoever raises because of it."""
    script = Script(creates=[envelope(402, msg="too poor", status=402)])
    with pytest.raises(InsufficientCredits, match="too poor" if read else None) as caught:
        generated(kind, script, read=read)
    assert caught.value.http_status == 402


@pytest.mark.parametrize("kind", KINDS)
def test_a_rate_limit_is_still_waited_for(kind: str) -> None:
    """As without the hook: on an explicit 429 the create is sent again."""
    script = Script(creates=[envelope(429, status=429), created("t1")], polls=[succeeded("t1")])
    assert generated(kind, script).task_ids == ("t1",)
    assert len(script.sent("createTask")) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_to_the_hooks_own_request_says_nothing_about_ours(kind: str) -> None:
    """The create may well have been accepted, so it is not repeated and not called refused."""
    script = Script(creates=[created("t1")])
    with pytest.raises(SubmissionUncertain):
        generated(kind, script, own=True)
    assert len(script.sent("createTask")) == 1
