"""Reading answers and waiting for tasks: the decisions that only show at their edges."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from imagen4 import (
    AuthenticationError,
    Polling,
    Task,
    TaskNotFound,
    TransportError,
    UnexpectedResponse,
)
from imagen4.core import Core, configured
from imagen4.effects import Answer, Sleep
from imagen4.envelope import opened
from imagen4.kie import ADAPTER
from imagen4.reading import News, news_in, trouble
from imagen4.redaction import HIDDEN, one_line, redacted
from imagen4.submission import is_certain
from imagen4.task import task_from, usable_id
from imagen4.waiting import Watch, turn

FOUND = Answer(200, {}, b'{"code": 200}')


def core(now: float = 100.0) -> Core:
    """Settings with a clock that stands still."""
    return configured("kie", "k", None, 30.0, Polling(), False, lambda: now, lambda: 0.0)


def details(**fields: object) -> Any:
    return SimpleNamespace(task_id="t", state="waiting", **fields)


def test_a_task_may_be_told_by_id_and_state_alone() -> None:
    """Everything else that an answer does not hold is None."""
    assert task_from(details(), "raw") == Task("t", "waiting", raw="raw")


@pytest.mark.parametrize(
    ("cost", "seconds"), [(12, 12), (12_000, 12), (1_200, 1_200), (1_201, 1.201)]
)
def test_a_cost_a_hundred_times_the_tasks_own_time_was_in_milliseconds(
    cost: float, seconds: float
) -> None:
    """Both of the task's times are needed to tell."""
    times = {"create_time": 1_765_000_000_000, "complete_time": 1_765_000_012_000}
    task = task_from(details(cost_time=cost, **times), None)
    assert task is not None
    assert task.cost_time is not None
    assert task.cost_time.total_seconds() == seconds
    for name in times:
        half = task_from(details(cost_time=cost, **{**times, name: None}), None)
        assert half is not None
        assert half.cost_time is not None
        assert half.cost_time.total_seconds() == cost


def test_pictures_that_are_no_texts_are_no_pictures() -> None:
    """Then the decoded result is looked at."""
    other = {"resultUrls": ["https://a.example/1.png", "", 7]}
    given = details(result_json='{"resultUrls": [7, null]}', response=other)
    given.state = "success"
    task = task_from(given, None)
    assert task is not None
    assert task.urls == ("https://a.example/1.png",)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (None, "The answer does not describe the task that was asked for"),
        (Task("t", "success"), "The task succeeded without a single picture"),
        (Task("t", "queued"), "The task is in a state that no document knows: queued"),
        (Task("t", "fail"), "The task failed: no reason given"),
        (Task("t", "fail", fail_message="too dark"), "The task failed: too dark"),
    ],
)
def test_what_is_wrong_with_a_task_is_said(task: Task | None, message: str) -> None:
    """Word for word: the message is all that a user gets."""
    problem = trouble(task, opened(FOUND), ())
    assert problem is not None
    assert problem.message == message


@pytest.mark.parametrize(
    ("secrets", "text", "left"),
    [
        (["bcd", "abcde"], "abcde bcd", f"{HIDDEN} {HIDDEN}"),
        (["abc", "abcde"], "abcde abc", f"{HIDDEN} {HIDDEN}"),
        (['é"xyz'], r"é\\\"xyz", HIDDEN),
        (['é"xyz'], r"\u00e9\"xyz", HIDDEN),
        (['é"xyz'], r"\\u00e9\\\"xyz", HIDDEN),
        (["ab"], "ab", "ab"),
        ([], "abc", "abc"),
    ],
)
def test_secrets_are_hidden_the_longest_first(secrets: list[str], text: str, left: str) -> None:
    """However often they were encoded, and whatever else is part of them."""
    assert redacted(text, secrets) == left


@pytest.mark.parametrize(
    ("status", "code", "certain"),
    [
        (200, 401, True),
        (299, 401, True),
        (300, 401, False),
        (302, 401, False),
        (401, 200, True),
        (200, 400, True),
        (200, 499, True),
        (200, 500, False),
        (200, 399, False),
        (200, 408, False),
        (200, 409, True),
        (408, 401, False),
        (200, None, False),
    ],
)
def test_only_a_refusal_by_number_proves_that_no_task_exists(
    status: int, code: int | None, certain: bool
) -> None:
    """A 4xx, but not a time-out; the HTTP status first."""
    error = AuthenticationError("no", code=code, http_status=status)
    assert is_certain(error, Answer(status, {}, b"{}")) is certain


