"""schemathesis' stateful phase: create, then whatever the document links to.

Unlike the other phases it needs the server's answers; its requests go out through the
same session, and are judged with all the others.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import schemathesis

from imagen4.contract.cases.build import JSON_TYPE, poll
from imagen4.contract.cases.generated import Environ, StartResponse, planned, schema_for, walked
from imagen4.contract.document import CREATE, TASK, Document
from imagen4.contract.exchange import Exchange
from imagen4.contract.trace import created_id
from imagen4.contract.transport import Session

EXAMPLES = 10
EMPTY = b'{"code": 500, "msg": "no answer"}'


def explore(
    document: Document, session: Session, seed: int, watch: Callable[[Exchange], None]
) -> None:
    """Let schemathesis walk along the links; does nothing in a document without any."""
    if document.link is None:
        return
    server = _Server(document, session, watch)
    for _ in walked(_schema(document, server, seed)):
        if server.error is not None:
            raise server.error


def _schema(document: Document, app: Any, seed: int) -> schemathesis.BaseSchema:
    return schema_for(document, app, ("stateful",), seed, EXAMPLES)


class _Server:
    """What the engine takes for a WSGI application; every request goes out for real."""

    def __init__(
        self, document: Document, session: Session, watch: Callable[[Exchange], None]
    ) -> None:
        self.document, self.session, self.watch = document, session, watch
        self.created = {created_id(exchange) for exchange in session.exchanges} - {""}
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
        self.created |= {created_id(exchange)} - {""}
        return exchange.verdict.effective or 500, exchange.answer.content

    def _send(self, environ: Environ) -> Exchange | None:
        link = self.document.link
        task_id = dict(parse_qsl(environ["QUERY_STRING"])).get(link.parameter if link else "", "")
        if link and environ["PATH_INFO"] != CREATE and task_id in self.created:
            return self.session.send(poll(link, task_id, TASK), task_id)
        plan = planned(self.document, environ)
        if plan is None or self.session.gives_away(plan.request):
            return None
        return self.session.send(plan)
