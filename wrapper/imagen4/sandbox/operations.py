"""The four operations: what each does to the state and what it answers."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..facts import protocol
from ..facts.protocol import INPUT, MODEL, SUCCEEDED, TASK_ID
from .documents import Operation, model_input
from .profiles import Refusal, SandboxAnswer
from .strictjson import dumps
from .tasks import MEDIA_LIFETIME, SandboxTask, Script, TaskStage, asked_pictures
from .validation import RefusedError, checked_body, checked_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from .gateways import SandboxGateway
    from .limits import RateLimit
    from .state import SandboxState

LINK_LIFETIME = 20 * 60.0
"""Seconds a link from download-url is good for, say the documents."""


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request to one operation of one gateway, read but not yet understood."""

    gateway: SandboxGateway
    operation: Operation
    http: Request
    body: bytes

    def json(self) -> dict[str, Any]:
        content_type = self.http.headers.get("content-type", "")
        return checked_body(self.gateway.name, self.operation, content_type, self.body)

    def parameters(self) -> dict[str, str]:
        return checked_parameters(self.operation, self.http.query_params.multi_items())


def carry_out(state: SandboxState, incoming: IncomingRequest) -> SandboxAnswer:
    """Do what the request asks, or refuse it."""
    try:
        with state.lock:
            _authorize(incoming)
            return state.profile.success(HANDLERS[incoming.operation.path](state, incoming))
    except RefusedError as refused:
        return state.profile.refusal(refused.refusal, refused.detail)


def _authorize(incoming: IncomingRequest) -> None:
    given = incoming.http.headers.getlist("authorization")
    scheme, _, key = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    right = hmac.compare_digest(key.strip().encode(), incoming.gateway.key.encode())
    if scheme.lower() != "bearer" or not right:
        raise RefusedError(Refusal.UNAUTHORIZED)


def _check_rate(state: SandboxState, limit: RateLimit, now: float) -> None:
    if state.settings.limits and not limit.admits(now):
        raise RefusedError(Refusal.TOO_MANY)


def _create_task(state: SandboxState, incoming: IncomingRequest) -> dict[str, Any]:
    request = incoming.json()
    now, account = state.clock.now(), state.accounts[incoming.gateway.name]
    _check_rate(state, account.creates, now)
    task = _new_task(state, incoming, request, now)
    if account.credits < task.price:
        raise RefusedError(Refusal.NO_CREDITS)
    account.credits -= task.price
    return state.profile.created(state.add_task(task))


def _new_task(
    state: SandboxState, incoming: IncomingRequest, request: dict[str, Any], now: float
) -> SandboxTask:
    gateway, url, model = incoming.gateway, incoming.http.url, request[MODEL]
    takes = model_input(gateway.name, model)
    given = request.get(INPUT, {})
    known = {name: value for name, value in given.items() if name in takes.fields}
    inputs = {**takes.defaults, **known}
    return SandboxTask(
        id=state.profile.new_id(now),
        gateway=gateway.name,
        request=request,
        created=now,
        price=gateway.price(model, asked_pictures(inputs)),
        files=f"{url.scheme}://{url.netloc}/files/{gateway.name}",
        script=_script(state),
        inputs=inputs,
        numbers=takes.numbers,
        weight=2 * len(incoming.body) + 2048,
    )


def _script(state: SandboxState) -> Script:
    """Through the profile's states, then success."""
    waiting, end = state.settings.waiting, state.settings.waiting + state.settings.generating
    return Script((*state.profile.stages(waiting), TaskStage(end, SUCCEEDED)))


def _record_info(state: SandboxState, incoming: IncomingRequest) -> dict[str, Any]:
    task_id = incoming.parameters()[TASK_ID]
    now = state.clock.now()
    _check_rate(state, state.accounts[incoming.gateway.name].polls, now)
    task = state.task(incoming.gateway.name, task_id)
    if task is None or not task.visible(now):
        raise RefusedError(Refusal.UNKNOWN_TASK)
    return state.profile.record(task, now)


def _credit(state: SandboxState, incoming: IncomingRequest) -> float:
    incoming.parameters()
    return state.accounts[incoming.gateway.name].credits


def _download_url(state: SandboxState, incoming: IncomingRequest) -> str:
    """For a picture of this gateway's that has not been deleted yet."""
    url = str(incoming.json().get("url", ""))
    now = state.clock.now()
    task = state.task(incoming.gateway.name, url.rpartition("/")[0].rpartition("/")[2])
    if task is None or url not in task.urls() or not task.has_pictures(now, MEDIA_LIFETIME):
        raise RefusedError(Refusal.WRONG_URL)
    good_until = int(now + LINK_LIFETIME)
    parts = urlsplit(url)
    signature = link_signature(incoming.gateway, parts.path, good_until)
    return parts._replace(query=f"good-until={good_until}&signature={signature}").geturl()


def link_signature(gateway: SandboxGateway, path: str, good_until: int) -> str:
    """What makes a fresh link one that this sandbox gave out."""
    text = dumps([path, good_until])
    return hmac.new(gateway.key.encode(), text.encode(), sha256).hexdigest()[:32]


HANDLERS: dict[str, Callable[[SandboxState, IncomingRequest], Any]] = {
    protocol.CREATE_PATH: _create_task,
    protocol.DETAILS_PATH: _record_info,
    protocol.CREDITS_PATH: _credit,
    protocol.LINK_PATH: _download_url,
}
"""By path; each gives the `data` of its answer, or raises RefusedError."""
