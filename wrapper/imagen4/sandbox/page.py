"""The front page and the state it shows. The browser is told to load nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .page_state import page_state

if TYPE_CHECKING:
    from starlette.requests import Request

    from .state import SandboxState

MEDIA_TYPES = {
    "page.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "rows.js": "text/javascript",
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
    """Everything the page shows; with `hide=polls` without those that went well."""
    hide_polls = request.query_params.get("hide") == "polls"
    shown = page_state(request.app.state.sandbox, hide_polls=hide_polls)
    return JSONResponse(shown, headers=HEADERS)
