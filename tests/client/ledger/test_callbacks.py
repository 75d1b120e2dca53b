"""Guards that a callback settles a create that had no answer, and nobody else's."""

from pathlib import Path
from typing import Any

import httpx
import pytest

import postgres as server
from client.loopback import Loopback, Received, http
from client.play import KINDS, QUICK, Script, created, envelope, play, settled, succeeded
from imagen4 import Ledger, Request, SubmissionUncertain, callbacks
from imagen4.sandbox import Sandbox

URL = "https://example.org/done?user=7"
LATE = httpx.ReadTimeout("late")


def called(task_id: str) -> Any:
    """A callback, as it was parsed."""
    return callbacks.parse(succeeded(task_id).content)


def sent(kind: str, ledger: Ledger, *creates: Any, url: str | None = URL) -> list[str]:
    """The callback URLs of one request's creates."""
    script = Script(creates=creates, polls=[envelope(402)])
    requests = [Request("a fox", len(creates), callback_url=url)]
    play(kind, script, lambda c: c.generate_many(requests, ledger=ledger, timeout=0))
    return [body.get("callBackUrl", "") for body in script.bodies]


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_gives_an_uncertain_create_its_task(kind: str, tmp_path: Path) -> None:
    """Over the wire: the answer is lost, the callback comes, and the picture is had."""
    received: list[Received] = []

    def receive(request: Received) -> bytes:
        received.append(request)
        return http(200, b"")

    ledger = Ledger(tmp_path / "l.db")
    with Sandbox(waiting=0, generating=0) as sandbox, Loopback(receive) as server:
        settings = {"base_url": sandbox.url("kie"), "api_key": sandbox.key("kie")}
        sandbox.fault("reset", operation="createTask", times=1)

        async def lose(client: Any) -> None:
            with pytest.raises(SubmissionUncertain):
                await settled(client.generate("a fox", callback_url=f"{server.url}/done"))

        play(kind, None, lose, ledger=ledger, **settings)
        sandbox.deliver_callbacks()
        (callback,) = received
        row = ledger.record_callback(callbacks.parse(callback.body), callback.path)
        assert row is not None
        assert row.state == "created"
        (done,) = play(kind, None, lambda c: c.resume(ledger), polling=QUICK, **settings)
        assert done.get().task_ids == (row.task_id,)


@pytest.mark.parametrize("kind", KINDS)
def test_each_create_has_a_token_of_its_own(kind: str, tmp_path: Path) -> None:
    """In the query of the URL, the rest of which stays; the file has no token in it."""
    with Ledger(tmp_path / "l.db") as ledger:
        urls = sent(kind, ledger, created("t1"), LATE)
    assert all(url.startswith(f"{URL}&imagen4-token=") for url in urls)
    tokens = {url.partition("token=")[2] for url in urls}
    assert [len(token) >= 40 for token in tokens] == [True, True]
    for file in tmp_path.iterdir():
        assert not any(token.encode() in file.read_bytes() for token in tokens)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_ledger_the_url_is_sent_as_it_is(kind: str) -> None:
    """Nobody would know the token again."""
    script = Script(creates=[created("t1")])
    play(kind, script, lambda c: c.submit("a fox", callback_url=URL))
    assert [body["callBackUrl"] for body in script.bodies] == [URL]


def test_only_the_creates_own_token_counts(tmp_path: Path) -> None:
    """Another's, none, two, or a task that is another create's change nothing."""
    ledger = Ledger(tmp_path / "l.db")
    known, lost = sent("sync", ledger, created("t1"), LATE)
    for task_id, url in (
        ("t9", known),
        ("t9", URL),
        ("t9", f"{URL}&imagen4-token=guessed"),
        ("t9", f"{lost}&imagen4-token=x"),
        ("t1", lost),
    ):
        assert ledger.record_callback(called(task_id), url) is None
    assert [row.state for row in ledger.rows()] == ["created", "uncertain"]
    query = lost.partition("?")[2]
    again = [ledger.record_callback(called("t9"), each) for each in (query, query.encode())]
    assert [row and (row.state, row.task_id) for row in again] == [("created", "t9")] * 2


def test_a_create_that_was_said_to_have_made_none_has_its_task_after_all(tmp_path: Path) -> None:
    """So it is not paid again."""
    ledger = Ledger(tmp_path / "l.db")
    (url,) = sent("sync", ledger, LATE)
    ledger.resolve(1, None)
    assert ledger.record_callback(called("t9"), url)
    assert sent("sync", ledger) == []
    assert [(row.state, row.task_id) for row in ledger.rows()] == [("created", "t9")]


@pytest.mark.parametrize("kind", KINDS)
def test_in_postgresql_it_is_the_same(kind: str, postgres: server.Server) -> None:
    """By the balance nothing is settled, by a callback it is; then the picture is had."""
    script = Script(creates=[LATE], balances=[120, 112])

    async def lose(client: Any) -> None:
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit("a fox", callback_url=URL))

    with Ledger(postgres.new_place()) as ledger:
        play(kind, script, lose, ledger=ledger)
        assert ledger.rows()[0].evidence.startswith("balance 120 → 112: the price of one create")
        assert ledger.record_callback(called("t1"), script.bodies[0]["callBackUrl"])
        script = Script(polls=[succeeded("t1")])
        (done,) = play(kind, script, lambda c: c.resume(ledger), polling=QUICK)
        assert done.get().task_ids == ("t1",)
