"""From an HTTP request to an answered, recorded call."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..facts.protocol import DATA, INPUT, TASK_ID, Code
from .documents import JSON_TYPE, Operation
from .faults import ArmedFault, InjectionPoint
from .faults.answers import FaultContext, faulty_response
from .faults.connection import ResetConnection, Silence
from .journal import masked, readable_body, safe_headers
from .operations import IncomingRequest, carry_out
from .strictjson import dumps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .gateways import SandboxGateway
    from .profiles import Profile, SandboxAnswer
    from .state import SandboxState

    Endpoint = Callable[[Request], Awaitable[Response]]

GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
"""In Accept-Encoding, unless it is what is not taken."""
PATIENCE = 30.0
"""Real seconds a caller may take to send a body."""


def operation_endpoint(gateway: SandboxGateway, operation: Operation) -> Endpoint:
    """The endpoint of one operation of one gateway."""

    async def endpoint(request: Request) -> Response:
        state: SandboxState = request.app.state.sandbox
        try:
            async with asyncio.timeout(PATIENCE):
                incoming = IncomingRequest(gateway, operation, request, await request.body())
        except (TimeoutError, ClientDisconnect):
            return Response(b"", Code.TIMED_OUT, {"connection": "close"})
        armed = state.faults.claim(
            InjectionPoint.ANSWER, gateway.name, lambda: _prompt(state, incoming), operation.name
        )
        intact = Response()
        if armed is None or armed.fault.carried_out:
            intact = rendered(state.profile, carry_out(state, incoming))
        state.callback_sender.run()
        return respond(request, intact, gateway.name, operation.name, armed, incoming.body)

    return endpoint


def rendered(profile: Profile, answer: SandboxAnswer) -> Response:
    headers = profile.headers()
    if answer.status == Code.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    content = dumps(answer.body).encode()
    return Response(content, answer.status, headers, media_type=profile.media_type)


def respond(
    request: Request,
    intact: Response,
    gateway: str,
    operation: str,
    armed: ArmedFault | None = None,
    body: bytes = b"",
) -> Response:
    """The response that is sent, faulty on a bad day; written down, without any key."""
    state: SandboxState = request.app.state.sandbox
    sent = intact
    if armed is not None:
        sent = faulty_response(FaultContext(armed, intact, state.profile, state.connections))
    unanswered = isinstance(sent, (Silence, ResetConnection))
    state.journal.add(
        time=state.clock.now(),
        method=request.method,
        path=masked(request.url.path),
        query=masked(request.url.query),
        gateway=gateway,
        operation=operation,
        task_id=masked(_task_id(request, intact)),
        headers=safe_headers(request.headers.items()),
        authorized="authorization" in request.headers,
        body=readable_body(body),
        status=None if unanswered else sent.status_code,
        answer=None if unanswered else _shown(sent),
        fault=armed.fault.name if armed else "",
    )
    return sent if armed else _compressed(request, sent, state.profile)


def _task_id(request: Request, intact: Response) -> str:
    """The task that it made or asked for: of a create also where its answer never arrives."""
    asked = request.path_params.get("task_id") or request.query_params.get(TASK_ID)
    if asked:
        return str(asked)
    answer = _shown(intact)
    data = answer.get(DATA) if isinstance(answer, dict) else None
    return str(data.get(TASK_ID, "")) if isinstance(data, dict) else ""


def _compressed(request: Request, response: Response, profile: Profile) -> Response:
    """wire: every envelope is gzipped for whoever takes that, and comes in chunks.

    Intact ones only: what a fault makes of a body is to be seen as it is.
    """
    is_json = response.headers.get("content-type", "").startswith(JSON_TYPE)
    offered = GZIP.search(request.headers.get("accept-encoding", "").lower())
    if not (profile.compresses and is_json and offered):
        return response
    told = {**response.headers, "content-encoding": "gzip", "vary": "Accept-Encoding"}
    sent = Response(gzip.compress(bytes(response.body), mtime=0), response.status_code, told)
    del sent.headers["content-length"]
    return sent


def _shown(response: Response) -> Any:
    media_type = response.headers.get("content-type", "")
    return media_type if media_type.startswith("image/") else readable_body(bytes(response.body))


def _prompt(state: SandboxState, incoming: IncomingRequest) -> str:
    """The prompt a request is about, for faults that look for a word in it."""
    for task_id in incoming.http.query_params.getlist(TASK_ID):
        task = state.task(incoming.gateway.name, task_id)
        if task is not None:
            return task.prompt
    try:
        return str(json.loads(incoming.body)[INPUT]["prompt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
