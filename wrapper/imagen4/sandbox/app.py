"""The ASGI application: both gateways under their prefixes, the pictures, the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Route

from .admin import admin_routes
from .api import finish, operation_endpoint, rendered
from .documents import operations
from .downloads import send_picture
from .gateways import SANDBOX_GATEWAYS
from .guard import BrowserGuard
from .page import page_routes
from .profiles import Refusal
from .settings import SandboxSettings
from .state import SandboxState

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MAX_BODY = 1024 * 1024
"""Bytes. The largest body the documents allow is about 130 KB, every character escaped."""


def create_app(**settings: Any) -> Starlette:
    """The sandbox as an ASGI application, for use in process; `app.state.sandbox` is its state.

    Settings are those of `SandboxSettings`. Faults on the connection itself need a real server:
    see `Sandbox`.
    """
    return app_for(SandboxState(SandboxSettings(**settings)))


def app_for(state: SandboxState) -> Starlette:
    app = Starlette(
        routes=[
            *page_routes(),
            *admin_routes(),
            *_gateway_routes(),
            Route("/files/{gateway}/{task_id}/{index:int}.png", send_picture),
        ],
        middleware=[
            Middleware(BrowserGuard, hosts=state.settings.page_hosts),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY),
        ],
        exception_handlers={404: _no_such_path, 405: _no_such_method},
    )
    app.router.redirect_slashes = False
    app.state.sandbox = state
    return app


def _gateway_routes() -> list[BaseRoute]:
    return [
        Route(
            f"/{gateway.name}{operation.path}",
            operation_endpoint(gateway, operation),
            methods=[operation.method],
            name=f"{gateway.name} {operation.name}",
        )
        for gateway in SANDBOX_GATEWAYS.values()
        for operation in operations(gateway.name)
    ]


async def _no_such_path(request: Request, _error: Exception) -> Response:
    return _not_routed(request, Refusal.NO_SUCH_PATH)


async def _no_such_method(request: Request, error: Exception) -> Response:
    response = _not_routed(request, Refusal.NO_SUCH_METHOD)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _not_routed(request: Request, refusal: Refusal) -> Response:
    """Written down too: a client with a wrong base URL is looked for in the journal."""
    profile = request.app.state.sandbox.profile
    gateway = request.url.path.split("/")[1]
    response = rendered(profile, profile.refusal(refusal))
    return finish(request, response, gateway if gateway in SANDBOX_GATEWAYS else "", operation="")
