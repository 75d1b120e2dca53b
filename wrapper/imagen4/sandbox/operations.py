"""The four operations: what each does to the world and what it answers."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from starlette.datastructures import Headers

from .documents import Operation
from .gateways import Gateway
from .profiles import Answer, Refusal
from .strictjson import dumps
from .tasks import MEDIA_LIFETIME, Script, Stage, Task
from .validation import RefusedError, checked_body, checked_parameters
from .world import World

LINK_LIFETIME = 20 * 60.0
"""Seconds a link from download-url is good for, say the documents."""


@frozen
class Call:
    """A request to one operation of one gateway, read but not yet understood."""

    gateway: Gateway
    operation: Operation
    headers: Headers
    query: tuple[tuple[str, str], ...]
    body: bytes
    files: str
    """Base of the URLs that pictures are served under, for this caller."""

    def json(self) -> dict[str, Any]:
        return checked_body(self.operation, self.headers.get("content-type", ""), self.body)

    def parameters(self) -> dict[str, str]:
        return checked_parameters(self.operation, self.query)


def carry_out(world: World, call: Call) -> Answer:
    """Do what the call asks, or refuse it."""
    try:
        with world.lock:
            _authorize(call)
            return HANDLERS[call.operation.name](world, call)
    except RefusedError as refused:
        return world.profile.refusal(refused.refusal, refused.detail)


def _authorize(call: Call) -> None:
    given = call.headers.getlist("authorization")
    scheme, _, key = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    right = hmac.compare_digest(key.strip().encode(), call.gateway.key.encode())
    if scheme.lower() != "bearer" or not right:
        raise RefusedError(Refusal.UNAUTHORIZED)


def _create_task(world: World, call: Call) -> Answer:
    request = call.json()
    now, account = world.clock.now(), world.account(call.gateway)
    if world.settings.limits and not account.creates.admits(now):
        raise RefusedError(Refusal.TOO_MANY)
    if account.credits < call.gateway.price:
        raise RefusedError(Refusal.NO_CREDITS)
    account.credits -= call.gateway.price
    task = world.add_task(_new_task(world, call, request, now))
    return world.profile.success(world.profile.created(task))


def _new_task(world: World, call: Call, request: dict[str, Any], now: float) -> Task:
    return Task(
        id=world.profile.new_id(now),
        gateway=call.gateway.name,
        request=request,
        created=now,
        price=call.gateway.price,
        files=f"{call.files}/{call.gateway.name}",
        script=_script(world),
        inputs=_understood(call.gateway, request.get("input", {})),
        weight=2 * len(call.body) + 2048,
    )


def _understood(gateway: Gateway, inputs: dict[str, Any]) -> dict[str, Any]:
    fields = gateway.input_fields
    known = {name: value for name, value in inputs.items() if name in fields}
    return {**{name: value for name, value in fields.items() if value is not None}, **known}


def _script(world: World) -> Script:
    """Through the profile's states, then success; the time before `generating` is shared out."""
    *early, last = world.profile.states
    settings = world.settings
    stages = [
        Stage(index * settings.waiting / len(early), state) for index, state in enumerate(early)
    ]
    end = settings.waiting + settings.generating
    return Script((*stages, Stage(settings.waiting, last), Stage(end, "success")))


def _record_info(world: World, call: Call) -> Answer:
    task_id = call.parameters()["taskId"]
    now = world.clock.now()
    if world.settings.limits and not world.account(call.gateway).polls.admits(now):
        raise RefusedError(Refusal.TOO_MANY)
    task = world.task(call.gateway.name, task_id)
    if task is None or not task.visible(now):
        raise RefusedError(Refusal.UNKNOWN_TASK)
    return world.profile.success(world.profile.record(task, now))


def _credit(world: World, call: Call) -> Answer:
    call.parameters()
    return world.profile.success(world.account(call.gateway).credits)


def _download_url(world: World, call: Call) -> Answer:
    url = str(call.json().get("url", ""))
    now = world.clock.now()
    if not _is_result(world, call.gateway, url, now):
        raise RefusedError(Refusal.WRONG_URL)
    good_until = int(now + LINK_LIFETIME)
    path = urlsplit(url).path
    signature = link_signature(call.gateway, path, good_until)
    fresh = urlsplit(url)._replace(query=f"good-until={good_until}&signature={signature}")
    return world.profile.success(fresh.geturl())


def _is_result(world: World, gateway: Gateway, url: str, now: float) -> bool:
    """Whether the URL is a picture of this gateway's that has not been deleted yet."""
    task_id = url.split("?")[0].rpartition("/")[0].rpartition("/")[2]
    task = world.task(gateway.name, task_id)
    if task is None or task.completed is None or task.state(now) != "success":
        return False
    return url in task.urls() and now < task.completed + MEDIA_LIFETIME


def link_signature(gateway: Gateway, path: str, good_until: int) -> str:
    """What makes a fresh link one that this sandbox gave out."""
    text = dumps([path, good_until])
    return hmac.new(gateway.key.encode(), text.encode(), sha256).hexdigest()[:32]


HANDLERS: dict[str, Callable[[World, Call], Answer]] = {
    "createTask": _create_task,
    "recordInfo": _record_info,
    "credit": _credit,
    "download-url": _download_url,
}
