"""Serving the pictures, until their links expire."""

import hmac
import re
from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from .api import record, spoil
from .faults import Stage
from .gateways import GATEWAYS, Gateway
from .operations import link_signature
from .tasks import MEDIA_LIFETIME, URL_LIFETIME, Task
from .world import World

PNG = "image/png"
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?")


async def send_picture(request: Request) -> Response:
    """A PNG, or 404 where there is none (yet, or any more). No key is asked for or looked at."""
    world: World = request.app.state.world
    gateway = request.path_params["gateway"]
    task = world.task(gateway, request.path_params["task_id"])
    armed = world.faults.claim(Stage.DOWNLOAD, gateway, "file", lambda: task.prompt if task else "")
    response = spoil(world, armed, await _right(world, request, task))
    record(world, request, gateway, "file", b"", response, armed)
    return response


async def _right(world: World, request: Request, task: Task | None) -> Response:
    index = request.path_params["index"]
    if task is None or index >= task.pictures or not _is_open(world, request, task):
        return PlainTextResponse("Not Found", 404)
    return ranged(request.headers, await run_in_threadpool(world.picture, task, index))


def ranged(headers: Headers, content: bytes) -> Response:
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


def _is_open(world: World, request: Request, task: Task) -> bool:
    now = world.clock.now()
    if task.completed is None or task.state(now) != "success":
        return False
    if now < task.completed + URL_LIFETIME:
        return True
    gateway = GATEWAYS[task.gateway]
    return now < task.completed + MEDIA_LIFETIME and _has_fresh_link(request, gateway, now)


def _has_fresh_link(request: Request, gateway: Gateway, now: float) -> bool:
    try:
        good_until = int(request.query_params.get("good-until", ""))
    except ValueError:
        return False
    right = link_signature(gateway, request.url.path, good_until)
    given = request.query_params.get("signature", "")
    return hmac.compare_digest(right.encode(), given.encode()) and now < good_until
