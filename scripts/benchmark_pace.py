"""How many polls a pace spends for how early an answer: the client's, and the best there is."""

from __future__ import annotations

import math
import statistics
from itertools import accumulate
from random import Random

import httpx

from benchmark_cycle import KEY, Row
from imagen4 import Client, Polling
from imagen4.facts import DEFAULT_GATEWAY

SIMULATED = 400
DURATIONS = (5.0, 120.0)
POLLS = 8
# Most polls and latest answers: at once, and once it is known how long tasks take.
LIMITS = ((12, 0.1), (POLLS, 0.12))


class Simulation:
    """Tasks of known duration on a clock of their own; the real client waits for them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.began = self.ends = 0.0
        self.polls = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.began = self.now
            return httpx.Response(200, json={"code": 200, "data": {"taskId": f"t{self.now}"}})
        self.polls += 1
        done = self.now >= self.ends
        result = '{"resultUrls":["https://files.example/1.png"]}'
        record: dict[str, object] = {"state": "waiting"}
        if done:
            times = {"createTime": ms(self.began), "completeTime": ms(self.ends)}
            record = {"state": "success", "resultJson": result, **times}
        return httpx.Response(200, json={"code": 200, "data": record})

    def waits(self, durations: list[float], *, learns: bool) -> list[tuple[int, float]]:
        """Polls and lateness, in seconds, of each wait."""
        transport = httpx.MockTransport(self.answer)
        found = []
        with httpx.Client(transport=transport) as http:
            client = Client(
                DEFAULT_GATEWAY, api_key=KEY, http_client=http, clock=lambda: self.now,
                sleep=self.sleep, random=Random(7).random, polling=Polling(learns=learns),
            )  # fmt: skip
            for duration in durations:
                self.polls, self.ends = 0, self.now + duration
                client.generate("a fox")
                found.append((self.polls, self.now - self.ends))
        return found


def ms(seconds: float) -> int:
    """As the gateways tell a time."""
    return 1_790_000_000_000 + round(1000 * seconds)


def fixed(interval: float, durations: list[float]) -> list[tuple[int, float]]:
    """The same for a fixed interval, with its first poll at once."""
    pauses = [math.ceil(duration / interval) for duration in durations]
    pairs = zip(pauses, durations, strict=True)
    return [(paused + 1, paused * interval - duration) for paused, duration in pairs]


def best(durations: list[float], polls: float) -> list[tuple[int, float]]:
    """The same for the moments of asking that suit these tasks best, known beforehand.

    No schedule that knows only how long such tasks take can do better: these moments were chosen
    knowing the very tasks, and keep to no pace.
    """
    cheap, dear = 0.0, 1.0  # what one poll is worth, as a share of the task's duration
    for _ in range(20):
        price = (cheap + dear) / 2
        waits = cheapest(sorted(durations), price)
        asked_often = statistics.mean(polled for polled, _ in waits) > polls
        cheap, dear = (price, dear) if asked_often else (cheap, price)
    by_duration = dict(zip(sorted(durations), cheapest(sorted(durations), dear), strict=True))
    return [by_duration[duration] for duration in durations]


def cheapest(ordered: list[float], price: float) -> list[tuple[int, float]]:
    """Polls and lateness with the least sum of both, where a poll counts as so much lateness."""
    shares = [0.0, *accumulate(1 / each for each in ordered)]
    tasks = len(ordered)
    cost, following = [0.0] * (tasks + 1), [tasks] * (tasks + 1)
    for first in reversed(range(tasks)):  # asked for when the last one before it ended
        cost[first], following[first] = min(
            (
                ordered[last] * (shares[last + 1] - shares[first])  # lateness, and one for each
                + price * (tasks - first)
                - (last + 1 - first)
                + cost[last + 1],
                last + 1,
            )
            for last in range(first, tasks)
        )
    waits: list[tuple[int, float]] = []
    asked = 0
    while len(waits) < tasks:
        first, until = len(waits), following[len(waits)]
        asked += 1
        waits += [(asked, ordered[until - 1] - each) for each in ordered[first:until]]
    return waits


def lateness(waits: list[tuple[int, float]], durations: list[float]) -> float:
    """As a share of each task's duration, on average."""
    return statistics.mean(
        late / lasted for (_, late), lasted in zip(waits, durations, strict=True)
    )


def pace_rows(name: str, durations: list[float], *, judged: bool) -> list[Row]:
    schedules = {
        "imagen4": Simulation().waits(durations, learns=False),
        "imagen4, learnt": Simulation().waits(durations, learns=True),
        f"the best with {POLLS} polls": best(durations, POLLS),
    }
    schedules |= {f"fixed {each:g} s": fixed(each, durations) for each in (0.1, 0.5, 6.0)}
    limits = dict(zip(schedules, LIMITS, strict=False)) if judged else {}
    rows = []
    for schedule, waits in schedules.items():
        polls = statistics.mean(polled for polled, _ in waits)
        late = lateness(waits, durations)
        most, latest = limits.get(schedule, (math.inf, math.inf))
        rows.append(
            Row(
                f"polls of a task, {name}",
                f"{polls:.1f}",
                f"{schedule}: {100 * late:.1f} % late",
                f"{most}, {100 * latest:.0f} %" if schedule in limits else "",
                polls <= most and late <= latest if schedule in limits else None,
            )
        )
    return rows


def durations() -> dict[str, list[float]]:
    """Of tasks of 5-120 s: as many of each order of length, and as many of each length."""
    random, (short, long) = Random(11), DURATIONS
    spread = [short * (long / short) ** random.random() for _ in range(SIMULATED)]
    return {
        "log-uniform 5-120 s": spread,
        "uniform 5-120 s": [random.uniform(short, long) for _ in spread],
    }


def all_pace_rows() -> list[Row]:
    return [
        row
        for name, lasted in durations().items()
        for row in pace_rows(name, lasted, judged=name.startswith("log"))
    ]
