"""How the tests play a gateway to the client: scripted answers, time that is stepped by hand.

Every behaviour is tested with both clients: `play` runs the same action against either.
"""

import asyncio
import inspect
import json
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
)
from dataclasses import dataclass, field
from typing import Any

import httpx

from imagen4 import AsyncClient, Client, Polling

KEY = "sk-5b1d0c9e-not-to-be-seen"
PROMPT = "a zebra that nobody may quote"
PICTURES = json.dumps({"resultUrls": ["https://files.example/1.png"]})
UNVERIFIED = httpx.create_ssl_context(verify=False)  # once: a new one for each client takes longer
KINDS = ("sync", "async")
GATEWAYS = ("kie", "apikley")
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "createTask": lambda client: client.submit(PROMPT),
    "recordInfo": lambda client: client.job("t1").status(),
    "credit": lambda client: client.credits(),
}


class Stop(BaseException):
    """Stands in for KeyboardInterrupt, which pytest would take personally."""


class Time:
    """A clock that sleeping moves, and a record of how long each sleep was.

    A real clock also creeps on by itself: `creep` is what each look at it adds.
    """

    def __init__(self, creep: float = 0.0) -> None:
        self.now = 1000.0
        self.creep = creep
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        self.now += self.creep
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(round(seconds, 6))
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


def envelope(code: int, data: object = None, msg: str = "success", status: int = 200) -> Any:
    """An answer as the gateways send it."""
    return httpx.Response(status, json={"code": code, "msg": msg, "data": data})


def created(task_id: str) -> httpx.Response:
    return envelope(200, {"taskId": task_id, "recordId": task_id})


def details(task_id: str, state: str, **fields: object) -> httpx.Response:
    """A task as live answers describe it."""
    record: dict[str, object] = {
        "taskId": task_id,
        "model": "google/imagen4",
        "state": state,
        "param": "",
        "resultJson": "",
        "failCode": None,
        "failMsg": None,
        "costTime": None,
        "completeTime": None,
        "createTime": 1777539190339,
    }
    return envelope(200, record | fields)


def succeeded(task_id: str, *urls: str) -> httpx.Response:
    urls = urls or (f"https://files.example/{task_id}.png",)
    return details(
        task_id,
        "success",
        resultJson=json.dumps({"resultUrls": urls}),
        costTime=12,
        completeTime=1777539202339,
    )


Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Script:
    """Answers requests in order; the last poll answer is repeated for ever.

    A poll answer may be a function of the request, for scripts with several tasks.
    """

    creates: Iterable[Reply] = ()
    polls: Iterable[Reply] = ()
    others: Iterable[Reply] = ()
    balances: Iterable[float] = ()
    """What the account has, each time that it is asked for around a create; not in `requests`."""
    balances_told: int = 0
    requests: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = {
            "createTask": list(self.creates),
            "recordInfo": list(self.polls),
            "": list(self.others),
        }
        self._balances = list(self.balances)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        if name == "credit" and not self._left[""]:
            self.balances_told += 1
            return envelope(200, self._balances.pop(0) if self._balances else None)
        self.requests.append(request)
        left = self._left.get(name, self._left[""])
        assert left, f"an unexpected request: {request.method} {request.url.path}"
        reply = left.pop(0) if name != "recordInfo" or len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        return self(request)

    def sent(self, name: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.path.endswith(name)]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.sent("createTask")]


def task_id_of(request: httpx.Request) -> str:
    return request.url.params["taskId"]


def network(transport: Callable[..., Any]) -> dict[str, Any]:
    """Pictures on loopback come from there, although a script plays the gateway."""
    return {"all://127.0.0.1": transport(verify=UNVERIFIED)}


def client_for(kind: str, gateway: Any, script: Script | None, time: Time, **settings: Any) -> Any:
    """A client whose requests the script answers; without one, it uses the network."""
    settings = {"api_key": KEY, "clock": time, "random": lambda: 0.5} | settings
    if kind == "sync":
        if script is not None:
            settings["http_client"] = httpx.Client(
                transport=httpx.MockTransport(script), mounts=network(httpx.HTTPTransport)
            )
        return Client(gateway, **{"sleep": time.sleep} | settings)
    if script is not None:
        transport = httpx.MockTransport(script.answer_async)
        settings["http_client"] = httpx.AsyncClient(
            transport=transport, mounts=network(httpx.AsyncHTTPTransport)
        )
    return AsyncClient(gateway, **{"sleep": time.sleep_async} | settings)


def play(
    kind: str,
    script: Script | None,
    action: Callable[[Any], Any],
    *,
    gateway: Any = "kie",
    time: Time | None = None,
    **settings: Any,
) -> Any:
    """Run an action on a client of either kind and return what comes of it.

    An action of several steps is a coroutine function for both; it puts each call into `settled`.
    """
    time = time or Time()

    async def run_async() -> Any:
        async with client_for(kind, gateway, script, time, **settings) as client:
            return await settled(action(client))

    if kind == "async":
        return asyncio.run(run_async())
    with client_for(kind, gateway, script, time, **settings) as client:
        return at_once(settled(action(client)))


async def settled(outcome: Awaitable[Any] | Any) -> Any:
    """What either client's method comes to: awaited, collected, or there already."""
    if inspect.isasyncgen(outcome) or inspect.isgenerator(outcome):
        return [each async for each in each_of(outcome)]
    return await outcome if inspect.isawaitable(outcome) else outcome


async def each_of(outcome: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[Any]:
    """What either client's method yields, as it comes."""
    if isinstance(outcome, AsyncIterable):
        async for each in outcome:
            yield each
    else:
        for each in outcome:
            yield each


def at_once(action: Coroutine[Any, Any, Any]) -> Any:
    """Run an action of several steps on the sync client, with whom there is nothing to await."""
    try:
        action.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a sync client had to be waited for")


def bodies(gateway: str, kind: str = "sync", **request: Any) -> list[dict[str, Any]]:
    """The bodies of the creates that serve a request."""
    script = Script(creates=[created(f"t{n}") for n in range(4)])
    play(kind, script, lambda c: c.submit(**{"prompt": PROMPT} | request), gateway=gateway)
    return script.bodies


QUICK = Polling.immediate()
