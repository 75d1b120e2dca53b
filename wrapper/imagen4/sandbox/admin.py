"""The admin endpoint: arm faults, step the clock, start afresh. JSON in, JSON out."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import strictjson
from .faults import FAULTS, Armed, Fault
from .settings import SettingError
from .world import World

Action = Callable[[World, dict[str, Any]], Any]


def admin_routes() -> list[Route]:
    return [
        Route("/sandbox/faults", _list_faults, methods=["GET"]),
        Route("/sandbox/faults", _doing(_arm), methods=["POST"]),
        Route("/sandbox/faults", _doing(_clear), methods=["DELETE"]),
        Route("/sandbox/clock", _doing(_advance), methods=["POST"]),
        Route("/sandbox/reset", _doing(_reset), methods=["POST"]),
    ]


def _doing(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does the action with the JSON object it is sent; 422 says why it cannot."""

    async def endpoint(request: Request) -> Response:
        try:
            given = strictjson.loads(await request.body() or b"{}")
            if not isinstance(given, dict):
                raise SettingError("the body must be a JSON object")
            return JSONResponse(action(request.app.state.world, given))
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 422)

    return endpoint


async def _list_faults(request: Request) -> Response:
    world: World = request.app.state.world
    return JSONResponse(
        {
            "faults": [described(fault) for fault in FAULTS.values()],
            "armed": [described_armed(armed) for armed in world.faults.armed()],
        }
    )


def described(fault: Fault) -> dict[str, Any]:
    return {
        "name": fault.name,
        "strikes": fault.stage.name.lower(),
        "operations": list(fault.stage.value),
        "says": fault.says,
        "parameters": dict(fault.parameters),
    }


def described_armed(armed: Armed) -> dict[str, Any]:
    return {
        "number": armed.number,
        "name": armed.fault.name,
        "gateway": armed.gateway,
        "operation": armed.operation,
        "times": armed.times,
        "share": armed.share,
        "word": armed.word,
        "parameters": dict(armed.parameters),
        "struck": armed.struck,
    }


def _arm(world: World, given: dict[str, Any]) -> Any:
    name = given.pop("name", None)
    return described_armed(world.faults.arm(name if isinstance(name, str) else "", **given))


def _clear(world: World, _given: dict[str, Any]) -> Any:
    world.faults.clear()
    return {}


def _advance(world: World, given: dict[str, Any]) -> Any:
    seconds = given.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise SettingError("seconds must be a number")
    return {"now": world.clock.advance(seconds)}


def _reset(world: World, _given: dict[str, Any]) -> Any:
    world.reset()
    return {}
