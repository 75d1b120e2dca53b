"""Clients in real time, beside a sandbox that calls them back."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from client.play import play
from imagen4.sandbox import Sandbox

KEY = "sandbox-webhook-key"


def settings(sandbox: Sandbox, gateway: str = "kie", **more: Any) -> dict[str, Any]:
    """Of a client in real time, as its users have it."""
    real = {"base_url": sandbox.url(gateway), "api_key": sandbox.key(gateway), "gateway": gateway}
    return real | more


def run(kind: str, action: Callable[[Any], Any], **more: Any) -> Any:
    """The action on a client whose time is real."""
    sleep = {"sync": time.sleep, "async": asyncio.sleep}[kind]
    return play(kind, None, action, **{"clock": time.monotonic, "sleep": sleep} | more)


def polls(sandbox: Sandbox) -> int:
    return sum(each.operation == "recordInfo" for each in sandbox.requests)


def lateness(sandbox: Sandbox) -> float:
    """Seconds since the last task ended, on the clock of a sandbox at real speed."""
    return sandbox.clock.now() - max(task.completed or 0 for task in sandbox.state.tasks.values())