def test_a_watch_knows_that_it_has_asked() -> None:
    """Whatever came of it."""
    watch = Watch("t", 0.0, 10.0)
    watch.learn(News(None, TransportError("no")), 0.0, Polling())
    assert watch.asked is True


@pytest.mark.parametrize(("now", "over"), [(14.9, False), (15.0, True)])
def test_a_task_may_be_unknown_for_the_grace_and_no_longer(now: float, over: bool) -> None:
    """Counted from when it was last known to exist."""
    watch = Watch("t", 0.0, 100.0, seen=0.0)
    watch.learn(News(None, TaskNotFound("no")), now, Polling())
    assert watch.over is over


@pytest.mark.parametrize(
    ("asked", "deadline", "expired", "slept"),
    [
        (True, 100.0, True, []),
        (True, 100.102, False, [0.102]),
        (True, 100.05, True, [0.05]),
        (False, 100.0, False, [0.102]),
        (False, 98.0, False, [0.102]),
    ],
)
def test_a_poll_that_the_rate_allows_too_late_is_left_out(
    asked: bool, deadline: float, expired: bool, slept: list[float]
) -> None:
    """But for a task's first one, which may be a little late."""
    settings, watch = core(), Watch("t", 100.0, 100.0, asked=asked)
    settings.polls.reserve(100.0)
    sleeps = [step.seconds for step in turn(settings, watch, deadline) if isinstance(step, Sleep)]
    assert watch.expired is expired
    assert sleeps == pytest.approx(slept)


def test_our_own_pause_stands_where_the_gateway_has_no_wish() -> None:
    """However short it is."""
    assert Polling(backoff=0.1).pause(1, None, lambda: 0.0) == 0.05


def test_an_error_about_no_task_says_no_task() -> None:
    """The answer's own numbers are on it."""
    problem = trouble(None, opened(FOUND), ())
    assert isinstance(problem, UnexpectedResponse)
    assert (problem.code, problem.http_status) == (200, 200)


@pytest.mark.parametrize(
    "record",
    [
        {"state": "fail", "failMsg": "cannot paint a zebra"},
        {"state": "a zebra"},
        {"state": "success", "failMsg": "a zebra"},
    ],
)
def test_what_a_task_says_about_its_end_does_not_quote_the_prompt(record: dict[str, str]) -> None:
    """Neither on the task nor on the error."""
    body = json.dumps({"code": 200, "data": {"taskId": "t", **record}}).encode()
    news = news_in(ADAPTER, Answer(200, {}, body), "t", ["a zebra"])
    assert news.task is not None
    assert news.problem is not None
    assert "zebra" not in f"{news.task!r} {news.problem!r} {news.problem} {news.problem.body}"
    assert HIDDEN in f"{news.task.state} {news.task.fail_message}"


def test_a_refused_poll_does_not_quote_the_prompt() -> None:
    """The gateway may say it, we do not."""
    refused = Answer(200, {}, b'{"code": 401, "msg": "no zebra here"}')
    problem = news_in(ADAPTER, refused, "t", ["zebra"]).problem
    assert isinstance(problem, AuthenticationError)
    assert (problem.message, problem.task_ids) == (f"no {HIDDEN} here", ("t",))
    assert "zebra" not in str(problem.body)


def test_a_running_task_is_left_as_it_is() -> None:
    """Nobody is told of its failure yet, and its state is one of three words."""
    body = b'{"code": 200, "data": {"taskId": "t", "state": "waiting", "failMsg": "a zebra"}}'
    news = news_in(ADAPTER, Answer(200, {}, body), "t", ["a zebra", "waiting"])
    assert news.task is not None
    assert (news.task.state, news.task.fail_message, news.problem) == ("waiting", "a zebra", None)


def test_small_things_of_texts() -> None:
    """The smallest id that is a number, the furthest that a line is read, an error's own words."""
    assert [usable_id(number) for number in (-1, 0, 1)] == [None, None, "1"]
    assert one_line(" " * 3999 + "x") == "x"
    assert one_line(" " * 4000 + "x") == ""
    assert UnexpectedResponse("no").args == ("no",)
