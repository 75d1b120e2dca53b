"""From an HTTP request to an answered, recorded call."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from .documents import Operation
from .faults import Armed, Stage
from .faults.answers import Spoiling, spoiled
from .faults.connection import Reset, Silence
from .gateways import Gateway
from .journal import decoded, masked, safe_headers
from .operations import Call, carry_out
from .profiles import Answer, Profile
from .strictjson import dumps
from .world import World

PATIENCE = 30.0
"""Real seconds a caller may take to send a body."""

Endpoint = Callable[[Request], Awaitable[Response]]


def answer_call(gateway: Gateway, operation: Operation) -> Endpoint:
    """The endpoint of one operation of one gateway."""

    async def endpoint(request: Request) -> Response:
        world: World = request.app.state.world
        try:
            async with asyncio.timeout(PATIENCE):
                call = await _read(gateway, operation, request)
        except (TimeoutError, ClientDisconnect):
            return Response(b"", 408, {"connection": "close"})
        armed = world.faults.claim(
            Stage.ANSWER, gateway.name, operation.name, lambda: _prompt(world, call)
        )
        right = _carried_out(world, call, armed)
        world.courier.run()
        response = spoil(world, armed, right)
        record(world, request, gateway.name, operation.name, call.body, response, armed)
        return response

    return endpoint


async def _read(gateway: Gateway, operation: Operation, request: Request) -> Call:
    return Call(
        gateway=gateway,
        operation=operation,
        headers=request.headers,
        query=tuple(request.query_params.multi_items()),
        body=await request.body(),
        files=f"{request.url.scheme}://{request.url.netloc}/files",
    )


def _carried_out(world: World, call: Call, armed: Armed | None) -> Response:
    if armed is not None and not armed.fault.carried_out:
        return Response()
    return respond(world.profile, carry_out(world, call))


def respond(profile: Profile, answer: Answer) -> Response:
    headers = profile.headers()
    if answer.status == 401:
        headers["www-authenticate"] = "Bearer"
    body = dumps(answer.body).encode()
    return Response(body, answer.status, headers, media_type="application/json")


def spoil(world: World, armed: Armed | None, right: Response) -> Response:
    """The right response on a good day, else what the fault makes of it."""
    if armed is None:
        return right
    return spoiled(Spoiling(armed, right, world.profile, world.connections))


def record(
    world: World,
    request: Request,
    gateway: str,
    operation: str,
    body: bytes,
    response: Response,
    armed: Armed | None,
) -> None:
    """Write the request down, without any key."""
    unanswered = isinstance(response, (Silence, Reset))
    world.journal.add(
        time=world.clock.now(),
        method=request.method,
        path=masked(request.url.path),
        query=masked(request.url.query),
        gateway=gateway,
        operation=operation,
        headers=safe_headers(request.headers.items()),
        authorized="authorization" in request.headers,
        body=decoded(body),
        status=None if unanswered else response.status_code,
        answer=None if unanswered else _shown(response),
        fault=armed.fault.name if armed else "",
    )


def _shown(response: Response) -> Any:
    media_type = response.headers.get("content-type", "")
    return media_type if media_type.startswith("image/") else decoded(bytes(response.body))


def _prompt(world: World, call: Call) -> str:
    """The prompt a call is about, for faults that look for a word in it."""
    for name, value in call.query:
        task = world.task(call.gateway.name, value) if name == "taskId" else None
        if task is not None:
            return task.prompt
    try:
        return str(json.loads(call.body)["input"]["prompt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
