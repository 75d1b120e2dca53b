"""The front page and the state it shows. The browser is told to load nothing from elsewhere."""

from importlib.resources import files
from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .admin import described, described_armed
from .callbacks import Delivery
from .faults import FAULTS
from .gateways import GATEWAYS
from .journal import RecordedRequest
from .strictjson import dumps
from .tasks import Task
from .world import World

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
        Route("/", _front_page, methods=["GET"]),
        Route("/sandbox/state", _state, methods=["GET"]),
        Route("/sandbox/pictures/{gateway}/{task_id}/{index:int}.png", _picture, methods=["GET"]),
        Route("/sandbox/static/{name}", _static, methods=["GET"]),
    ]


async def _front_page(_request: Request) -> Response:
    return _file("page.html")


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    return _file(name) if name in MEDIA_TYPES else Response("Not Found", 404)


def _file(name: str) -> Response:
    content = (files(__package__) / "static" / name).read_bytes()
    return Response(content, 200, HEADERS, media_type=MEDIA_TYPES[name])


async def _picture(request: Request) -> Response:
    world: World = request.app.state.world
    task = world.task(request.path_params["gateway"], request.path_params["task_id"])
    index = request.path_params["index"]
    if task is None or index >= task.pictures or task.state(world.clock.now()) != "success":
        return Response("Not Found", 404, HEADERS)
    return Response(await run_in_threadpool(world.picture, task, index), 200, HEADERS, "image/png")


async def _state(request: Request) -> Response:
    return JSONResponse(shown_state(request.app.state.world), headers=HEADERS)


def shown_state(world: World) -> dict[str, Any]:
    """Everything the page shows, newest first."""
    now = world.clock.now()
    return {
        "now": now,
        "profile": world.settings.profile,
        "speed": world.clock.speed,
        "gateways": [
            {"name": name, "key": gateway.key, "credits": world.accounts[name].credits}
            for name, gateway in GATEWAYS.items()
        ],
        "tasks": [_task(task, now) for task in _newest(world.tasks.values())],
        "requests": [_request(entry) for entry in _newest(world.journal.entries())],
        "callbacks": [_callback(delivery) for delivery in _newest(list(world.courier.log))],
        "armed": [described_armed(armed) for armed in world.faults.armed()],
        "faults": [described(fault) for fault in FAULTS.values()],
    }


def _newest(items: list[Any]) -> list[Any]:
    return list(islice(reversed(items), SHOWN))


def _task(task: Task, now: float) -> dict[str, Any]:
    state = task.state(now)
    return {
        "id": task.id,
        "gateway": task.gateway,
        "state": state,
        "prompt": task.prompt,
        "ratio": task.aspect_ratio,
        "created": task.created,
        "updated": task.updated(now),
        "completed": task.completed,
        "failure": task.script.fail_message if state == "fail" else "",
        "visible": task.visible(now),
        "pictures": _picture_paths(task) if state == "success" else [],
    }


def _picture_paths(task: Task) -> list[str]:
    """Apart from the result URLs, so that looking neither counts as a request nor expires."""
    return [f"/sandbox/pictures/{task.gateway}/{task.id}/{n}.png" for n in range(task.pictures)]


def _request(entry: RecordedRequest) -> dict[str, Any]:
    answer = entry.answer
    return {
        "number": entry.number,
        "time": entry.time,
        "method": entry.method,
        "path": entry.path + (f"?{entry.query}" if entry.query else ""),
        "gateway": entry.gateway,
        "operation": entry.operation,
        "status": entry.status,
        "code": answer.get("code") if isinstance(answer, dict) else None,
        "fault": entry.fault,
        "body": _text(entry.body),
        "answer": _text(answer),
    }


def _callback(delivery: Delivery) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "task": delivery.task_id,
        "gateway": delivery.gateway,
        "url": delivery.url,
        "due": delivery.due,
        "attempt": delivery.attempt,
        "outcome": delivery.outcome,
        "headers": _text(delivery.headers),
        "body": _text(delivery.body),
    }


def _text(value: Any) -> str:
    """What a reader is shown of a body: indented JSON, or the text as it is."""
    if value is None or value == {}:
        return ""
    return (value if isinstance(value, str) else dumps(value, indent=2))[:MAX_SHOWN_TEXT]
