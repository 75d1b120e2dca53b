"""Guards against one failed or slow request among many that stops or holds up the others."""

import gc
from collections import Counter
from collections.abc import Iterator
from itertools import count
from threading import Barrier
from typing import Any

import httpx
import pytest

from client.loopback import Loopback, Received, http
from client.play import (
    KINDS,
    PROMPT,
    QUICK,
    Script,
    created,
    details,
    each_of,
    envelope,
    play,
    succeeded,
    task_id_of,
)
from client.polls import states_told
from imagen4 import InsufficientCredits, InvalidRequest, Request, Succeeded, TaskFailed


@pytest.mark.parametrize("kind", KINDS)
def test_results_come_as_they_complete(kind: str) -> None:
    """A slow request does not hold up a quick one that came after it."""
    answers = {"slow": iter(["waiting"] * 5), "quick": iter([])}

    def poll(request: httpx.Request) -> httpx.Response:
        task_id = task_id_of(request)
        state = next(answers[task_id], None)
        return details(task_id, state) if state else succeeded(task_id)

    script = Script(creates=[created("slow"), created("quick")], polls=[poll])
    results = play(kind, script, lambda c: c.generate_many([PROMPT, "another"]))
    by_index = {each.index: each for each in results}
    assert [each.index for each in results] == [1, 0]
    assert {each.request.prompt for each in results} == {PROMPT, "another"}
    assert by_index[0].get().images[0].url == "https://files.example/slow.png"


@pytest.mark.parametrize("kind", KINDS)
def test_one_failure_does_not_stop_the_others(kind: str) -> None:
    """Each has its own error: refused by us, refused by the gateway, or failed later."""
    script = Script(
        creates=[created("t1"), envelope(402), created("t3")],
        polls=[
            lambda request: (
                details("t1", "fail") if task_id_of(request) == "t1" else succeeded("t3")
            )
        ],
    )
    requests: list[Any] = ["one", "", Request("two", seed=1), "three", 7]
    results = play(
        kind, script, lambda c: c.generate_many(requests, max_in_flight=1), polling=QUICK
    )
    errors = {each.index: type(each.error) for each in results}
    assert errors == {
        0: TaskFailed,
        1: InvalidRequest,
        2: InsufficientCredits,
        3: type(None),
        4: InvalidRequest,
    }
    with pytest.raises(InsufficientCredits):
        next(each for each in results if each.index == 2).get()
    assert results[0].error.job.task_ids == ("t1",)
    assert [each.request.prompt for each in results[:2]] == ["one", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_requests_are_taken_only_when_there_is_room(kind: str) -> None:
    """A million prompts do not have to fit into memory."""
    taken = Counter[str]()

    def prompts() -> Iterator[str]:
        for index in range(30):
            taken["prompts"] += 1
            yield f"picture {index}"

    async def first_one_then_all(client: Any) -> None:
        results = each_of(client.generate_many(prompts(), max_in_flight=4))
        await anext(results)
        assert taken["prompts"] <= 5
        taken["results"] += 1 + len([each async for each in results])

    script = Script(
        creates=[created(f"t{index}") for index in range(30)],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(kind, script, first_one_then_all, polling=QUICK)
    assert taken == {"prompts": 30, "results": 30}


@pytest.mark.parametrize("kind", KINDS)
def test_results_that_were_fetched_are_not_kept(kind: str) -> None:
    """Bounded memory: what was yielded is the caller's alone."""
    alive: list[int] = []

    def count(index: int) -> None:
        if index % 13:
            return
        gc.collect()
        # By type: what others have imported may not like to be asked for its class.
        alive.append(sum(type(each) is Succeeded for each in gc.get_objects()))

    async def counted(client: Any) -> None:
        async for each in each_of(client.generate_many(map(str, range(40)), max_in_flight=2)):
            count(each.index)

    script = Script(
        creates=[created(f"t{index}") for index in range(40)],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(kind, script, counted, polling=QUICK)
    assert len(alive) == 4
    assert max(alive) - min(alive) <= 3


@pytest.mark.parametrize("kind", KINDS)
def test_on_event_hears_of_all_requests(kind: str) -> None:
    """With the task ids that tell them apart."""
    updates: list[Any] = []
    script = Script(
        creates=[created("t0"), created("t1")],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(
        kind, script, lambda c: c.generate_many(["a", "b"], on_event=updates.append), polling=QUICK
    )
    told = Counter((each.task_id, word) for each in updates for word in states_told([each]))
    assert told == {
        ("t0", "submitted"): 1, ("t1", "submitted"): 1, ("t0", "success"): 1, ("t1", "success"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [0, -1, 1.5, "4", None])
def test_the_limit_must_be_a_whole_number(kind: str, limit: Any) -> None:
    """Of at least one."""
    with pytest.raises(InvalidRequest, match="max_in_flight must be an int of at least 1"):
        play(kind, Script(), lambda c: c.generate_many(["a"], max_in_flight=limit))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_do_is_done_at_once(kind: str) -> None:
    """No requests, no results."""
    assert play(kind, Script(), lambda c: c.generate_many([])) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("single", ["a fox", b"a fox", bytearray(b"x"), Request("a fox"), 5, None])
def test_a_single_prompt_is_not_taken_for_many(kind: str, single: Any) -> None:
    """Each of its characters would be paid for."""
    with pytest.raises(InvalidRequest, match="an iterable of prompts and Requests"):
        play(kind, Script(), lambda c: c.generate_many(single))


def test_one_slow_answer_does_not_hold_up_the_others() -> None:
    """Requests of the sync client go out side by side."""
    together = Barrier(3, timeout=60)
    numbers = count(1)

    def reply(received: Received) -> bytes:
        if received.method == "GET":
            return http(200, succeeded(received.path.partition("taskId=")[2]).content)
        together.wait()  # all three creates are out before one of them is answered
        return http(200, created(f"t{next(numbers)}").content)

    with Loopback(reply) as server:
        made = play(
            "sync", None, lambda c: list(c.generate_many([PROMPT] * 3)),
            base_url=server.url, polling=QUICK,
        )  # fmt: skip
    assert sorted(each.get().task_ids for each in made) == [("t1",), ("t2",), ("t3",)]
