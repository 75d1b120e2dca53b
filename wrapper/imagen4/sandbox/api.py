"""From an HTTP request to an answered, recorded call."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from .documents import Operation
from .gateways import Gateway
from .journal import decoded, masked, safe_headers
from .operations import Call, carry_out
from .profiles import Answer
from .strictjson import dumps
from .tasks import Task
from .world import World

Endpoint = Callable[[Request], Awaitable[Response]]


def answer_call(gateway: Gateway, operation: Operation) -> Endpoint:
    """The endpoint of one operation of one gateway."""

    async def endpoint(request: Request) -> Response:
        world: World = request.app.state.world
        call = await _read(gateway, operation, request)
        answer = carry_out(world, call, _unchanged)
        record(world, request, call, answer)
        return respond(answer)

    return endpoint


def _unchanged(task: Task) -> Task:
    return task


async def _read(gateway: Gateway, operation: Operation, request: Request) -> Call:
    return Call(
        gateway=gateway,
        operation=operation,
        headers=request.headers,
        query=tuple(request.query_params.multi_items()),
        body=await request.body(),
        files=f"{request.url.scheme}://{request.url.netloc}/files",
    )


def respond(answer: Answer) -> Response:
    headers = {"www-authenticate": "Bearer"} if answer.status == 401 else None
    body = dumps(answer.body).encode()
    return Response(body, answer.status, headers, media_type="application/json")


def record(
    world: World, request: Request, call: Call, answer: Answer | None, fault: str = ""
) -> None:
    world.journal.add(
        time=world.clock.now(),
        method=request.method,
        path=masked(request.url.path),
        query=masked(request.url.query),
        gateway=call.gateway.name,
        operation=call.operation.name,
        headers=safe_headers(request.headers.items()),
        authorized="authorization" in request.headers,
        body=decoded(call.body),
        status=answer.status if answer else None,
        answer=answer.body if answer else None,
        fault=fault,
    )
