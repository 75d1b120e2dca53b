"""The exchanges behind the findings as an HTTP Archive, which a browser's network tab opens.

The key was never in them, and the prompts are taken out; cookies stay between client and server.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from http import HTTPStatus
from io import StringIO
from typing import TYPE_CHECKING

import harfile

from ..._version import __version__

if TYPE_CHECKING:
    from ..exchange import Exchange, HttpAnswer, HttpRequest
    from .model import Report

HTTP = "HTTP/1.1"
KEPT_BACK = "set-cookie"
STATUS_TEXTS = {status.value: status.phrase for status in HTTPStatus}


def render_har(report: Report) -> str:
    """One entry for each exchange, in their order; its comment is what it shows."""
    shown: dict[int, tuple[Exchange, list[str]]] = {}
    for broken in report.broken:
        for exchange in broken.exchanges:
            _, told = shown.setdefault(exchange.number, (exchange, []))
            told.append(f"{broken.check}: {broken.promise}")
    output = StringIO()
    with harfile.open(output, creator=harfile.Creator("imagen4 contract", __version__)) as har:
        for _, (exchange, told) in sorted(shown.items()):
            har.add_entry(
                startedDateTime=datetime.fromtimestamp(exchange.at - exchange.seconds, UTC),
                time=exchange.seconds * 1000,
                request=_request(exchange.request, report.base_url),
                response=_response(exchange.answer, exchange.error),
                timings=harfile.Timings(send=0, wait=exchange.seconds * 1000, receive=0),
                comment="\n".join(told),
            )
    return output.getvalue() + "\n"


def _request(request: HttpRequest, base_url: str) -> harfile.Request:
    post = None
    if request.content is not None:
        text = request.content.decode("utf-8", "replace")
        post = harfile.PostData(mimeType=request.content_type or "", text=text)
    return harfile.Request(
        method=request.method,
        url=base_url + request.target,
        httpVersion=HTTP,
        queryString=[harfile.Record(name, value) for name, value in request.query],
        postData=post,
        bodySize=len(request.content or b""),
        comment=f"with {request.credential}",
    )


def _response(answer: HttpAnswer | None, error: str) -> harfile.Response:
    """Status 0 is how browsers write that no answer came."""
    if answer is None:
        return harfile.Response(status=0, statusText="", httpVersion=HTTP, comment=error)
    return harfile.Response(
        status=answer.status,
        statusText=STATUS_TEXTS.get(answer.status, ""),
        httpVersion=HTTP,
        headers=[harfile.Record(n, v) for n, v in answer.headers if n.lower() != KEPT_BACK],
        content=_har_content(answer),
        redirectURL=answer.header("location"),
        bodySize=len(answer.content),
    )


def _har_content(answer: HttpAnswer) -> harfile.Content:
    size, kind = len(answer.content), answer.header("content-type")
    try:
        return harfile.Content(size=size, mimeType=kind, text=answer.content.decode())
    except UnicodeDecodeError:
        text = b64encode(answer.content).decode()
        return harfile.Content(size=size, mimeType=kind, text=text, encoding="base64")
