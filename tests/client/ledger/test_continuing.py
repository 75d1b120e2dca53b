"""Guards that a program that is run again continues, and pays for nothing twice."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.play import (
    KINDS,
    QUICK,
    Script,
    created,
    details,
    envelope,
    play,
    settled,
    succeeded,
    task_id_of,
)
from imagen4 import InvalidRequest, Ledger, Request, SubmissionUncertain, TaskFailed, TaskTimeout


def running(request: httpx.Request) -> httpx.Response:
    return details(task_id_of(request), "waiting")


def ended(request: httpx.Request) -> httpx.Response:
    return succeeded(task_id_of(request))


def run(
    kind: str, path: Path, requests: list[Any], creates: list[Any], poll: Any = ended, **more: Any
) -> tuple[dict[int, Any], Script]:
    """One run of a program: what came of each request, and what was sent."""
    script = Script(creates=creates, polls=[poll])
    ledger = Ledger(path / "l.db")
    every = play(
        kind, script, lambda c: c.generate_many(requests, ledger=ledger, **more), polling=QUICK
    )
    ledger.close()
    return {each.index: each for each in every}, script


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_finished_is_neither_paid_nor_asked_again(kind: str, tmp_path: Path) -> None:
    """The second run has the first one's pictures, and sends nothing."""
    first, _ = run(kind, tmp_path, ["a", "b"], [created("t1"), created("t2")])
    again, script = run(kind, tmp_path, ["a", "b"], [])
    assert script.requests == []
    for index in (0, 1):
        assert again[index].get().task_ids == first[index].get().task_ids
        assert [each.url for each in again[index].get().images] == [
            each.url for each in first[index].get().images
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_open_tasks_are_taken_up(kind: str, tmp_path: Path) -> None:
    """They are asked for, not created."""
    first, _ = run(kind, tmp_path, ["a"], [created("t1")], running, timeout=0)
    assert isinstance(first[0].error, TaskTimeout)
    again, script = run(kind, tmp_path, ["a"], [])
    assert again[0].get().task_ids == ("t1",)
    assert script.sent("createTask") == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_missing_creates_of_a_request_are_sent(kind: str, tmp_path: Path) -> None:
    """Two of three were made; each has its own seed, in both runs together."""
    request = Request("a", num_images=3, seed=7)
    creates = [created("t1"), created("t2"), envelope(402)]
    first, sent = run(kind, tmp_path, [request], creates)
    assert first[0].error is not None
    again, script = run(kind, tmp_path, [request], [created("t3")])
    assert again[0].get().task_ids == ("t1", "t2", "t3")
    seeds = {body["input"]["seed"] for body in (*sent.bodies, *script.bodies)}
    assert {image.seed for image in again[0].get().images} == seeds


@pytest.mark.parametrize("kind", KINDS)
def test_an_uncertain_create_is_never_sent_again(kind: str, tmp_path: Path) -> None:
    """Nor are the request's further ones; the others go on."""
    late = httpx.ReadTimeout("late")
    first, _ = run(kind, tmp_path, [Request("a", num_images=3), "b"], [created("t1"), late, late])
    assert isinstance(first[0].error, SubmissionUncertain)
    again, script = run(kind, tmp_path, [Request("a", num_images=3), "c"], [created("t9")])
    assert isinstance(again[0].error, SubmissionUncertain)
    assert "Create 2 of 3" in again[0].error.message
    assert again[0].error.task_ids == ("t1",)
    assert again[0].error.job.task_ids == ("t1",)
    assert again[1].get().task_ids == ("t9",)
    assert len(script.sent("createTask")) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_tag_finds_its_request_wherever_it_stands(kind: str, tmp_path: Path) -> None:
    """Without one, equal requests are told apart by their order."""
    requests = [Request("a", tag="fox"), "b", "b"]
    run(kind, tmp_path, requests, [created("t1"), created("t2"), created("t3")])
    again, script = run(
        kind,
        tmp_path,
        ["new", "b", Request("a", tag="fox"), "b", "b"],
        [created("t4"), created("t5")],
    )
    assert again[2].get().task_ids == ("t1",)
    assert {again[index].get().task_ids for index in (1, 3)} == {("t2",), ("t3",)}
    assert [body["input"]["prompt"] for body in script.bodies] == ["new", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tag_means_one_request(kind: str, tmp_path: Path) -> None:
    """Not two in one run, and not another one in a later run."""
    twice, _ = run(kind, tmp_path, [Request("a", tag="x"), Request("b", tag="x")], [created("t1")])
    assert isinstance(twice[1].error, InvalidRequest)
    other, script = run(kind, tmp_path, [Request("b", tag="x")], [])
    assert isinstance(other[0].error, InvalidRequest)
    assert script.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_another_address_is_another_account(kind: str, tmp_path: Path) -> None:
    """What was made at a sandbox is not had from the gateway."""
    ledger = Ledger(tmp_path / "l.db")
    for address in ("http://localhost:1", "http://localhost:2"):
        script = Script(creates=[created("t1")], polls=[ended])
        play(kind, script, lambda c: c.generate_many(["a"], ledger=ledger), base_url=address)
        assert len(script.sent("createTask")) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_generate_pays_each_time(kind: str, tmp_path: Path) -> None:
    """A client with a ledger records; only who continues a run asks for that."""
    script = Script(creates=[created("t1"), created("t2")])

    async def twice(client: Any) -> None:
        for _ in range(2):
            await settled(client.submit("a", tag="x"))

    play(kind, script, twice, ledger=Ledger(tmp_path / "l.db"))
    assert [job.task_ids for job in Ledger(tmp_path / "l.db").open_jobs()] == [("t1",), ("t2",)]


@pytest.mark.parametrize("kind", KINDS)
def test_resume_finishes_what_a_process_left(kind: str, tmp_path: Path) -> None:
    """Polls and failures; nothing is created, and what is uncertain is called so."""
    path = tmp_path / "l.db"
    creates = [created("t1"), created("t2"), httpx.ReadTimeout("late")]

    async def three(client: Any) -> None:
        await settled(client.submit("a", tag="fox"))
        await settled(client.submit("b"))
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit("c"))

    play(kind, Script(creates=creates), three, ledger=Ledger(path))

    def poll(request: httpx.Request) -> httpx.Response:
        task_id = task_id_of(request)
        return succeeded("t1") if task_id == "t1" else details("t2", "fail", failMsg="no")

    script = Script(polls=[poll])
    done = play(kind, script, lambda c: c.resume(Ledger(path)), polling=QUICK)
    found = {each.index: each for each in done}
    assert found[0].get().task_ids == ("t1",)
    assert (found[0].request.tag, found[0].request.fields["prompt"]) == ("fox", "a")
    assert isinstance(found[1].error, TaskFailed)
    assert script.sent("createTask") == []
    assert [row.state for row in Ledger(path).rows()] == ["succeeded", "failed", "uncertain"]
    assert [job.tag or len(job.uncertain) for job in Ledger(path).open_jobs()] == ["fox", 1]


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_with_one_ledger_send_a_request_once(kind: str, tmp_path: Path) -> None:
    """The second comes while the first one's create is out: it has no answer, and sends none."""
    second: list[Any] = []

    def meanwhile(_: httpx.Request) -> httpx.Response:
        second.append(run("sync", tmp_path, ["a"], []))
        return created("t1")

    first, _ = run(kind, tmp_path, ["a"], [meanwhile])
    ((found, script),) = second
    assert isinstance(found[0].error, SubmissionUncertain)
    assert script.requests == []
    assert first[0].get().task_ids == ("t1",)


def test_an_answer_counts_also_after_somebody_called_it_uncertain(tmp_path: Path) -> None:
    """`resume` in another process cannot know that this one is alive."""
    ledger = Ledger(tmp_path / "l.db")

    def meanwhile(_: httpx.Request) -> httpx.Response:
        play("sync", Script(), lambda c: c.resume(Ledger(tmp_path / "l.db")))
        assert [row.state for row in ledger.rows()] == ["uncertain"]
        return created("t1")

    play("sync", Script(creates=[meanwhile]), lambda c: c.submit("a"), ledger=ledger)
    assert [(row.state, row.task_id, row.reason) for row in ledger.rows()] == [
        ("created", "t1", None)
    ]


def test_a_clock_that_is_set_back_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of rows is that in which they were sent; no decision looks at the time of day."""
    years = iter(range(2040, 1990, -1))
    monkeypatch.setattr(
        "imagen4.configuration.utc_now", lambda: datetime(next(years), 1, 1, tzinfo=UTC)
    )

    def by_prompt(request: httpx.Request) -> httpx.Response:
        return created({"a": "t1", "b": "t2"}[json.loads(request.content)["input"]["prompt"]])

    run("sync", tmp_path, ["a", "b"], [by_prompt, by_prompt])
    again, script = run("sync", tmp_path, ["a", "b"], [])
    assert [again[index].get().task_ids for index in (0, 1)] == [("t1",), ("t2",)]
    assert script.requests == []
    rows = Ledger(tmp_path / "l.db").rows()
    assert rows[0].started > rows[1].started
    assert [row.task_id for row in rows] == ["t1", "t2"]
