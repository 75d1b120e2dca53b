"""An ASGI application that takes callbacks, and ends the waits that they are about."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from ..core.callback_token import as_url, token_in
from ..core.checks import seconds
from ..core.origins import bare
from ..core.request import is_callback_url
from ..errors import InvalidRequest, UnexpectedResponse
from ..facts import DEFAULT_GATEWAY, GATEWAYS
from ..logs import logger
from .bell import JobBell, Switchboard
from .reading import body_bytes, parse, task_id_in
from .serving import in_a_thread
from .signature import verify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from contextlib import AbstractContextManager
    from typing import Self

    from ..core.task import Task
    from .signature import Headers

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

MAX_BODY = 1024 * 1024
"""Bytes. A callback repeats the request: 10,000 characters, each of them escaped twice."""
OK, BAD, FORGED, WRONG_METHOD, SLOW, TOO_LARGE = 200, 400, 401, 405, 408, 413
SIGNING = [name for name, facts in GATEWAYS.items() if facts.signs_callbacks]


class Receiver:
    """Takes the callbacks of one account, and ends the waits of `callback=receiver`.

        receiver = Receiver("https://shop.example/imagen4/", webhook_key=WEBHOOK_KEY)
        app.mount("/imagen4", receiver)  # FastAPI, Starlette; it is an ASGI application
        result = await client.generate("a red fox", callback=receiver)

    url: where the gateway reaches it, with the slash at its end where it is mounted (a redirect
        may lose the callback); None with `running`, which then knows it.
    webhook_key: the account's, with which kie signs; None where none is set. Whether apikley signs
        is unknown. Where a gateway is not known to, or there is no key, what counts is a random
        token that each create's URL has in its query (`imagen4-token`): who does not know that is
        answered 401.
    on_callback: called with the task of every genuine callback, as it says, and the query of its
        URL, from a thread of its own under ASGI: `ledger.record_callback`, say, which gives a
        create that had no answer its task. What it raises is a status 500, and the gateway
        comes again. A duplicate is told again.
    patience: seconds that a sender may take for the body.

    It must run in the process that waits, on any thread or event loop: a callback that comes to
    another process, say another worker of the same server, ends nothing. A callback is a hint,
    never proof: the task is asked for once, and what the gateway answers counts. Where none comes,
    a task is asked for all the same after `Polling.callback_patience` (1 minute), four times that,
    and so on, and at the deadline: at most 3 polls a task in 15 minutes, its callback's among
    them. All at the documented rate: of tasks that end at once, ten are known in each second.
    If such a poll finds the end, a warning is logged, and polls keep the documented pace until two
    callbacks have come, after the next miss four, and so on. So they do for a task of which a
    callback came although it still runs; only its first callback is answered by a poll.

    Answers, all without a body:

    200  taken: also a second time, and if nobody here waits for the task
    400  no JSON that names a task
    401  not genuine: not signed with the webhook key within 5 minutes; where that is not asked for,
         without a token of ours, unless it names a task that `job` or `resume` took up
    405  not POST
    408  the body took longer than `patience`
    413  a body of more than 1 MiB
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        webhook_key: str | None = None,
        on_callback: Callable[[Task, str], object] | None = None,
        patience: float = 10.0,
    ) -> None:
        if url is not None and not (isinstance(url, str) and is_callback_url(url)):
            raise InvalidRequest("url must be an absolute http(s) URL, percent-encoded")
        if webhook_key is not None and not (isinstance(webhook_key, str) and bare(webhook_key)):
            raise InvalidRequest("webhook_key must be a text that is not empty, or None")
        if on_callback is not None and not callable(on_callback):
            raise InvalidRequest("on_callback must be a function")
        if iscoroutinefunction(on_callback):
            raise InvalidRequest("A Receiver calls on_callback, on a thread, and does not await it")
        self.url = url
        self._key = webhook_key
        self._on_callback = on_callback
        self._patience = seconds(patience, "patience", zero=False)
        self._board = Switchboard()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'signed' if self._key else 'by token'}>"

    @property
    def reliable(self) -> bool:
        """Whether callbacks are counted on."""
        return self._board.reliable

    def receive(self, headers: Headers, body: bytes | str, query: str | bytes | None = "") -> int:
        """Take one callback; the HTTP status to answer it with.

        For what is no ASGI: call it in a view of Flask or Django, and answer with that status.
        headers, body: as the framework has them. query: of the URL, as it came. Raises what
        `on_callback` raises, and InvalidRequest for what are no headers, no body or no query.
        """
        content = body_bytes(body)
        text = as_url(query)
        if len(content) > MAX_BODY:
            return TOO_LARGE
        task_id = task_id_in(content)
        if task_id is None:
            return BAD
        token = token_in(text) or ""
        bell = self._board.bells.get(token) or self._board.bells.get(task_id)
        sender = self._board.gateway_told(token) or (bell.gateway if bell is not None else None)
        if not self._is_genuine(headers, content, sender):
            return FORGED
        if bell is not None:
            bell.ring(task_id)
        if sender is not None:
            self._board.heard()  # after it rang, or a wait could think that its own is missing
        return self._told(content, text, sender or DEFAULT_GATEWAY)

    def running(self, port: int = 0, host: str = "127.0.0.1") -> AbstractContextManager[Self]:
        """Serve on a thread of this process, while in the `with` block: for scripts.

        port: 0 takes a free one. host: "0.0.0.0" for all addresses of the machine. Needs
        uvicorn: `pip install 'imagen4[webhooks]'`. Raises InvalidRequest without it, OSError
        if the port is taken.
        """
        return in_a_thread(self, host, port)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve a request, by ASGI. Raises InvalidRequest for what is no HTTP."""
        if scope["type"] != "http":
            raise InvalidRequest("A Receiver answers HTTP alone")
        status = await self._answer(scope, receive)
        if status is None:
            return
        headers = [(b"content-length", b"0")]
        headers += [(b"allow", b"POST")] if status == WRONG_METHOD else []
        # What was not read would be taken for the next request.
        headers += [(b"connection", b"close")] if status in (SLOW, TOO_LARGE) else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def bell(self, gateway: str) -> JobBell:
        """For a job on that gateway that is to hear of its tasks' ends."""
        return JobBell(self._board, gateway)

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive) -> int | None:
        """The status; None where nobody is there any more to be told."""
        if scope["method"] != "POST":
            return WRONG_METHOD
        try:
            async with asyncio.timeout(self._patience):
                body = await read_body(receive)
        except TimeoutError:
            return SLOW
        if body is None:
            return None
        arguments = (scope["headers"], body, scope["query_string"])
        if self._on_callback is None:
            return self.receive(*arguments)
        return await asyncio.to_thread(self.receive, *arguments)

    def _is_genuine(self, headers: Headers, content: bytes, sender: str | None) -> bool:
        """sender: the gateway, where token or task tell which one it has to be."""
        if self._key is not None and verify(headers, content, self._key):
            return True
        if self._key is not None and sender in SIGNING:
            logger.warning("A callback is not signed with the webhook key that the receiver has")
            return False
        return sender is not None

    def _told(self, content: bytes, query: str, sender: str) -> int:
        """The status after `on_callback`, if there is one."""
        if self._on_callback is not None:
            try:
                task = parse(content)
            except UnexpectedResponse:
                return BAD
            self._on_callback(replace(task, gateway=sender), query)
        return OK


async def read_body(receive: Receive) -> bytes | None:
    """A request's body, or its beginning where that is too much; None if the sender has left."""
    body = bytearray()
    more = True
    while more and len(body) <= MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
