"""A gateway that answers as a property wants it, and both clients in front of it.

A mock transport: a property runs hundreds of exchanges and draws each answer, which the sandbox
makes by its own rules and a server would slow down.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import settings

from client.play import Time, play, settled
from imagen4 import Polling

KEY = "key-of-the-consumer-tests"
SIDES = ("sync", "async")
TASK_ID = "0123456789abcdef0123456789abcdef"
CREATED = {"code": 200, "msg": "success", "data": {"taskId": TASK_ID}}
PICTURE = '{"resultUrls": ["https://files.example/1.png"]}'
RECORD = {"taskId": TASK_ID, "state": "success", "resultJson": PICTURE}
DONE = {"code": 200, "msg": "success", "data": RECORD}
# A few polls, then the end: time passes only where the client sleeps.
POLLING = Polling(timeout=20.0, grace=5.0, attempts=2, tolerance=5.0, paced=False)

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
    """Answers every request as `answering` says, and keeps what came.

    The client tests' `Script` cannot take its place: that one has its answers listed
    beforehand, here a property draws them and a call may send any number of requests.
    """

    def __init__(self, name: Any, answering: Answering = conforming) -> None:
        self.name = name
        self.requests: list[httpx.Request] = []
        self._answering = answering
        self._time = Time()

    def ask(self, side: str, action: Callable[[Any], Any]) -> Any:
        """What `action` gets from a client of this gateway; it may be a coroutine function."""
        settings = {"api_key": KEY, "polling": POLLING, "time": self._time}
        return play(side, self, action, gateway=self.name, **settings)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answering(request)

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        return self(request)


async def first_picture(client: Any) -> Any:
    """The bytes of the first picture of the task, from either client."""
    result = await settled(client.job(TASK_ID).wait())
    return await settled(result.images[0].read())
