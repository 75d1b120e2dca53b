"""Guards against more creates or polls than the gateway allows, and turns lost to who gave up."""

from typing import Any

import pytest

from client.play import GATEWAYS, KEY, PROMPT, Script, Time, created, details, play, task_id_of
from client.steps import core
from imagen4 import Polling, RateLimited
from imagen4.configuration import make_session
from imagen4.core.effects import Sleep
from imagen4.core.job_state import JobState
from imagen4.core.pacing import Pacer
from imagen4.core.turns import wait_for_create_turn
from imagen4.facts import Rate
from imagen4.gateways import adapter_for


def test_a_pacer_lets_so_many_through_and_then_waits() -> None:
    """A window slides: what is old enough makes room."""
    pacer = Pacer(Rate(3, 10.0))
    assert [pacer.reserve(now) for now in (0.0, 1.0, 2.0)] == [0.0, 1.0, 2.0]
    assert pacer.reserve(3.0) == pytest.approx(11.0)
    assert pacer.reserve(3.0) == pytest.approx(12.0)
    assert pacer.reserve(3.0) == pytest.approx(13.0)
    assert pacer.reserve(3.0) == pytest.approx(22.0)
    assert pacer.reserve(100.0) == 100.0


def test_a_turn_that_comes_too_late_is_not_taken() -> None:
    """Callers that give up must not push the others back."""
    pacer = Pacer(Rate(1, 10.0))
    assert pacer.reserve(0.0, 0.0) == 0.0
    assert [pacer.reserve(1.0, 10.1) for _ in range(100)] == [None] * 100
    assert pacer.reserve(1.0, 11.0) == pytest.approx(11.0)


def test_a_pacer_without_a_period_lets_everything_through() -> None:
    """At once."""
    pacer = Pacer(Rate(1, 0.0))
    assert [pacer.reserve(5.0) for _ in range(3)] == [5.0, 5.0, 5.0]


def test_many_looks_keep_to_the_documented_rate() -> None:
    """As polls do, together with those of other calls."""
    names, time = [f"t{number}" for number in range(40)], Time()
    script = Script(polls=[lambda request: details(task_id_of(request), "waiting")])
    play("sync", script, lambda c: (c.job(*names).status(), c.job(*names).status()), time=time)
    assert sum(time.sleeps) == pytest.approx(79 * 0.11)


def test_a_window_is_a_little_longer_than_documented() -> None:
    """The gateway counts arrivals, we count departures."""
    pacer = Pacer(Rate(2, 10.0))
    assert [pacer.reserve(0.0) for _ in range(5)] == pytest.approx([0.0, 0.0, 11.0, 11.0, 22.0])


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_documented_rates(gateway: str) -> None:
    """Twenty creates in ten seconds, ten polls in one."""
    assert (adapter_for(gateway).creates, adapter_for(gateway).polls) == ((20, 10.0), (10, 1.0))


@pytest.mark.parametrize(("paced", "periods"), [(True, [11.0, 0.11]), (False, [0.0, 0.0])])
def test_rates_are_kept_to_unless_told_otherwise(paced: bool, periods: list[float]) -> None:
    """Creates in windows, polls one by one."""
    waits = Polling(paced=paced)
    settings = make_session("kie", KEY, None, 1.0, waits, False, lambda: 0.0, lambda: 0.0)
    assert [settings.creates.rate.seconds, settings.polls.rate.seconds] == pytest.approx(periods)


def test_a_create_waits_for_its_turn_but_not_past_the_deadline() -> None:
    """Twenty creates in ten seconds are the limit; the next one says so if it cannot wait."""
    time = Time()
    script = Script(creates=[created(f"t{n}") for n in range(21)])

    def action(client: Any) -> None:
        for _ in range(20):
            client.submit(PROMPT)
        with pytest.raises(RateLimited, match="20 creates in 10 s") as caught:
            client.submit(PROMPT, timeout=5)
        assert caught.value.code is None
        client.submit(PROMPT)

    play("sync", script, action, time=time)
    assert len(script.requests) == 21
    assert sum(time.sleeps) == pytest.approx(11.0)


def test_a_turn_that_comes_too_late_is_not_waited_for() -> None:
    """The message says which limit is meant."""
    settings = core()
    for _ in range(20):
        settings.creates.reserve(0.0)
    with pytest.raises(RateLimited) as caught:
        list(wait_for_create_turn(settings, JobState("j1"), 10.0))
    assert caught.value.message == (
        "Not sent: the gateway allows 20 creates in 10 s, and this one's turn comes after the "
        "deadline"
    )
    settings = core()
    for _ in range(20):
        settings.creates.reserve(0.0)
    assert list(wait_for_create_turn(settings, JobState("j1"), 11.0)) == [
        Sleep(pytest.approx(11.0))
    ]


def test_submissions_that_could_not_wait_hold_up_nobody() -> None:
    """A turn that was refused is not taken: the next one comes as if they had never been."""
    time = Time()
    script = Script(creates=[created(f"t{number}") for number in range(21)])

    def action(client: Any) -> None:
        for _ in range(20):
            client.submit(PROMPT)
        for _ in range(200):
            with pytest.raises(RateLimited):
                client.submit(PROMPT, timeout=1)
        client.submit(PROMPT)

    play("sync", script, action, time=time)
    assert sum(time.sleeps) == pytest.approx(11.0)
