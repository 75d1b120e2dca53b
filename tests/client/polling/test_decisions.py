"""Guards against asking for a task too late or too long, and misjudging its answer."""

from typing import Any

import pytest

from client.steps import core
from imagen4 import Polling, Task, TaskNotFound, UnexpectedResponse
from imagen4.core.answer import Answer
from imagen4.core.effects import Sleep
from imagen4.core.envelope import parse_envelope
from imagen4.core.polls import PollResult, error_for_task
from imagen4.core.session import Session
from imagen4.core.waiting import HOPELESS, OvertimeBudget, TrackedTask, take_poll_turn

FOUND = Answer(200, {}, b'{"code": 200}')


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (None, "The answer does not describe the task that was asked for"),
        (Task("t", "success"), "The task succeeded without a single picture"),
        (Task("t", "queued"), "The task is in a state that no document knows: queued"),
        (Task("t", "fail"), "The task failed: no reason given"),
        (Task("t", "fail", fail_message="too dark"), "The task failed: too dark"),
        (
            Task("t", "fail", fail_code="422", fail_message="too dark"),
            "The task failed: too dark (failCode 422)",
        ),
    ],
)
def test_what_is_wrong_with_a_task_is_said(task: Task | None, message: str) -> None:
    """Word for word: the message is all that a user gets."""
    problem = error_for_task(task, parse_envelope(FOUND), ())
    assert problem is not None
    assert problem.message == message


@pytest.mark.parametrize(("now", "over"), [(14.9, False), (15.0, True)])
def test_a_task_may_be_unknown_for_the_grace_and_no_longer(now: float, over: bool) -> None:
    """Counted from the first answer that did not know it."""
    watch = TrackedTask("t", 0.0, 100.0, last_seen=-50.0)
    watch.apply(PollResult(None, TaskNotFound("no")), 0.0, Polling())
    assert not watch.over
    watch.apply(PollResult(None, TaskNotFound("no")), now, Polling())
    assert watch.over is over


def taken_turn(
    settings: Session, watch: TrackedTask, grace: OvertimeBudget
) -> tuple[list[Any], bool]:
    """What a poll's turn takes, and whether it goes out then."""
    steps, effects = take_poll_turn(settings, watch, grace), list[Any]()
    while True:
        try:
            effects.append(next(steps))
        except StopIteration as end:
            return effects, end.value


@pytest.mark.parametrize(
    ("taken", "last", "due", "expired", "slept"),
    [
        (1, 100.0, None, False, [0.11]),
        (44, 100.0, None, False, [4.84]),
        (46, 100.0, 100.0, True, []),
        (46, 100.06, 100.06, False, []),
    ],
)
def test_a_poll_that_the_rate_allows_too_late_is_left_out(
    taken: int, last: float, due: float | None, expired: bool, slept: list[float]
) -> None:
    """It may be five seconds late; before the task's last moment it is tried again there."""
    settings, watch = core(now=100.0), TrackedTask("t", 99.0, last)
    for _ in range(taken):
        settings.polls.reserve(100.0)
    steps, goes_out = taken_turn(settings, watch, OvertimeBudget(100.0, 5.0))
    assert [step.seconds for step in steps if isinstance(step, Sleep)] == pytest.approx(slept)
    assert (watch.due, watch.expired) == (due or 99.0, expired)
    assert goes_out is (due is None)


def test_no_poll_goes_out_when_the_grace_is_used_up() -> None:
    """And none of the rate is taken for it."""
    settings, watch = core(now=100.0), TrackedTask("t", 99.0, 99.5)
    assert taken_turn(settings, watch, OvertimeBudget(99.5, 0.0)) == ([], False)
    assert watch.expired
    assert settings.polls.reserve(100.0) == 100.0


@pytest.mark.parametrize("left", [HOPELESS, 0.5])
def test_what_is_left_of_the_grace_is_used(left: float) -> None:
    """Down to where no answer could come any more."""
    grace = OvertimeBudget(99.5, left)
    assert grace.for_exchange(100.0) == left
    assert taken_turn(core(now=100.0), TrackedTask("t", 99.0, 99.5), grace) == ([], True)
    assert OvertimeBudget(99.5, HOPELESS / 2).for_exchange(100.0) == 0.0


def test_only_what_an_exchange_takes_beyond_the_deadline_is_spent() -> None:
    """Whether it began before the deadline or after it."""
    grace = OvertimeBudget(10.0, 5.0)
    grace.spend(6.0, 9.0)
    assert (grace.left, grace.for_exchange(9.0), grace.for_exchange(2.0)) == (5.0, 5.0, 8.0)
    grace.spend(9.0, 12.0)
    grace.spend(14.0, 16.0)
    assert (grace.left, grace.for_exchange(20.0)) == (1.0, 1.0)


def test_an_error_about_no_task_says_no_task() -> None:
    """The answer's own numbers are on it."""
    problem = error_for_task(None, parse_envelope(FOUND), ())
    assert isinstance(problem, UnexpectedResponse)
    assert (problem.code, problem.http_status) == (200, 200)
