"""Each fault, and what the client makes of it: an error that says what is true, or a result.

No bad day may make it pay twice or wait for ever, so the creates are counted too.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import imagen4
from imagen4 import callbacks
from imagen4.sandbox.faults import FAULTS, InjectionPoint
from imagen4.testing import ClientSandbox
from sandbox.faulty import IMPATIENT
from waiting import until

CALLBACK = InjectionPoint.CALLBACK
PICTURES = "pictures"
"""The client rides it out."""


@dataclass(frozen=True)
class Fate:
    """What the client comes to when a fault strikes once, and how many creates it sends."""

    create: str = ""
    """When it strikes the create: the error, or `pictures`."""
    poll: str = PICTURES
    credit: str = ""
    creates: int = 1


UNCERTAIN, UNEXPECTED = "SubmissionUncertain", "UnexpectedResponse"
ANSWERS = {
    "latency": Fate(UNCERTAIN, credit="TransportError"),
    "no-answer": Fate(UNCERTAIN, credit="TransportError"),
    "reset": Fate(UNCERTAIN, credit="TransportError"),
    "cut-body": Fate(UNCERTAIN, credit="TransportError"),
    "cut-json": Fate(UNCERTAIN, credit=UNEXPECTED),
    "bad-json": Fate(UNCERTAIN, credit=UNEXPECTED),
    "wrong-json": Fate(UNCERTAIN, credit=UNEXPECTED),
    "bad-utf8": Fate(UNCERTAIN, credit=UNEXPECTED),
    "empty-body": Fate(UNCERTAIN, credit=UNEXPECTED),
    "null-data": Fate(UNCERTAIN, credit=UNEXPECTED),
    "html": Fate(UNCERTAIN, credit="GatewayUnavailable"),
    "redirect": Fate(UNCERTAIN, credit=UNEXPECTED),
    "code-401": Fate(*["AuthenticationError"] * 3),
    "code-402": Fate(*["InsufficientCredits"] * 3),
    "code-404": Fate(UNEXPECTED, credit=UNEXPECTED),
    "code-408": Fate(UNCERTAIN, credit=UNEXPECTED),
    "code-422": Fate("InvalidRequest", credit="InvalidRequest"),
    "code-429": Fate(PICTURES, credit="RateLimited", creates=2),
    "code-433": Fate(*["QuotaExceeded"] * 3),
    "code-455": Fate("GatewayUnavailable", credit="GatewayUnavailable"),
    "code-500": Fate(UNCERTAIN, credit="GatewayUnavailable"),
    "code-501": Fate(UNCERTAIN, "TaskFailed", "GatewayUnavailable"),
    "code-505": Fate(*["FeatureDisabled"] * 3),
}
TASKS = {
    "stuck": "TaskTimeout",
    "fail": "TaskFailed",
    "unknown-state": UNEXPECTED,
    "out-of-order": PICTURES,
    "vanish": "TaskNotFound",
    "late-record": PICTURES,
    "slow-task": PICTURES,
    "picture-count": UNEXPECTED,
    "broken-result": UNEXPECTED,
}
DOWNLOADS = {
    "slow-download": PICTURES,
    "cut-download": PICTURES,
    "gone": PICTURES,
    "not-a-picture": "DownloadError",
}
PATIENCE = {"latency": IMPATIENT, "no-answer": IMPATIENT}
"""Real seconds that the client waits for an answer which comes later or not at all."""
SECONDS = {"latency": {"seconds": 5.0}, "slow-download": {"seconds": 0.2}}


@pytest.fixture(scope="module")
def running() -> Iterator[ClientSandbox]:
    with ClientSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: ClientSandbox) -> Iterator[ClientSandbox]:
    running.reset()
    yield running
    running.close_clients()


def generated(
    sandbox: ClientSandbox, is_async: bool, patience: float = 30, download: bool = False
) -> str:
    """What comes of one picture: the name of the error, or `pictures`."""
    try:
        if is_async:
            asyncio.run(_generate_async(sandbox, patience, download))
        else:
            _generate(sandbox, patience, download)
    except imagen4.Imagen4Error as error:
        return type(error).__name__
    return PICTURES


def _generate(sandbox: ClientSandbox, patience: float, download: bool) -> None:
    result = sandbox.client("kie", timeout=patience).generate("a red fox")
    assert len(result.images) == 1
    if download:
        assert result.images[0].read().startswith(b"\x89PNG")


async def _generate_async(sandbox: ClientSandbox, patience: float, download: bool) -> None:
    async with sandbox.async_client("kie", timeout=patience) as client:
        result = await client.generate("a red fox")
        assert len(result.images) == 1
        if download:
            assert (await result.images[0].read()).startswith(b"\x89PNG")


def creates(sandbox: ClientSandbox) -> int:
    """How many came, also if nobody waits for them any more: there is one at least."""

    def came() -> int:
        return [request.operation for request in sandbox.requests].count("createTask")

    until(lambda: came() > 0)
    return came()


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_create_that_goes_wrong(sandbox: ClientSandbox, name: str, is_async: bool) -> None:
    """It is uncertain unless the gateway said no; only a clear "too fast" is asked again."""
    sandbox.fault(name, operation="createTask", **SECONDS.get(name, {}))
    assert generated(sandbox, is_async, PATIENCE.get(name, 30)) == ANSWERS[name].create
    assert creates(sandbox) == ANSWERS[name].creates


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_poll_that_goes_wrong(sandbox: ClientSandbox, name: str, is_async: bool) -> None:
    """It is asked again, unless the gateway has said that it will not answer."""
    sandbox.fault(name, operation="recordInfo", **SECONDS.get(name, {}))
    assert generated(sandbox, is_async, PATIENCE.get(name, 30)) == ANSWERS[name].poll
    assert creates(sandbox) == 1


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_for_credits_that_goes_wrong(sandbox: ClientSandbox, name: str) -> None:
    """One typed error, nothing asked again."""
    sandbox.fault(name, **SECONDS.get(name, {}))
    with pytest.raises(getattr(imagen4, ANSWERS[name].credit)):
        sandbox.client("kie", timeout=PATIENCE.get(name, 30)).credits()
    until(lambda: bool(sandbox.requests))
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 422, 429, 455, 500, 503])
def test_real_statuses_mean_what_codes_mean(sandbox: ClientSandbox, status: int) -> None:
    """The same error for the verdict in the HTTP status as for that in the envelope."""
    name = f"code-{min(status, 500)}"
    sandbox.fault(name, operation="createTask", status=status)
    assert generated(sandbox, is_async=False) == ANSWERS[name].create


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_goes_wrong(sandbox: ClientSandbox, name: str, is_async: bool) -> None:
    """Waited for, reported or given up in time; never created again."""
    sandbox.fault(name)
    before = sandbox.clock.now()
    assert generated(sandbox, is_async) == TASKS[name]
    assert creates(sandbox) == 1
    assert sandbox.clock.now() - before <= 901


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download_that_goes_wrong(sandbox: ClientSandbox, name: str, is_async: bool) -> None:
    """Resumed, fetched by a fresh link, or refused for what it is; without the key."""
    sandbox.fault(name, **SECONDS.get(name, {}))
    assert generated(sandbox, is_async, download=True) == DOWNLOADS[name]
    downloads = [request for request in sandbox.requests if request.operation == "file"]
    assert downloads
    assert not any(request.authorized for request in downloads)


def test_callbacks_that_go_wrong(sandbox: ClientSandbox) -> None:
    """The same task twice, late, or never; a forged one does not verify; a right one does."""
    told: dict[str, list[tuple[Any, bool]]] = {}
    names = [
        "",
        *(name for name, fault in FAULTS.items() if fault.point is CALLBACK),
    ]
    for name in names:
        sandbox.reset()
        if name:
            sandbox.fault(name)
        job = sandbox.client("kie").submit("a fox", callback_url="http://127.0.0.1:9/hook")
        sandbox.clock.advance(9)
        sent = [one for one in sandbox.deliver_callbacks() if one.body and one.attempt == 1]
        (task_id,) = job.task_ids
        told[name] = [(one.body["data"]["taskId"] == task_id, _verified(one)) for one in sent]
    assert told == {
        "": [(True, True)],
        "duplicate-callback": [(True, True)] * 2,
        "late-callback": [],
        "lost-callback": [],
        "forged-callback": [(True, False)],
    }


def _verified(delivery: Any) -> bool:
    content = json.dumps(delivery.body).encode()
    return callbacks.verify(delivery.headers, content, "sandbox-webhook-key")


def test_every_fault_has_its_place_here() -> None:
    """A new fault without a fate fails."""
    known = {*ANSWERS, *TASKS, *DOWNLOADS}
    assert known == {name for name, fault in FAULTS.items() if fault.point is not CALLBACK}
