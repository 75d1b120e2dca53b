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
    UnexpectedResponse,
)
from imagen4.configuration import configured
from imagen4.core.checks import number
from imagen4.core.effects import Answer, Sleep
from imagen4.core.envelope import opened
from imagen4.core.reading import News, news_in, trouble
from imagen4.core.redaction import HIDDEN, one_line, redacted
from imagen4.core.settings import Settings
from imagen4.core.submission import is_certain
from imagen4.core.task import task_from, usable_id
from imagen4.core.waiting import Grace, Watch, turn
from imagen4.gateways.kie import ADAPTER

FOUND = Answer(200, {}, b'{"code": 200}')


def core(now: float = 100.0) -> Settings:
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
        ([" a ", " \n "], "a banana \n x", "a banana \n x"),
        (["a b\tc"], "a\n b\\t\\u00A0c", HIDDEN),
        (["a/b<é🦊"], r"a\/b\u003C\u00E9\uD83E\udd8a", HIDDEN),
        (["a/b<é🦊"], r"a\\/b\\u003c\\\u00e9\\\uD83E\\\uDD8A", HIDDEN),
        ([r"c:\new"], r"c:\new c:\\new c:\\\\new", f"{HIDDEN} {HIDDEN} {HIDDEN}"),
        (["hidden", "abc"], "abc", HIDDEN),
        (["a\ud800b"], "a\ud800b", HIDDEN),
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


@pytest.mark.parametrize(("now", "over"), [(14.9, False), (15.0, True)])
def test_a_task_may_be_unknown_for_the_grace_and_no_longer(now: float, over: bool) -> None:
    """Counted from the first answer that did not know it."""
    watch = Watch("t", 0.0, 100.0, seen=-50.0)
    watch.learn(News(None, TaskNotFound("no")), 0.0, Polling())
    assert not watch.over
    watch.learn(News(None, TaskNotFound("no")), now, Polling())
    assert watch.over is over


@pytest.mark.parametrize(
    ("taken", "last", "due", "expired", "slept"),
    [
        (1, 100.0, None, False, [0.102]),
        (29, 100.0, None, False, [2.958]),
        (30, 100.0, 100.0, True, []),
        (30, 100.06, 100.06, False, []),
    ],
)
def test_a_poll_that_the_rate_allows_too_late_is_left_out(
    taken: int, last: float, due: float | None, expired: bool, slept: list[float]
) -> None:
    """It may be three seconds late; before the task's last moment it is tried again there."""
    settings, watch = core(), Watch("t", 99.0, last)
    for _ in range(taken):
        settings.polls.reserve(100.0)
    steps = list(turn(settings, watch, Grace(100.0, 5.0)))
    assert [step.seconds for step in steps if isinstance(step, Sleep)] == pytest.approx(slept)
    assert (watch.due, watch.expired) == (due or 99.0, expired)


def test_no_poll_goes_out_when_the_grace_is_used_up() -> None:
    """And none of the rate is taken for it."""
    settings, watch = core(), Watch("t", 99.0, 99.5)
    assert list(turn(settings, watch, Grace(99.5, 0.0))) == []
    assert watch.expired
    assert settings.polls.reserve(100.0) == 100.0


def test_only_what_an_exchange_takes_beyond_the_deadline_is_spent() -> None:
    """Whether it began before the deadline or after it."""
    grace = Grace(10.0, 5.0)
    grace.spend(6.0, 9.0)
    assert (grace.left, grace.for_exchange(9.0), grace.for_exchange(2.0)) == (5.0, 5.0, 8.0)
    grace.spend(9.0, 12.0)
    grace.spend(14.0, 16.0)
    assert (grace.left, grace.for_exchange(20.0)) == (1.0, 1.0)


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


@pytest.mark.parametrize("state", ["waiting", "generating", "fail"])
def test_a_documented_state_stays_though_it_is_the_prompt(state: str) -> None:
    """Else nobody could tell how the task stands; what the gateway adds in words is cleaned."""
    data = {"taskId": "t", "state": state, "failMsg": f"{state} a zebra"}
    body = json.dumps({"code": 200, "data": data}).encode()
    task = news_in(ADAPTER, Answer(200, {}, body), "t", ["a zebra", state]).task
    assert task is not None
    assert (task.state, task.fail_message) == (state, f"{HIDDEN} {HIDDEN}")


LONG = "Draw  secretproject\n" + "word " * 80


@pytest.mark.parametrize(
    "quoted", [LONG, " ".join(LONG.split()), json.dumps(LONG), json.dumps(json.dumps(LONG))]
)
@pytest.mark.parametrize("field", ["failMsg", "failCode", "state"])
def test_a_long_prompt_is_cut_out_before_the_text_is_cut_to_length(field: str, quoted: str) -> None:
    """And however the gateway spaced it: what is left of it would be shown and logged."""
    data = {"taskId": "t", "state": "fail", field: f"rejected: {quoted}"}
    body = json.dumps({"code": 200, "data": data}).encode()
    news = news_in(ADAPTER, Answer(200, {}, body), "t", [LONG])
    assert "secretproject" not in f"{news.task!r} {news.problem!r} {news.problem}"
    assert news.problem is not None
    assert "secretproject" not in str(news.problem.body)


def test_what_is_no_real_number_is_none() -> None:
    """NaN and True are not, infinity is."""
    assert [number(value) for value in (float("nan"), True, "1", 10**400)] == [None] * 4
    assert [number(value) for value in (1, 0.5, float("inf"))] == [1.0, 0.5, float("inf")]


def test_small_things_of_texts() -> None:
    """The smallest id that is a number, the furthest that a line is read, an error's own words."""
    assert [usable_id(number) for number in (-1, 0, 1)] == [None, None, "1"]
    assert one_line(" " * 3999 + "x") == "x"
    assert one_line(" " * 4000 + "x") == ""
    assert UnexpectedResponse("no").args == ("no",)
