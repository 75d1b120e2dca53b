"""schemathesis' stateful phase: create, then whatever the document links to.

Unlike the other phases it needs the server's answers; its requests go out through the
same sender, and are judged with all the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from ..facts.protocol import CREATE_PATH
from .cases.build import JSON_TYPE, poll_case
from .cases.generated import case_of, schema_for, walked
from .document import TASK_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cases.generated import Environ, StartResponse
    from .document import Document
    from .exchange import Exchange
    from .transport import Sender

EXAMPLES = 10
EMPTY = b'{"code": 500, "msg": "no answer"}'


def explore(
    document: Document, sender: Sender, seed: int, watch: Callable[[Exchange], None]
) -> None:
    """Let schemathesis walk along the links; does nothing in a document without any."""
    if document.link is None:
        return
    app = ForwardingApp(document, sender, watch)
    for _ in walked(schema_for(document, app, ("stateful",), seed, EXAMPLES)):
        if app.error is not None:
            raise app.error


class ForwardingApp:
    """What the engine takes for a WSGI application; every request goes out for real."""

    def __init__(
        self, document: Document, sender: Sender, watch: Callable[[Exchange], None]
    ) -> None:
        self.document, self.sender, self.watch = document, sender, watch
        self.error: Exception | None = None

    def __call__(self, environ: Environ, start: StartResponse) -> list[bytes]:
        environ["content"] = environ["wsgi.input"].read()
        status, content = 500, EMPTY
        if self.error is None:
            try:
                status, content = self._forward(environ)
            except Exception as error:  # the engine would swallow it
                self.error = error
        start(f"{status} .", [("Content-Type", JSON_TYPE)])
        return [content]

    def _forward(self, environ: Environ) -> tuple[int, bytes]:
        exchange = self._send(environ)
        if exchange is None:
            return 500, EMPTY
        self.watch(exchange)
        if exchange.answer is None:
            return 500, EMPTY
        return exchange.verdict.effective or 500, exchange.answer.content

    def _send(self, environ: Environ) -> Exchange | None:
        link, sender = self.document.link, self.sender
        task_id = dict(parse_qsl(environ["QUERY_STRING"])).get(link.parameter if link else "", "")
        if link and environ["PATH_INFO"] != CREATE_PATH and sender.trace.knows(task_id):
            return sender.send(poll_case(link, task_id, TASK_SCHEMA), task_id)
        case = case_of(self.document, environ)
        return sender.send(case) if case and not sender.channel.gives_away(case.request) else None
