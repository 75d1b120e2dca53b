"""Faults of an answer or a download: what is sent in place of the right one."""

from collections.abc import Callable

from attrs import frozen
from starlette.responses import HTMLResponse, Response

from ..profiles import Profile
from ..strictjson import dumps
from .book import Armed
from .connection import Connections, Cut, Reset, Silence, Slow

HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
JSON_TYPE = "application/json"
BITS = 20


@frozen
class Spoiling:
    """The fault, the right response, and what is needed to spoil it."""

    armed: Armed
    right: Response
    """Empty where the request was not carried out."""
    profile: Profile
    connections: Connections

    def number(self, name: str) -> float:
        return float(self.armed.parameters[name])

    def text(self, name: str) -> str:
        return str(self.armed.parameters[name])

    def json(self, body: bytes) -> Response:
        return Response(body, self.right.status_code, media_type=JSON_TYPE)


def spoiled(spoiling: Spoiling) -> Response:
    """The response that is sent instead."""
    name = spoiling.armed.fault.name
    if name.startswith("code-"):
        return _code(spoiling, int(name.removeprefix("code-")))
    return SPOILS[name](spoiling)


def _code(spoiling: Spoiling, code: int) -> Response:
    answer = spoiling.profile.error(code, spoiling.text("message"))
    status = int(spoiling.number("status")) or answer.status
    return Response(dumps(answer.body).encode(), status, media_type=JSON_TYPE)


def _html(spoiling: Spoiling) -> Response:
    status = int(spoiling.number("status"))
    return HTMLResponse(HTML.format(f"{status} Bad Gateway"), status)


def _redirect(spoiling: Spoiling) -> Response:
    return Response(b"", int(spoiling.number("status")), {"location": spoiling.text("to")})


def _null_data(spoiling: Spoiling) -> Response:
    return spoiling.json(b'{"code":200,"msg":"success","data":null}')


def _half(spoiling: Spoiling) -> Response:
    body = bytes(spoiling.right.body)
    return spoiling.json(body[: len(body) // 2])


def _silence(spoiling: Spoiling) -> Response:
    return Silence(spoiling.connections, spoiling.number("seconds"))


def _late(spoiling: Spoiling) -> Response:
    return Slow(spoiling.connections, spoiling.right, spoiling.number("seconds"))


def _bit_by_bit(spoiling: Spoiling) -> Response:
    return Slow(spoiling.connections, spoiling.right, spoiling.number("seconds"), BITS)


def _gone(spoiling: Spoiling) -> Response:
    return Response(b"expired", int(spoiling.number("status")), media_type="text/plain")


SPOILS: dict[str, Callable[[Spoiling], Response]] = {
    "latency": _late,
    "no-answer": _silence,
    "reset": lambda spoiling: Reset(spoiling.connections),
    "cut-body": lambda spoiling: Cut(spoiling.connections, spoiling.right),
    "cut-json": _half,
    "bad-json": lambda spoiling: spoiling.json(b"{code: 200, msg: success}"),
    "wrong-json": lambda spoiling: spoiling.json(b'[{"code":200,"msg":"success"}]'),
    "bad-utf8": lambda spoiling: spoiling.json(b'{"code":200,"msg":"\xff\xfe"}'),
    "empty-body": lambda spoiling: spoiling.json(b""),
    "null-data": _null_data,
    "html": _html,
    "redirect": _redirect,
    "slow-download": _bit_by_bit,
    "cut-download": lambda spoiling: Cut(spoiling.connections, spoiling.right),
    "gone": _gone,
    "not-a-picture": lambda _spoiling: HTMLResponse(HTML.format("Sign in")),
}
