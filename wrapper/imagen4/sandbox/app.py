"""The ASGI application: both gateways under their prefixes, the pictures, the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Route

from ..facts import GATEWAYS
from ..facts.protocol import Code
from .admin import admin_routes
from .api import operation_endpoint, rendered, respond
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
        exception_handlers={404: _not_routed, 405: _not_routed},
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


async def _not_routed(request: Request, error: Any) -> Response:
    """Written down too: a client with a wrong base URL is looked for in the journal."""
    profile = request.app.state.sandbox.profile
    gateway = request.url.path.split("/")[1]
    no_path = error.status_code == Code.NOT_FOUND
    answer = profile.refusal(Refusal.NO_SUCH_PATH if no_path else Refusal.NO_SUCH_METHOD)
    response = rendered(profile, answer)
    response.headers.update(error.headers or {})
    return respond(request, response, gateway if gateway in GATEWAYS else "", operation="")
