"""Guards against polls that come too often, too rarely or in step, and waits without an end."""

import statistics
from math import inf
from random import Random

import httpx
import pytest

from client.play import KINDS, Time
from client.polls import DONE, WAITING, waited
from imagen4 import Polling, TaskTimeout
from imagen4.core.polling import DOCUMENTED_PACE


@pytest.mark.parametrize(
    ("elapsed", "low", "high"),
    [
        (0, 2.4, 3.0),
        (29.9, 2.4, 3.0),
        (30, 5.5, 7.5),
        (119.9, 5.5, 7.5),
        (120, 15.0, 20.0),
        (9e9, 15.0, 20.0),
        (inf, 15.0, 20.0),
    ],
)
def test_an_interval_is_drawn_from_the_band_of_its_time(
    elapsed: float, low: float, high: float
) -> None:
    """Each band's bounds are those of its time since the wait began."""
    polling = Polling()
    assert polling.interval(elapsed, lambda: 0.0) == low
    assert polling.interval(elapsed, lambda: 0.5) == pytest.approx((low + high) / 2)
    assert polling.interval(elapsed, lambda: 1.0) == high


def test_the_bands_lie_within_the_documented_ones() -> None:
    """Every 2-3 s for 30 s, every 5-10 s up to two minutes, every 15-30 s after that."""
    documented = ((30.0, 2.0, 3.0), (120.0, 5.0, 10.0), (inf, 15.0, 30.0))
    for (until, low, high), (documented_until, slow, fast) in zip(
        DOCUMENTED_PACE, documented, strict=True
    ):
        assert until == documented_until
        assert slow <= low < high <= fast


def test_beyond_the_last_band_its_pace_goes_on() -> None:
    """A pace of one's own need not end with infinity."""
    polling = Polling(pace=((10.0, 1.0, 1.0), (20.0, 2.0, 2.0)))
    assert [polling.interval(each, lambda: 0.5) for each in (5, 15, 25)] == [1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("attempt", "random", "expected"),
    [
        (1, 0.0, 1.0),
        (1, 1.0, 2.0),
        (2, 0.0, 2.0),
        (2, 1.0, 4.0),
        (3, 1.0, 8.0),
        (5, 0.0, 16.0),
        (5, 1.0, 32.0),
        (6, 0.0, 30.0),
        (6, 1.0, 60.0),
        (20, 0.0, 30.0),
        (20, 1.0, 60.0),
    ],
)
def test_pauses_after_refusals_double_with_jitter(
    attempt: int, random: float, expected: float
) -> None:
    """Up to a minute, half of it at random."""
    assert Polling().backoff_pause(attempt, None, lambda: random) == expected


@pytest.mark.parametrize(
    ("wish", "expected"),
    [(None, 2.0), (0.0, 2.0), (1.0, 2.0), (7.0, 7.0), (120.0, 120.0), (9999.0, 120.0)],
)
def test_a_wish_of_the_gateway_is_honoured_within_reason(
    wish: float | None, expected: float
) -> None:
    """Never less than our own pause, never more than two minutes."""
    assert Polling().backoff_pause(1, wish, lambda: 1.0) == expected


def test_immediate_waits_for_nothing() -> None:
    """For a user's tests against a stand-in."""
    polling = Polling.immediate()
    assert [polling.interval(each, lambda: 1.0) for each in (0, 50, 500)] == [0.0, 0.0, 0.0]
    assert polling.backoff_pause(3, 60.0, lambda: 1.0) == 0.0
    assert (polling.timeout, polling.grace, polling.paced) == (10.0, 0.0, False)
    assert Polling.immediate(3).timeout == 3


def test_immediate_polling_leaves_no_gap_however_chance_falls() -> None:
    """Neither end of its one band is above zero."""
    polling = Polling.immediate()
    assert [polling.interval(0.0, lambda drawn=drawn: drawn) for drawn in (0.0, 1.0)] == [0.0, 0.0]


def test_the_defaults_are_those_of_the_documents() -> None:
    """Give up after 10-15 minutes; the rest is ours."""
    pace = ((30.0, 2.4, 3.0), (120.0, 5.5, 7.5), (inf, 15.0, 20.0))
    assert Polling() == Polling(900.0, pace, 15.0, 60.0, 5, 2.0, True)
    polling = Polling()
    assert (polling.timeout, polling.grace, polling.tolerance) == (900.0, 15.0, 60.0)
    assert (polling.attempts, polling.backoff, polling.paced) == (5, 2.0, True)
    assert polling.pace is DOCUMENTED_PACE


def test_the_pace_is_worth_its_polls() -> None:
    """At most 12 polls a task, and a lateness of 10 % of its duration, over tasks of 5-120 s."""
    random = Random(4)
    polling = Polling()
    polls, lateness = [], []
    for _ in range(2000):
        duration = 5 * 24 ** random.random()  # as many from 5 to 10 s as from 60 to 120 s
        now, count = 0.0, 1
        while now < duration:
            now += polling.interval(now, random.random)
            count += 1
        polls.append(count)
        lateness.append((now - duration) / duration)
    assert statistics.mean(polls) <= 12
    assert statistics.mean(lateness) <= 0.10


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_poll_goes_out_at_once(kind: str) -> None:
    """A task that has ended already is not waited for."""
    time = Time()
    result = waited(kind, DONE, time=time)
    assert time.sleeps == []
    assert [image.url for image in result.images] == ["https://files.example/t1.png"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("random", "first", "second", "third"),
    [(0.0, 2.4, 5.5, 15.0), (0.5, 2.7, 6.5, 17.5), (0.999999, 3.0, 7.5, 20.0)],
)
def test_the_pace_is_the_documented_one(
    kind: str, random: float, first: float, second: float, third: float
) -> None:
    """2-3 s for the first 30 s, 5-10 s up to two minutes, 15-30 s after that."""
    time = Time()
    with pytest.raises(TaskTimeout):
        waited(kind, WAITING, time=time, random=lambda: random, wait=300)
    elapsed = 0.0
    for pause in time.sleeps[:-1]:
        expected = first if elapsed < 30 else second if elapsed < 120 else third
        assert pause == pytest.approx(expected, abs=1e-4)
        elapsed += pause
    assert elapsed > 270


def test_a_poll_refused_as_too_frequent_is_followed_by_a_longer_pause() -> None:
    """At least what the gateway asks for, if it asks, and never less than the pace."""
    limited = httpx.Response(429, headers={"Retry-After": "9"})
    time = Time()
    waited("sync", limited, DONE, time=time)
    assert time.sleeps == [9.0]
    time = Time()
    waited("sync", httpx.Response(429), DONE, time=time)
    assert time.sleeps == [2.7]
