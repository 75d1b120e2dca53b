"""Callbacks: what is posted to a task's `callBackUrl`, how it is signed, and where it may go."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._version import __version__
from ..facts import GATEWAYS, protocol
from ..facts.protocol import SUCCEEDED, Code
from .documents import JSON_TYPE
from .profiles import Profile, make_envelope, unix_milliseconds

if TYPE_CHECKING:
    from .settings import SandboxSettings
    from .tasks import SandboxTask

RETRIES = (5.0, 25.0)
"""Seconds until the second and third attempt. The documents promise no number; duplicates
and retries are there to be survived."""


@dataclass(kw_only=True, slots=True)
class Delivery:
    """One attempt to deliver a callback. Times are Unix seconds on the sandbox's clock."""

    number: int = 0
    """In the order they were planned, from 1."""
    task_id: str
    gateway: str
    url: str
    due: float
    attempt: int = 1
    forged: bool = False
    sent: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    outcome: str = "waiting"
    """`waiting`, `HTTP 200` and the like, or why it was not delivered."""

    def next_attempt(self) -> Delivery | None:
        """None where there is nothing to repeat or this was the last one."""
        settled = self.outcome == "HTTP 200" or self.outcome.startswith("not sent")
        if settled or self.attempt > len(RETRIES):
            return None
        return Delivery(
            task_id=self.task_id,
            gateway=self.gateway,
            url=self.url,
            due=self.due + RETRIES[self.attempt - 1],
            attempt=self.attempt + 1,
            forged=self.forged,
        )


def first_delivery(task: SandboxTask) -> Delivery | None:
    """The callback that a task asks for, None if it asks for none or never ends."""
    url = task.request.get(protocol.CALLBACK_URL)
    if not isinstance(url, str) or task.completed is None:
        return None
    return Delivery(task_id=task.id, gateway=task.gateway, url=url, due=task.completed)


def callback_body(task: SandboxTask, profile: Profile, now: float) -> dict[str, Any]:
    """doc: code 200 on success and 501 on failure, with the record as recordInfo has it."""
    data = {
        **profile.record(task, now),
        protocol.UPDATE_TIME: unix_milliseconds(task.updated(now)),
        protocol.CREDITS: task.price,
    }
    state = task.state(now)
    if state == SUCCEEDED:
        return make_envelope(Code.OK, "success", data)
    return make_envelope(Code.GENERATION_FAILED, task.script.fail_message or state, data)


def callback_headers(delivery: Delivery, settings: SandboxSettings) -> dict[str, str]:
    """doc (kie): base64 of HMAC-SHA256 over `taskId.timestamp`. The body is not signed.

    A gateway of which it is not known does not sign here. The timestamp is real time, not the
    sandbox's: receivers hold it against their own clock.
    """
    headers = {"content-type": JSON_TYPE, "user-agent": f"imagen4-sandbox/{__version__}"}
    key = signing_key(delivery.gateway, settings)
    if key is None:
        return headers
    key = "not the key" if delivery.forged else key
    timestamp = str(int(time.time()))
    text = f"{delivery.task_id}.{timestamp}".encode()
    signature = base64.b64encode(hmac.digest(key.encode(), text, "sha256")).decode()
    signed = {protocol.TIMESTAMP_HEADER: timestamp, protocol.SIGNATURE_HEADER: signature}
    return {**headers, **{name.lower(): value for name, value in signed.items()}}


def signing_key(gateway: str, settings: SandboxSettings) -> str | None:
    """The webhook key that the account has there; None where nothing is signed."""
    return settings.webhook_key or None if GATEWAYS[gateway].signs_callbacks else None


def why_not_sent(url: str, allowed_hosts: tuple[str, ...]) -> str | None:
    """Why nothing is sent there, None if it may be.

    Whoever can reach the sandbox could otherwise make it post into the network it runs in.
    Names are not looked up: one that leads to loopback today may lead elsewhere tomorrow.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises where the port is no number
    except ValueError:
        return "not sent: the URL cannot be read"
    if parts.scheme not in ("http", "https"):
        return "not sent: only http and https"
    if host in allowed_hosts or _on_loopback(host):
        return None
    return "not sent: only to loopback, unless the host is allowed by name"


def _on_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
