"""Callbacks: what is posted to a task's `callBackUrl`, how it is signed, and where it may go."""

import base64
import hmac
import ipaddress
import time
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field

from .._version import __version__
from .gateways import GATEWAYS
from .profiles import Profile
from .settings import Settings
from .tasks import Task

RETRIES = (5.0, 25.0)
"""Seconds until the second and third attempt. The documents promise no number; duplicates
and retries are there to be survived."""


@define(kw_only=True)
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
    headers: dict[str, str] = field(factory=dict)
    body: dict[str, Any] | None = None
    outcome: str = "waiting"
    """`waiting`, `HTTP 200` and the like, or why it was not delivered."""

    def again(self) -> "Delivery | None":
        """The next attempt, None where there is nothing to repeat or that was the last one."""
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


def first_delivery(task: Task) -> Delivery | None:
    """The callback that a task asks for, None if it asks for none or never ends."""
    url = task.request.get("callBackUrl")
    if not isinstance(url, str) or task.completed is None:
        return None
    return Delivery(task_id=task.id, gateway=task.gateway, url=url, due=task.completed)


def body_of(task: Task, profile: Profile, now: float) -> dict[str, Any]:
    """doc: code 200 on success and 501 on failure, with the record as recordInfo has it."""
    record = profile.record(task, now)
    data = {
        **record,
        "updateTime": int(task.updated(now) * 1000),
        "creditsConsumed": task.price,
    }
    if record["state"] == "success":
        return {"code": 200, "msg": "success", "data": data}
    return {"code": 501, "msg": task.script.fail_message or record["state"], "data": data}


def headers_of(delivery: Delivery, settings: Settings) -> dict[str, str]:
    """doc (kie): base64 of HMAC-SHA256 over `taskId.timestamp`. The body is not signed.

    The timestamp is real time, not the sandbox's: receivers hold it against their own clock.
    """
    agent = f"imagen4-sandbox/{__version__}"
    headers = {"content-type": "application/json", "user-agent": agent}
    if not GATEWAYS[delivery.gateway].signs_callbacks or not settings.webhook_key:
        return headers
    key = "not the key" if delivery.forged else settings.webhook_key
    timestamp = str(int(time.time()))
    signature = sign(key, delivery.task_id, timestamp)
    return {**headers, "x-webhook-timestamp": timestamp, "x-webhook-signature": signature}


def sign(key: str, task_id: str, timestamp: str) -> str:
    text = f"{task_id}.{timestamp}".encode()
    return base64.b64encode(hmac.digest(key.encode(), text, "sha256")).decode()


def refusal_of(url: str, allowed_hosts: tuple[str, ...]) -> str | None:
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
    if host in allowed_hosts or _is_loopback(host):
        return None
    return "not sent: only to loopback, unless the host is allowed by name"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
