"""A running sandbox for the tests, its clock stepped by hand, and short ways to ask it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from imagen4.sandbox import Sandbox


@dataclass(frozen=True)
class Asker:
    """Sends requests to one gateway of a sandbox, by default with its right key."""

    sandbox: Sandbox
    http: httpx.Client
    gateway: str

    def send(self, method: str, path: str, *, key: str | None = None, **given: Any) -> Any:
        key = self.sandbox.key(self.gateway) if key is None else key
        headers = {"authorization": f"Bearer {key}", **given.pop("headers", {})}
        url = self.sandbox.url(self.gateway) + path
        return self.http.request(method, url, headers=headers, **given)

    def create(self, prompt: str = "a red fox", callback: str | None = None, **inputs: Any) -> str:
        """The id of a new task."""
        body: dict[str, Any] = {"model": "google/imagen4", "input": {"prompt": prompt, **inputs}}
        if callback is not None:
            body["callBackUrl"] = callback
        answer = self.send("POST", CREATE_PATH, json=body).json()
        assert answer["code"] == 200, answer
        task_id: str = answer["data"]["taskId"]
        return task_id

    def envelope(self, task_id: str) -> Any:
        return self.send("GET", DETAILS_PATH, params={"taskId": task_id}).json()

    def record(self, task_id: str) -> Any:
        answer = self.envelope(task_id)
        assert answer["code"] == 200, answer
        return answer["data"]

    def state(self, task_id: str) -> str:
        """The state recordInfo tells, or the code in its place."""
        answer = self.envelope(task_id)
        return answer["data"]["state"] if answer["code"] == 200 else str(answer["code"])

    def finished(self, prompt: str = "a red fox", **inputs: Any) -> Any:
        """The record of a task that has ended."""
        task_id = self.create(prompt, **inputs)
        self.sandbox.clock.advance(10)
        return self.record(task_id)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(speed=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """As it is after a start: no tasks, no faults, profile `observed`, the clock standing."""
    running.reset()
    return running


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(params=["kie", "apikley"])
def gateway(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["observed", "documented"])
def profile(request: pytest.FixtureRequest, sandbox: Sandbox) -> str:
    sandbox.configure(profile=request.param)
    return str(request.param)


@pytest.fixture
def ask(sandbox: Sandbox, http: httpx.Client, gateway: str) -> Asker:
    """Of both gateways in turn."""
    return Asker(sandbox, http, gateway)


@pytest.fixture
def kie(sandbox: Sandbox, http: httpx.Client) -> Asker:
    return Asker(sandbox, http, "kie")


@pytest.fixture
def apikley(sandbox: Sandbox, http: httpx.Client) -> Asker:
    return Asker(sandbox, http, "apikley")
