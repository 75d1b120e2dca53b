"""Guards against a documented code that ends a create or a wait as something else."""

import asyncio
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest
import respx

from client.play import GATEWAYS, KINDS, PROMPT, QUICK, created, details, settled
from imagen4 import AsyncClient, Client, Imagen4Error, SubmissionUncertain, TaskTimeout, errors
from imagen4.gateways import adapter_for

# What each code means; one that is not here yet must at least not be a success.
ON_CREATE = {
    401: errors.AuthenticationError,
    402: errors.InsufficientCredits,
    404: errors.UnexpectedResponse,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    433: errors.QuotaExceeded,
    455: errors.GatewayUnavailable,
    500: errors.SubmissionUncertain,
    501: errors.SubmissionUncertain,
    505: errors.FeatureDisabled,
}
ON_POLL = ON_CREATE | {
    404: errors.TaskNotFound,
    422: errors.TaskNotFound,
    429: errors.TaskTimeout,
    455: errors.TaskTimeout,
    500: errors.TaskTimeout,
    501: errors.TaskFailed,
}
BROKEN = {
    "malformed JSON": httpx.Response(200, text='{"code":200,'),
    "HTML": httpx.Response(200, html="<h1>Welcome</h1>"),
    "null data": httpx.Response(200, json={"code": 200, "msg": "success", "data": None}),
    "unknown state": httpx.Response(200, json={"code": 200, "data": {"state": "dreaming"}}),
}


@pytest.fixture(params=GATEWAYS)
def gateway(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def documented_codes(gateway: str) -> list[int]:
    document = json.loads((files("imagen4_generated") / gateway / "vendored.json").read_text())
    codes = document["components"]["schemas"]["ApiResponse"]["properties"]["code"]["enum"]
    return [code for code in codes if code != 200]


EVERY = [(gateway, code) for gateway in GATEWAYS for code in documented_codes(gateway)]


@pytest.fixture
def routes() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def at(routes: respx.MockRouter, gateway: str, **answers: Any) -> None:
    """Let the gateway's own address answer like this."""
    paths = {"create": "jobs/createTask", "poll": "jobs/recordInfo", "credit": "chat/credit"}
    for name, answer in answers.items():
        url = f"{adapter_for(gateway).facts.origin}/api/v1/{paths[name]}"
        routes.route(url__startswith=url).mock(**answer)


def ask(kind: str, gateway: str, action: Any, **settings: Any) -> Any:
    settings = {"api_key": "k" * 20, "polling": QUICK, "sleep": lambda _: None} | settings
    if kind == "sync":
        with Client(gateway, **settings) as client:  # type: ignore[arg-type]
            return action(client)

    async def run() -> Any:
        async def sleep(_: float) -> None:
            await asyncio.sleep(0)

        async with AsyncClient(gateway, **settings | {"sleep": sleep}) as client:  # type: ignore[arg-type]
            return await settled(action(client))

    return asyncio.run(run())


def refused(code: int, style: str) -> dict[str, Any]:
    status = 200 if style == "wire" else code
    return {"return_value": httpx.Response(status, json={"code": code, "msg": "no", "data": None})}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize(("gateway", "code"), EVERY)
def test_every_documented_code_on_a_create(
    kind: str, style: str, gateway: str, code: int, routes: respx.MockRouter
) -> None:
    """Is the error it means, with the code and the status it came with."""
    at(routes, gateway, create=refused(code, style))
    with pytest.raises(ON_CREATE.get(code, Imagen4Error)) as caught:
        ask(kind, gateway, lambda c: c.submit(PROMPT))
    assert caught.value.code == code
    assert caught.value.http_status == (200 if style == "wire" else code)
    assert routes.calls.call_count == (QUICK.attempts if code == 429 else 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize(("gateway", "code"), EVERY)
def test_every_documented_code_on_a_poll(
    kind: str, style: str, gateway: str, code: int, routes: respx.MockRouter
) -> None:
    """Ends the wait as what it means, or is ridden out until the deadline; the job survives."""
    at(routes, gateway, create={"return_value": created("t1")})
    at(routes, gateway, poll=refused(code, style))
    with pytest.raises(ON_POLL.get(code, Imagen4Error)) as caught:
        ask(kind, gateway, lambda c: c.generate(PROMPT, timeout=0))
    assert caught.value.job.task_ids == ("t1",)
    assert caught.value.gateway == gateway


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_answers(
    kind: str, gateway: str, broken: httpx.Response, routes: respx.MockRouter
) -> None:
    """Uncertain on a create, an unexpected response on a poll."""
    at(routes, gateway, create={"return_value": broken}, poll={"return_value": broken})
    with pytest.raises(SubmissionUncertain):
        ask(kind, gateway, lambda c: c.submit(PROMPT))
    with pytest.raises(errors.UnexpectedResponse):
        ask(kind, gateway, lambda c: c.job("t1").wait())


@pytest.mark.parametrize("kind", KINDS)
def test_an_unreachable_gateway_does_not_end_a_wait(
    kind: str, gateway: str, routes: respx.MockRouter
) -> None:
    """Until the deadline does, and then the job is there to go on with."""
    at(routes, gateway, poll={"side_effect": httpx.ConnectError("no route")})
    with pytest.raises(TaskTimeout) as caught:
        ask(kind, gateway, lambda c: c.job("t1").wait(0))
    assert caught.value.job.task_ids == ("t1",)
    assert isinstance(caught.value.__cause__, errors.TransportError)


@pytest.mark.parametrize("kind", KINDS)
def test_a_recorded_life_of_a_task(kind: str, gateway: str, routes: respx.MockRouter) -> None:
    """Waiting, generating, success: with every oddity of live answers."""
    prompt = json.dumps({"input": json.dumps({"prompt": PROMPT}), "model": "google/imagen4"})
    done = {
        "resultJson": '{"resultUrls":["https://tempfile.example/1.jpg"]}',
        "costTime": 188,
        "completeTime": 1777539378147,
    }
    life: dict[str, dict[str, object]] = {"waiting": {}, "generating": {}, "success": done}
    polls = [details("t1", state, param=prompt, **fields) for state, fields in life.items()]
    at(routes, gateway, create={"return_value": created("t1")})
    at(routes, gateway, poll={"side_effect": polls})
    result = ask(kind, gateway, lambda c: c.generate(PROMPT))
    (image,) = result.images
    assert (image.url, image.task_id, image.index) == ("https://tempfile.example/1.jpg", "t1", 0)
    assert result.cost_time.total_seconds() == 188
    assert (result.completed - result.created).total_seconds() == pytest.approx(187.808)
    assert routes.calls[1].request.url.params["taskId"] == "t1"
