"""Guards against results that are known late, or polled for, although the gateway said so."""

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from client.play import KINDS, UNVERIFIED, settled
from client.receiving import KEY, lateness, polls, run, settings
from imagen4 import (
    AsyncClient,
    InvalidRequest,
    Ledger,
    Polling,
    Request,
    SubmissionUncertain,
    TaskFailed,
    TaskTimeout,
)
from imagen4.callbacks import Receiver
from imagen4.sandbox import Sandbox
from imagen4.sandbox.journal import RecordedRequest
from ports import own_port

QUICKLY = Polling(callback_patience=0.2)
"""For callbacks that are lost: the documented pace would take a minute."""


@pytest.mark.parametrize(
    ("gateway", "key"), [("kie", KEY), ("kie", None), ("apikley", None), ("apikley", KEY)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_result_is_there_as_soon_as_the_gateway_calls(
    sandbox: Sandbox, kind: str, gateway: str, key: str | None
) -> None:
    """Signed or not: one poll a task, which asks whether it is true; without, it takes a minute."""

    async def generate(client: Any) -> None:
        result = await settled(client.generate("a fox", num_images=3, callback=receiver))
        assert lateness(sandbox) < 30
        assert len(result.images) == 3
        assert polls(sandbox) == len(result.task_ids)

    with Receiver(webhook_key=key).running() as receiver:
        run(kind, generate, **settings(sandbox, gateway))
    assert {each.outcome for each in sandbox.deliver_callbacks()} == {"HTTP 200"}
    asked = [each.query for each in sandbox.requests if each.operation == "recordInfo"]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("kind", KINDS)
def test_many_requests_end_by_their_callbacks(
    sandbox: Sandbox, receiver: Receiver, kind: str
) -> None:
    """Also where each brings its own receiver, and some have more than one picture."""
    requests = ["a fox", Request("an owl", 2, callback=receiver), "a hare"]
    finished = run(
        kind, lambda c: c.generate_many(requests, callback=receiver), **settings(sandbox)
    )
    assert lateness(sandbox) < 30
    assert sum(len(each.get().images) for each in finished) == polls(sandbox) == 4
    assert receiver.reliable


@pytest.mark.parametrize("kind", KINDS)
def test_whichever_gateway_serves_calls_back(
    sandbox: Sandbox, receiver: Receiver, kind: str
) -> None:
    """The one that signs refuses, the next does not sign: its token counts."""
    sandbox.fault("code-402", gateway="kie", operation="createTask")
    names = ("kie", "apikley")
    both = {
        "gateway": names,
        "base_url": {name: sandbox.url(name) for name in names},
        "api_key": {name: sandbox.key(name) for name in names},
    }
    result = run(kind, lambda c: c.generate("a fox", callback=receiver), **both)
    assert result.gateway == "apikley"
    assert lateness(sandbox) < 30
    assert polls(sandbox) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_before_the_creates_answer_counts(
    sandbox: Sandbox, receiver: Receiver, kind: str
) -> None:
    """A task may have ended before we know its id: the token says whose it is."""
    sandbox.configure(generating=0)
    sandbox.fault("latency", operation="createTask", seconds=0.2)
    run(kind, lambda c: c.generate("a fox", callback=receiver), **settings(sandbox))
    assert [each.outcome for each in sandbox.callbacks] == ["HTTP 200"]
    assert (polls(sandbox), receiver.reliable) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_before_the_wait_counts(sandbox: Sandbox, receiver: Receiver, kind: str) -> None:
    """A job that was submitted hears of its tasks also while nobody waits for it."""

    async def fetch_later(client: Any) -> None:
        job = await settled(client.submit("a fox", callback=receiver))
        sandbox.clock.advance(60)
        sandbox.deliver_callbacks()
        await settled(job.wait())

    run(kind, fetch_later, **settings(sandbox))
    assert (polls(sandbox), receiver.reliable) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_is_known_as_soon(sandbox: Sandbox, receiver: Receiver, kind: str) -> None:
    """By the gateway's own record of it."""
    sandbox.fault("fail", message="prohibited")
    with pytest.raises(TaskFailed, match="prohibited"):
        run(kind, lambda c: c.generate("a fox", callback=receiver), **settings(sandbox))
    assert lateness(sandbox) < 30
    assert (polls(sandbox), receiver.reliable) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_callback_still_ends(
    sandbox: Sandbox, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The task is asked for after a while, once; who runs the receiver is warned, without URLs."""
    sandbox.configure(generating=0)
    sandbox.fault("lost-callback")
    with Receiver(webhook_key=KEY).running() as receiver:
        result = run(
            kind,
            lambda c: c.generate("a fox", callback=receiver),
            **settings(sandbox, polling=QUICKLY),
        )
        assert polls(sandbox) == 1
        assert not receiver.reliable
        (told,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
        assert told.startswith(f"Task {result.task_ids[0]} has ended and no callback came")
        assert "http" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_is_no_proof(sandbox: Sandbox, kind: str) -> None:
    """However many say that the task succeeded: it is asked for once, and still runs."""
    sandbox.configure(generating=3600)

    async def believe(client: Any) -> None:
        job = await settled(client.submit("a fox", callback=receiver))
        claim_success(sandbox.requests[0].body["callBackUrl"], *job.task_ids)
        with pytest.raises(TaskTimeout):
            await settled(job.wait(timeout=1))

    with Receiver().running() as receiver:
        run(kind, believe, **settings(sandbox))
    assert 1 <= polls(sandbox) <= 2  # at the first callback, and at a deadline that is not over


def claim_success(url: str, task_id: str) -> None:
    """Somebody who knows the token lies."""
    claimed = {"code": 200, "data": {"taskId": task_id, "state": "success"}}
    with httpx.Client(verify=UNVERIFIED, timeout=60) as http:
        for _ in range(20):
            assert http.post(url, json=claimed).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "outcomes"),
    [("duplicate-callback", ["HTTP 200"] * 4), ("forged-callback", ["HTTP 401", "waiting"])],
)
def test_neither_duplicates_nor_forgeries_cost_a_poll(
    sandbox: Sandbox, kind: str, fault: str, outcomes: list[str]
) -> None:
    """Duplicates are answered 200 and cause nothing; after a forgery it is as if none had come."""
    sandbox.configure(generating=0)
    sandbox.fault(fault, **({"copies": 3} if fault == "duplicate-callback" else {}))
    told = settings(sandbox, polling=QUICKLY)
    with Receiver(webhook_key=KEY).running() as receiver:
        run(kind, lambda c: c.generate("a fox", callback=receiver), **told)
        assert [each.outcome for each in sandbox.deliver_callbacks()] == outcomes
    assert polls(sandbox) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_of_an_earlier_process_end_by_their_callbacks(
    sandbox: Sandbox, kind: str, tmp_path: Path
) -> None:
    """Found by their ids, since the tokens were the other process's; first they are asked for."""
    sandbox.configure(generating=3600)
    port = own_port()
    with Receiver().running(port) as first, Ledger(tmp_path / "l.db") as ledger:
        told = settings(sandbox)
        job = run(kind, lambda c: c.submit("a fox", callback=first), ledger=ledger, **told)
        sandbox.state.journal.listener = lambda entry: polled(sandbox, entry)
    with Receiver(webhook_key=KEY).running(port) as second:
        (done,) = run(kind, lambda c: c.resume(ledger, callback=second), **told)
    assert done.get().task_ids == job.task_ids
    assert (polls(sandbox), second.reliable) == (2, True)


def polled(sandbox: Sandbox, entry: RecordedRequest) -> None:
    """Time passes as soon as the task has been asked for, with the answer still on its way."""
    if entry.operation == "recordInfo":
        sandbox.state.journal.listener = None
        sandbox.clock.advance(3600)


def test_the_receiver_may_run_in_the_clients_own_loop(sandbox: Sandbox) -> None:
    """As in an application that serves callbacks and waits for pictures in one event loop."""

    async def main() -> None:
        receiver = Receiver(webhook_key=KEY)
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(receiver, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve([listener]))
        receiver.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        async with AsyncClient(**settings(sandbox)) as client:
            await asyncio.gather(*(client.generate("a fox", callback=receiver) for _ in range(3)))
            assert lateness(sandbox) < 30
        server.should_exit = True
        await serving

    asyncio.run(main())
    assert polls(sandbox) == 3


@pytest.mark.parametrize("gateway", ["kie", "apikley"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_create_without_an_answer_gets_its_task(
    sandbox: Sandbox, kind: str, gateway: str, tmp_path: Path
) -> None:
    """The receiver hands its callback on to the ledger, which learns whose it is."""
    sandbox.fault("reset", operation="createTask")
    ledger = Ledger(tmp_path / "l.db")

    async def lose(client: Any) -> None:
        with pytest.raises(SubmissionUncertain):
            await settled(client.generate("a fox", callback=receiver))

    receiving = Receiver(webhook_key=KEY, on_callback=ledger.record_callback)
    with receiving.running() as receiver:
        run(kind, lose, ledger=ledger, **settings(sandbox, gateway))
        sandbox.clock.advance(60)
        assert [each.outcome for each in sandbox.deliver_callbacks()] == ["HTTP 200"]
    assert [row.state for row in ledger.rows()] == ["created"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_receiver_that_cannot_be_called_is_refused_before_anything_is_paid(
    sandbox: Sandbox, kind: str
) -> None:
    """Without a URL, with one on this machine that is told to a gateway elsewhere, or two."""
    here, where = Receiver("http://localhost:8001/"), Receiver()
    more = {"callback": here, "callback_url": "https://example.org"}
    for said, asked in (
        ("has no URL", {"callback": where}),
        ("both given", more),
        ("a URL goes into callback_url", {"callback": "https://example.org"}),
    ):
        with pytest.raises(InvalidRequest, match=said):
            run(kind, lambda c, a=asked: c.generate("a fox", **a), **settings(sandbox))
    with pytest.raises(InvalidRequest, match="on this machine"):
        run(kind, lambda c: c.submit("a fox", callback=here), gateway="kie")
    assert sandbox.requests == []
