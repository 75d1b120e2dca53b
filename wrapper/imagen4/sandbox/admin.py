"""The admin endpoint: arm faults, step the clock, start afresh. JSON in, JSON out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import strictjson
from .faults import FAULTS, ArmedFault, Fault
from .faults.book import SCOPE
from .settings import SettingError, is_number

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .state import SandboxState

    Action = Callable[[SandboxState, dict[str, Any]], dict[str, Any] | None]


def admin_routes() -> list[Route]:
    return [
        Route("/sandbox/faults", _get_faults, methods=["GET"]),
        Route("/sandbox/faults", _endpoint(_arm), methods=["POST"]),
        Route("/sandbox/faults", _endpoint(_disarm), methods=["DELETE"]),
        Route("/sandbox/clock", _endpoint(_advance), methods=["POST"]),
        Route("/sandbox/reset", _endpoint(lambda state, _: state.reset()), methods=["POST"]),
    ]


def _endpoint(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does the action with the JSON object it is sent; 422 says why it cannot."""

    async def endpoint(request: Request) -> Response:
        try:
            given = strictjson.loads(await request.body() or b"{}")
            if not isinstance(given, dict):
                raise SettingError("the body must be a JSON object")
            return JSONResponse(action(request.app.state.sandbox, given) or {})
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 422)

    return endpoint


async def _get_faults(request: Request) -> Response:
    return JSONResponse(faults_as_json(request.app.state.sandbox))


def faults_as_json(state: SandboxState) -> dict[str, Any]:
    """Those that can be armed, and those that are."""
    return {
        "faults": [_fault_as_json(fault) for fault in FAULTS.values()],
        "armed": [_armed_as_json(armed) for armed in state.faults.armed()],
    }


def _fault_as_json(fault: Fault) -> dict[str, Any]:
    return {
        "name": fault.name,
        "strikes": fault.point.name.lower(),
        "operations": list(fault.point.value),
        "says": fault.summary,
        "parameters": dict(fault.parameters),
    }


def _armed_as_json(armed: ArmedFault) -> dict[str, Any]:
    return {
        "number": armed.number,
        "name": armed.fault.name,
        **{name: getattr(armed, name) for name in SCOPE},
        "parameters": dict(armed.parameters),
        "struck": armed.struck,
    }


def _disarm(state: SandboxState, _given: dict[str, Any]) -> None:
    state.faults.clear()


def _arm(state: SandboxState, given: dict[str, Any]) -> dict[str, Any]:
    name = given.pop("name", None)
    return _armed_as_json(state.faults.arm(name if isinstance(name, str) else "", **given))


def _advance(state: SandboxState, given: dict[str, Any]) -> dict[str, Any]:
    seconds: Any = given.get("seconds")
    if not is_number(seconds):
        raise SettingError("seconds must be a number")
    return {"now": state.clock.advance(seconds)}
