"""Guards against what was learnt of a model making a wait impolite, or long."""

from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from client.play import KINDS, Time, created, details, play, settled, succeeded
from imagen4 import Ledger, Polling
from imagen4.core.durations import ENOUGH, Durations

BEGAN = 1_790_000_000_000


class Studio:
    """Tasks that take the given seconds each, on a clock that sleeping moves."""

    def __init__(self, *durations: float) -> None:
        self.time = Time()
        self.left = list(durations)
        self.polls: list[list[float]] = []
        self.requests: list[httpx.Request] = []
        self.ahead = 0.0
        """Seconds by which the clock that writes the end is ahead of that of the beginning."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.began, self.lasts = self.time.now, self.left.pop(0)
            self.polls.append([])
            return created(f"t{len(self.polls)}")
        age = self.time.now - self.began
        self.polls[-1].append(age)
        task_id = request.url.params["taskId"]
        if age < self.lasts:
            return details(task_id, "generating")
        answer = succeeded(task_id).json()
        answer["data"] |= {
            "createTime": BEGAN,
            "completeTime": BEGAN + int(1000 * (self.lasts + self.ahead)),
        }
        return httpx.Response(200, json=answer)

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        return self(request)

    def make(self, kind: str, count: int, **settings: Any) -> None:
        async def each(client: Any) -> None:
            for _ in range(count):
                await settled(client.generate("a fox"))

        play(kind, self, each, time=self.time, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_polls_cluster_where_tasks_of_the_model_end(kind: str) -> None:
    """The first twenty are asked for at the documented pace, the next not before it is usual."""
    studio = Studio(*[60.0] * (ENOUGH + 1))
    studio.make(kind, ENOUGH + 1)
    assert (studio.polls[0][0], len(studio.polls[0])) == (0, len(studio.polls[ENOUGH - 1]))
    assert studio.polls[-1] == [30.0, 60.0]


def test_a_faster_task_is_found_at_most_half_a_minute_late() -> None:
    """What was learnt may be wrong."""
    studio = Studio(*[110.0] * ENOUGH, 1.0)
    studio.make("sync", ENOUGH + 1)
    assert studio.polls[-1] == [30.0]


def test_a_slower_task_is_asked_for_at_the_documented_pace() -> None:
    """Beyond the longest that is known nothing is known."""
    studio = Studio(*[10.0] * ENOUGH, 29.0)
    studio.make("sync", ENOUGH + 1, polling=Polling(learns=True), random=lambda: 0.0)
    first, *others = studio.polls[-1]
    assert first == 10.0
    pauses = [round(late - early, 6) for early, late in zip([first, *others], others, strict=False)]
    assert set(pauses) == {2.4}


def test_nobody_is_asked_for_sooner_than_documented() -> None:
    """Whatever has been learnt, it only ever makes the pause longer."""
    chance = Random(3)
    spread = [5 * 24 ** chance.random() for _ in range(4 * ENOUGH)]
    studio = Studio(*spread)
    studio.make("sync", len(spread))
    for polls in studio.polls:
        for early, late in pairwise(polls):
            shortest = 2.4 if early < 30 else 5.5 if early < 120 else 15.0
            assert late - early >= shortest - 1e-6
    learnt, before = studio.polls[ENOUGH:], studio.polls[:ENOUGH]
    assert sum(map(len, learnt)) / len(learnt) < 0.8 * sum(map(len, before)) / len(before)


def test_a_setting_switches_it_off() -> None:
    """And tasks that were created elsewhere, of unknown age, are asked for at once."""
    studio = Studio(*[60.0] * (ENOUGH + 1))
    studio.make("sync", ENOUGH + 1, polling=Polling(learns=False))
    assert studio.polls[-1][0] < 1


def test_a_ledger_remembers_for_the_next_process(tmp_path: Path) -> None:
    """At its address and of its model."""
    before, after, other = Studio(*[60.0] * ENOUGH), Studio(60.0), Studio(60.0)
    before.make("sync", ENOUGH, ledger=Ledger(tmp_path / "l.db"))
    after.make("sync", 1, ledger=Ledger(tmp_path / "l.db"))
    other.make("sync", 1, ledger=Ledger(tmp_path / "l.db"), base_url="https://staging.example")
    assert after.polls[-1] == pytest.approx([30, 60], abs=1)
    assert other.polls[-1][0] < 1


@pytest.mark.parametrize(("ahead", "kept"), [(300.0, False), (8 * 3600.0, True)])
def test_clocks_of_a_gateway_that_differ_keep_no_result_back(
    ahead: float, kept: bool, tmp_path: Path
) -> None:
    """No task took longer than we saw it run, and what a ledger keeps may be of another zone."""
    ledger = Ledger(tmp_path / "l.db") if kept else None
    studio = Studio(*[3.0] * (ENOUGH + 1))
    studio.ahead = ahead
    for count in (ENOUGH, 1) if kept else (ENOUGH + 1,):
        studio.make("sync", count, ledger=ledger)
    assert max(polls[-1] for polls in studio.polls) < 7


def test_the_latest_tasks_count() -> None:
    """A gateway that became slower is known as slower, and memory stays bounded."""
    known = Durations()
    for seconds in [10.0] * 300 + [50.0] * 200:
        known.learn("m", seconds)
    assert known.pause("m", 0) == 30.0
    assert known.pause("m", 45) == 5.0
    assert known.pause("n", 0) == 0
