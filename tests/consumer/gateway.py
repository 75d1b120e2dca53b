"""A gateway behind respx that keeps every request, and both clients in front of it."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import respx
from hypothesis import settings

from imagen4 import AsyncClient, Client, Polling

KEY = "key-of-the-consumer-tests"
SIDES = ("sync", "async")
TASK_ID = "0123456789abcdef0123456789abcdef"
CREATED = {"code": 200, "msg": "success", "data": {"taskId": TASK_ID}}
PICTURE = '{"resultUrls": ["https://files.example/1.png"]}'
RECORD = {"taskId": TASK_ID, "state": "success", "resultJson": PICTURE}
DONE = {"code": 200, "msg": "success", "data": RECORD}
# A few polls, then the end: time passes only where the client sleeps.
POLLING = Polling(timeout=20.0, grace=5.0, attempts=2, paced=False)

# One test runs for each gateway, side and call: the long profile means all of them together.
MOST_EXAMPLES = 2_000
Answering = Callable[[httpx.Request], httpx.Response]


def examples(share: float = 1.0) -> int:
    """How many examples, as a share of what the profile asks for."""
    profile = settings.default.max_examples if settings.default else 100
    return max(1, int(min(profile, MOST_EXAMPLES) * share))


def conforming(request: httpx.Request) -> httpx.Response:
    """Every create is accepted as a task of its own, every task is done."""
    if request.method == "POST":
        return httpx.Response(200, json=CREATED | {"data": {"taskId": uuid4().hex}})
    asked = {"taskId": request.url.params.get("taskId", TASK_ID)}
    return httpx.Response(200, json=DONE | {"data": RECORD | asked})


class Gateway:
    """Answers every request as `answering` says, and keeps what came."""

    def __init__(self, name: Any, answering: Answering | None = None) -> None:
        self.name = name
        self.requests: list[httpx.Request] = []
        self._answering = answering or conforming
        self._router = respx.MockRouter(assert_all_called=False, base_url=None)
        self._router.route().mock(side_effect=self._answer)
        self._time = 0.0

    def ask(self, side: str, action: Callable[[Any], Any]) -> Any:
        """What `action` gets from a client of this gateway; for "async" it may be awaitable."""
        return self._ask(action) if side == "sync" else asyncio.run(self._ask_async(action))

    def _ask(self, action: Callable[[Any], Any]) -> Any:
        with httpx.Client(transport=httpx.MockTransport(self._router.handler)) as http:
            return action(Client(self.name, http_client=http, sleep=self._pass, **self._settings()))

    async def _ask_async(self, action: Callable[[Any], Any]) -> Any:
        async def sleep(seconds: float) -> None:
            self._pass(seconds)

        transport = httpx.MockTransport(self._router.async_handler)
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncClient(self.name, http_client=http, sleep=sleep, **self._settings())
            found = action(client)
            return await found if inspect.isawaitable(found) else found

    def _settings(self) -> dict[str, Any]:
        clock = {"clock": lambda: self._time, "random": lambda: 0.5}
        return {"api_key": KEY, "polling": POLLING, **clock}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answering(request)

    def _pass(self, seconds: float) -> None:
        self._time += seconds


def first_picture(client: Any) -> Any:
    """The bytes of the first picture of the task, from either client."""
    result = client.job(TASK_ID).wait()
    return awaited_picture(result) if inspect.isawaitable(result) else result.images[0].read()


async def awaited_picture(result: Any) -> Any:
    return await (await result).images[0].read()
