"""The front page and the state it shows. The browser is told to load nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..facts.protocol import CODE, FAILED
from .admin import faults_as_json
from .callbacks import signing_key
from .gateways import SANDBOX_GATEWAYS
from .strictjson import dumps

if TYPE_CHECKING:
    from starlette.requests import Request

    from .callbacks import Delivery
    from .journal import RecordedRequest
    from .state import SandboxState
    from .tasks import SandboxTask

SHOWN = 40
"""The newest tasks, requests and callbacks that are shown."""
MAX_SHOWN_TEXT = 3_000
"""Characters of a body or an answer that are shown."""
MEDIA_TYPES = {
    "page.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def page_routes() -> list[Route]:
    return [
        Route("/", _static, methods=["GET"]),
        Route("/sandbox/state", _state, methods=["GET"]),
        Route("/sandbox/pictures/{gateway}/{task_id}/{index:int}.png", _picture, methods=["GET"]),
        Route("/sandbox/static/{name}", _static, methods=["GET"]),
    ]


async def _static(request: Request) -> Response:
    name = request.path_params.get("name", "page.html")
    if name not in MEDIA_TYPES:
        return Response("Not Found", 404)
    content = (files(__package__) / "static" / name).read_bytes()
    return Response(content, 200, HEADERS, media_type=MEDIA_TYPES[name])


async def _picture(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    task = state.task(request.path_params["gateway"], request.path_params["task_id"])
    index = request.path_params["index"]
    if task is None or index >= task.pictures or not task.has_pictures(state.clock.now()):
        return Response("Not Found", 404, HEADERS)
    return Response(await run_in_threadpool(state.picture, task, index), 200, HEADERS, "image/png")


async def _state(request: Request) -> Response:
    """Everything the page shows, newest first."""
    state: SandboxState = request.app.state.sandbox
    now = state.clock.now()
    shown = {
        "now": now,
        "profile": state.settings.profile,
        "speed": state.clock.speed,
        "gateways": [
            {
                "name": name,
                "key": gateway.key,
                "webhook_key": signing_key(name, state.settings),
                "credits": state.accounts[name].credits,
            }
            for name, gateway in SANDBOX_GATEWAYS.items()
        ],
        "tasks": [_task_as_json(task, now) for task in _newest(state.tasks.values())],
        "requests": [_request_as_json(entry) for entry in _newest(state.journal.entries())],
        "callbacks": [
            _delivery_as_json(delivery) for delivery in _newest(state.callback_sender.deliveries())
        ],
        **faults_as_json(state),
    }
    return JSONResponse(shown, headers=HEADERS)


def _newest(items: list[Any]) -> list[Any]:
    return items[::-1][:SHOWN]


def _task_as_json(task: SandboxTask, now: float) -> dict[str, Any]:
    state = task.state(now)
    return {
        "id": task.id,
        "gateway": task.gateway,
        "state": state,
        "prompt": task.prompt,
        "model": task.model,
        "ratio": task.shape,
        "created": task.created,
        "updated": task.updated(now),
        "completed": task.completed,
        "failure": task.script.fail_message if state == FAILED else "",
        "visible": task.visible(now),
        "pictures": _picture_paths(task) if task.has_pictures(now) else [],
    }


def _picture_paths(task: SandboxTask) -> list[str]:
    """Apart from the result URLs, so that looking neither counts as a request nor expires."""
    return [f"/sandbox/pictures/{task.gateway}/{task.id}/{n}.png" for n in range(task.pictures)]


def _request_as_json(entry: RecordedRequest) -> dict[str, Any]:
    answer = entry.answer
    return {
        "number": entry.number,
        "time": entry.time,
        "method": entry.method,
        "path": entry.path + (f"?{entry.query}" if entry.query else ""),
        "gateway": entry.gateway,
        "operation": entry.operation,
        "status": entry.status,
        "code": answer.get(CODE) if isinstance(answer, dict) else None,
        "fault": entry.fault,
        "body": _shown_body(entry.body),
        "answer": _shown_body(answer),
    }


def _delivery_as_json(delivery: Delivery) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "task": delivery.task_id,
        "gateway": delivery.gateway,
        "url": delivery.url,
        "due": delivery.due,
        "attempt": delivery.attempt,
        "outcome": delivery.outcome,
        "headers": _shown_body(delivery.headers),
        "body": _shown_body(delivery.body),
    }


def _shown_body(value: Any) -> str:
    """What a reader is shown of a body: indented JSON, or the text as it is."""
    if value is None or value == {}:
        return ""
    return (value if isinstance(value, str) else dumps(value, indent=2))[:MAX_SHOWN_TEXT]
