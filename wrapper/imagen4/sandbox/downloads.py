"""Serving the pictures, until their links expire."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from .api import respond
from .faults import InjectionPoint
from .gateways import SANDBOX_GATEWAYS, SandboxGateway
from .operations import link_signature
from .tasks import MEDIA_LIFETIME, URL_LIFETIME, SandboxTask

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request

    from .state import SandboxState

PNG = "image/png"
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?")


async def send_picture(request: Request) -> Response:
    """A PNG, or 404 where there is none (yet, or any more). No key is asked for or looked at."""
    state: SandboxState = request.app.state.sandbox
    gateway = request.path_params["gateway"]
    task = state.task(gateway, request.path_params["task_id"])
    armed = state.faults.claim(
        InjectionPoint.DOWNLOAD, gateway, lambda: task.prompt if task else ""
    )
    intact = await _intact_picture(state, request, task)
    return respond(request, intact, gateway, "file", armed=armed)


async def _intact_picture(
    state: SandboxState, request: Request, task: SandboxTask | None
) -> Response:
    index = request.path_params["index"]
    if task is None or index >= task.pictures or not _is_open(state, request, task):
        return PlainTextResponse("Not Found", 404)
    return range_response(request.headers, await run_in_threadpool(state.picture, task, index))


def range_response(headers: Headers, content: bytes) -> Response:
    """The picture, or the rest of it for a client that had been cut off (RFC 9110, section 14).

    One range with a start is understood; anything else gets the whole, as the RFC allows.
    """
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    told = {"accept-ranges": "bytes", "etag": etag}
    asked = RANGE.fullmatch(headers.get("range", ""))
    if asked is None or headers.get("if-range", etag) != etag:
        return Response(content, 200, told, PNG)
    start, end = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
    if start > end:
        return Response(b"", 416, {**told, "content-range": f"bytes */{len(content)}"})
    told["content-range"] = f"bytes {start}-{end}/{len(content)}"
    return Response(content[start : end + 1], 206, told, PNG)


def _is_open(state: SandboxState, request: Request, task: SandboxTask) -> bool:
    now = state.clock.now()
    if task.has_pictures(now, URL_LIFETIME):
        return True
    gateway = SANDBOX_GATEWAYS[task.gateway]
    return task.has_pictures(now, MEDIA_LIFETIME) and _has_fresh_link(request, gateway, now)


def _has_fresh_link(request: Request, gateway: SandboxGateway, now: float) -> bool:
    try:
        good_until = int(request.query_params.get("good-until", ""))
    except ValueError:
        return False
    right = link_signature(gateway, request.url.path, good_until)
    given = request.query_params.get("signature", "")
    return hmac.compare_digest(right.encode(), given.encode()) and now < good_until
