"""The ASGI application: both gateways under their prefixes, the pictures, the page."""

from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .admin import admin_routes
from .api import answer_call, record, respond
from .downloads import send_picture
from .gateways import GATEWAYS
from .guard import BrowserGuard
from .page import page_routes
from .profiles import Refusal
from .settings import Settings
from .world import World

MAX_BODY = 1024 * 1024
"""Bytes. The largest body the documents allow is about 130 KB, every character escaped."""


def create_app(**settings: Any) -> Starlette:
    """The sandbox as an ASGI application, for use in process; `app.state.world` holds its state.

    Settings are those of `Settings`. Faults on the connection itself need a real server: see
    `Sandbox`.
    """
    return app_for(World(Settings(**settings)))


def app_for(world: World) -> Starlette:
    app = Starlette(
        routes=[
            *page_routes(),
            *admin_routes(),
            *_gateway_routes(),
            Route("/files/{gateway}/{task_id}/{index:int}.png", send_picture),
        ],
        middleware=[
            Middleware(BrowserGuard, hosts=world.settings.page_hosts),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY),
        ],
        exception_handlers={404: _no_such_path, 405: _no_such_method},
    )
    app.router.redirect_slashes = False
    app.state.world = world
    return app


def _gateway_routes() -> list[BaseRoute]:
    return [
        Route(
            f"/{gateway.name}{operation.path}",
            answer_call(gateway, operation),
            methods=[operation.method],
            name=f"{gateway.name} {operation.name}",
        )
        for gateway in GATEWAYS.values()
        for operation in gateway.operations
    ]


async def _no_such_path(request: Request, _error: Exception) -> Response:
    return _refused(request, Refusal.NO_SUCH_PATH)


async def _no_such_method(request: Request, error: Exception) -> Response:
    response = _refused(request, Refusal.NO_SUCH_METHOD)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _refused(request: Request, refusal: Refusal) -> Response:
    """Written down too: a client with a wrong base URL is looked for in the journal."""
    world: World = request.app.state.world
    response = respond(world.profile, world.profile.refusal(refusal))
    gateway = request.url.path.split("/")[1]
    record(world, request, gateway if gateway in GATEWAYS else "", "", b"", response, None)
    return response
