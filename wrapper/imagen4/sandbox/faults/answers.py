"""Faults of an answer or a download: what is sent in place of the intact one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from ..strictjson import dumps
from . import connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..profiles import Profile
    from .book import ArmedFault

HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
PARTS = 20
"""That a slow download comes in."""


@dataclass(frozen=True, slots=True)
class FaultContext:
    """The fault that strikes, the intact response, and what is needed to make it faulty."""

    armed: ArmedFault
    intact: Response
    """Empty where the request was not carried out."""
    profile: Profile
    connections: connection.OpenConnections

    @property
    def status(self) -> int:
        return int(self.armed.parameters["status"])

    def sent_by(self, kind: type[connection.FaultyResponse], parts: int = 1) -> Response:
        """The intact response, sent the way of that kind."""
        seconds = float(self.armed.parameters.get("seconds", 0))
        return kind(self.connections, self.intact, seconds, parts)

    def json(self, body: bytes) -> Response:
        return Response(body, self.intact.status_code, media_type=self.profile.media_type)


def faulty_response(context: FaultContext) -> Response:
    """The response that is sent instead."""
    name = context.armed.fault.name
    if name.startswith("code-"):
        return _code(context, int(name.removeprefix("code-")))
    return EFFECTS[name](context)


def _code(context: FaultContext, code: int) -> Response:
    answer = context.profile.error(code, str(context.armed.parameters["message"]))
    body = dumps(answer.body).encode()
    return Response(body, context.status or answer.status, media_type=context.profile.media_type)


def _redirect(context: FaultContext) -> Response:
    target = str(context.armed.parameters["to"])
    return Response(b"", context.status, {"location": target})


def _half(context: FaultContext) -> Response:
    body = bytes(context.intact.body)
    return context.json(body[: len(body) // 2])


EFFECTS: dict[str, Callable[[FaultContext], Response]] = {
    "latency": lambda context: context.sent_by(connection.SlowResponse),
    "no-answer": lambda context: context.sent_by(connection.Silence),
    "reset": lambda context: context.sent_by(connection.ResetConnection),
    "cut-body": lambda context: context.sent_by(connection.CutResponse),
    "cut-json": _half,
    "bad-json": lambda context: context.json(b"{code: 200, msg: success}"),
    "wrong-json": lambda context: context.json(b'[{"code":200,"msg":"success"}]'),
    "bad-utf8": lambda context: context.json(b'{"code":200,"msg":"\xff\xfe"}'),
    "empty-body": lambda context: context.json(b""),
    "null-data": lambda context: context.json(dumps(context.profile.success(None).body).encode()),
    "html": lambda context: HTMLResponse(
        HTML.format(f"{context.status} Bad Gateway"), context.status
    ),
    "redirect": _redirect,
    "slow-download": lambda context: context.sent_by(connection.SlowResponse, PARTS),
    "cut-download": lambda context: context.sent_by(connection.CutResponse),
    "gone": lambda context: Response(b"expired", context.status, media_type="text/plain"),
    "not-a-picture": lambda _context: HTMLResponse(HTML.format("Sign in")),
}
