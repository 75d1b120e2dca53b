"""Peers lose paid tasks when a clock runs out, when one poll fails, or wait without an end."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client.play import (
    GATEWAYS,
    KINDS,
    PROMPT,
    Reply,
    Script,
    Time,
    created,
    details,
    envelope,
    play,
    settled,
    succeeded,
    task_id_of,
)
from imagen4 import (
    AuthenticationError,
    FeatureDisabled,
    GatewayUnavailable,
    Imagen4Error,
    InsufficientCredits,
    InvalidRequest,
    PartialFailure,
    Polling,
    RateLimited,
    TaskFailed,
    TaskNotFound,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
    Update,
)

WAITING = details("t1", "waiting")
GENERATING = details("t1", "generating")
DONE = succeeded("t1")
UNKNOWN = envelope(422, None, "recordInfo is null")


def waited(kind: str, *polls: Reply, time: Time | None = None, **settings: Any) -> Any:
    """Take up task t1 and wait for it."""
    timeout = settings.pop("wait", None)
    on_update = settings.pop("on_update", None)
    script = Script(polls=polls)
    action: Callable[[Any], Any] = lambda c: c.job("t1").wait(timeout, on_update)  # noqa: E731
    return play(kind, script, action, time=time, **settings)


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("timeout", [0, 0.5, 10, 31, 125])
def test_the_last_sleep_is_cut_to_the_deadline(kind: str, timeout: float) -> None:
    """The wait ends when it should, with a last poll at that moment, and can be resumed."""
    time = Time()
    script = Script(polls=[GENERATING])
    with pytest.raises(TaskTimeout) as caught:
        play(kind, script, lambda c: c.job("t1").wait(timeout), time=time)
    assert sum(time.sleeps) == pytest.approx(timeout)
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1",)
    assert caught.value.message == "The wait is over, 1 of 1 tasks still run"
    assert caught.value.__cause__ is None
    polls = len(script.requests)
    assert polls == len(time.sleeps) + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("timeout", [0, 10])
def test_a_clock_that_creeps_on_changes_nothing(kind: str, timeout: float) -> None:
    """The create and the last poll go out though the deadline is a moment past by then."""
    time = Time(creep=1e-6)
    script = Script(creates=[created("t1")], polls=[GENERATING])
    with pytest.raises(TaskTimeout):
        play(kind, script, lambda c: c.generate(PROMPT, timeout=timeout), time=time)
    assert sum(time.sleeps) == pytest.approx(timeout, abs=1e-3)
    assert len(script.sent("recordInfo")) == (1 if timeout == 0 else 5)


def test_the_deadline_is_900_seconds_unless_said_otherwise() -> None:
    """The documents say: give up after 10-15 minutes."""
    time = Time()
    with pytest.raises(TaskTimeout):
        waited("sync", GENERATING, time=time)
    assert sum(time.sleeps) == pytest.approx(900)
    time = Time()
    with pytest.raises(TaskTimeout):
        waited("sync", GENERATING, time=time, polling=Polling(timeout=40))
    assert sum(time.sleeps) == pytest.approx(40)


@pytest.mark.parametrize("kind", KINDS)
def test_a_timed_out_wait_can_be_resumed(kind: str) -> None:
    """Nothing is created again; the job on the error goes on where it was."""
    script = Script(creates=[created("t1")], polls=[WAITING, GENERATING, DONE])

    def sync(client: Any) -> Any:
        with pytest.raises(TaskTimeout) as caught:
            client.generate(PROMPT, timeout=1)
        return caught.value.job.wait()

    async def by_await(client: Any) -> Any:
        with pytest.raises(TaskTimeout) as caught:
            await client.generate(PROMPT, timeout=1)
        return await caught.value.job.wait()

    result = play(kind, script, sync if kind == "sync" else by_await)
    assert result.task_ids == ("t1",)
    assert len(script.sent("createTask")) == 1


TRANSIENT: dict[str, Reply] = {
    "read time-out": httpx.ReadTimeout("x"),
    "connection refused": httpx.ConnectError("x"),
    "dropped": httpx.RemoteProtocolError("x"),
    "429": httpx.Response(429),
    "code 429": envelope(429),
    "500": httpx.Response(500, text="oops"),
    "code 500": envelope(500),
    "501 of a proxy": httpx.Response(501),
    "502 HTML": httpx.Response(502, html="<h1>Bad gateway</h1>"),
    "503": httpx.Response(503),
    "455": envelope(455, status=455),
    "code 455": envelope(455),
    "code 599": envelope(599),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", TRANSIENT.values(), ids=TRANSIENT)
def test_a_failed_poll_is_ridden_out(kind: str, trouble: Reply) -> None:
    """It says nothing about the task: many in a row do not end the wait."""
    polls = [WAITING, *[trouble] * 10, DONE]
    assert waited(kind, *polls).task_ids == ("t1",)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (httpx.ReadTimeout("x"), TransportError),
        (envelope(455, None, "maintenance"), GatewayUnavailable),
        (envelope(429, None, "slow down"), RateLimited),
    ],
)
def test_a_wait_that_only_met_trouble_says_which(trouble: Reply, error: type[Imagen4Error]) -> None:
    """The time-out's cause is the last trouble."""
    with pytest.raises(TaskTimeout) as caught:
        waited("sync", trouble, wait=60)
    cause = caught.value.__cause__
    assert type(cause) is error
    assert isinstance(cause, Imagen4Error)
    assert caught.value.message.endswith(f"; the last poll failed: {cause.message}")


def test_a_poll_refused_as_too_frequent_is_followed_by_a_longer_pause() -> None:
    """At least what the gateway asks for, if it asks, and never less than the pace."""
    limited = httpx.Response(429, headers={"Retry-After": "9"})
    time = Time()
    waited("sync", limited, DONE, time=time)
    assert time.sleeps == [9.0]
    time = Time()
    waited("sync", httpx.Response(429), DONE, time=time)
    assert time.sleeps == [2.7]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (402, InsufficientCredits),
        (404, TaskNotFound),
        (422, TaskNotFound),
        (501, TaskFailed),
        (505, FeatureDisabled),
    ],
)
def test_a_refused_poll_is_its_own_error(
    kind: str, gateway: str, style: str, code: int, error: type[Imagen4Error]
) -> None:
    """A key that is refused does not look like a task that still runs."""
    status = 200 if style == "wire" else code
    with pytest.raises(error) as caught:
        waited(kind, envelope(code, None, "no", status), gateway=gateway)
    assert type(caught.value) is error
    assert (caught.value.code, caught.value.http_status) == (code, status)
    assert caught.value.gateway == gateway
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1",)


def test_an_error_about_the_account_names_all_tasks() -> None:
    """It ends the wait for each of them, and each was paid for."""
    with pytest.raises(AuthenticationError) as caught:
        play("sync", Script(polls=[envelope(401)]), lambda c: c.job("t1", "t2").wait())
    assert caught.value.task_ids == ("t1", "t2")


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_just_created_may_be_unknown_for_a_short_while(kind: str) -> None:
    """The gateway's copies may lag behind a create, but not for ever."""
    script = Script(creates=[created("t1")], polls=[UNKNOWN, UNKNOWN, DONE])
    assert play(kind, script, lambda c: c.generate(PROMPT)).task_ids == ("t1",)
    time = Time()
    script = Script(creates=[created("t1")], polls=[UNKNOWN])
    with pytest.raises(TaskNotFound, match="recordInfo is null"):
        play(kind, script, lambda c: c.generate(PROMPT), time=time)
    assert sum(time.sleeps) == pytest.approx(16.2)  # 6 pauses of 2.7 s: the grace is 15 s


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_never_seen_is_an_error_at_once(kind: str) -> None:
    """A mistyped id is not waited for."""
    time = Time()
    with pytest.raises(TaskNotFound):
        waited(kind, UNKNOWN, time=time)
    assert time.sleeps == []


def test_a_task_that_vanishes_is_an_error_after_the_grace() -> None:
    """It was seen, so it may come back; the grace counts from the first "unknown"."""
    time = Time()
    with pytest.raises(TaskNotFound):
        waited("sync", WAITING, WAITING, UNKNOWN, time=time)
    assert sum(time.sleeps) == pytest.approx(2 * 2.7 + 16.2)
    waited("sync", WAITING, UNKNOWN, WAITING, UNKNOWN, DONE)


STRANGE: dict[str, httpx.Response] = {
    "unknown state": details("t1", "queued"),
    "almost success": details("t1", "Success", resultJson='{"resultUrls":["https://x.example/1"]}'),
    "no state": details("t1", ""),
    "null state": envelope(200, {"taskId": "t1", "state": None}),
    "null data": envelope(200, None),
    "a list": envelope(200, []),
    "a text": envelope(200, "waiting"),
    "another task": details("t2", "success"),
    "HTML": httpx.Response(200, html="<h1>hello</h1>"),
    "cut-off JSON": httpx.Response(200, text='{"code":200,"data":{"task'),
    "not an object": httpx.Response(200, json=[1]),
    "no body": httpx.Response(200),
    "no URLs": details("t1", "success", resultJson='{"resultUrls":[]}'),
    "no result": details("t1", "success", resultJson=""),
    "text result": details("t1", "success", resultJson='{"resultObject":{}}'),
    "unreadable result": details("t1", "success", resultJson="{"),
    "null URLs": details("t1", "success", resultJson='{"resultUrls":[null,"",3]}'),
    "unknown code": envelope(299),
    "redirect": httpx.Response(302, headers={"Location": "/elsewhere"}),
    "418": httpx.Response(418),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_an_answer_that_makes_no_sense_is_tolerated_twice(
    kind: str, strange: httpx.Response
) -> None:
    """It is neither success nor "still running" for ever: the third in a row is an error."""
    assert waited(kind, strange, strange, DONE).task_ids == ("t1",)
    time = Time()
    with pytest.raises(UnexpectedResponse) as caught:
        waited(kind, strange, time=time)
    assert time.sleeps == [2.7, 2.7]
    assert caught.value.http_status == strange.status_code
    assert caught.value.body == strange.text
    assert caught.value.job.task_ids == ("t1",)


def test_sense_in_between_starts_the_count_again() -> None:
    """Only answers in a row count."""
    strange = STRANGE["unknown state"]
    polls = [strange, strange, GENERATING] * 5
    assert waited("sync", *polls, DONE).task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_state_is_reported(kind: str) -> None:
    """`on_update` sees the gateway's word and why it is a problem."""
    updates: list[Update] = []
    waited(kind, STRANGE["unknown state"], DONE, on_update=updates.append)
    first, last = updates
    assert first.state == "queued"
    assert first.task is not None
    assert type(first.problem) is UnexpectedResponse
    assert first.problem.message == "The task is in a state that no document knows: queued"
    assert (last.state, last.problem) == ("success", None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_task_says_why(kind: str) -> None:
    """A task that failed and a clock that ran out are different errors."""
    failed = details("t1", "fail", failCode="422", failMsg="flagged\nas unsafe")
    time = Time()
    with pytest.raises(TaskFailed) as caught:
        waited(kind, WAITING, failed, time=time)
    assert (caught.value.fail_code, caught.value.fail_message) == ("422", "flagged as unsafe")
    assert caught.value.message == "The task failed: flagged as unsafe"
    assert caught.value.task_ids == ("t1",)
    assert len(time.sleeps) == 1


def test_a_failed_task_without_reasons_is_still_a_failure() -> None:
    """The gateway may leave both fields empty."""
    with pytest.raises(TaskFailed, match="The task failed: no reason given"):
        waited("sync", details("t1", "fail"))


def test_code_501_with_a_task_gives_its_reasons() -> None:
    """Code 501 means "generation failed" and may come with the whole task."""
    data = {"taskId": "t1", "state": "fail", "failCode": 7, "failMsg": "too dark"}
    with pytest.raises(TaskFailed) as caught:
        waited("sync", envelope(501, data))
    assert (caught.value.fail_code, caught.value.fail_message) == ("7", "too dark")


def by_task(answers: dict[str, list[httpx.Response]]) -> Callable[[httpx.Request], httpx.Response]:
    """Answers for several tasks, each in its own order; the last one stays."""

    def reply(request: httpx.Request) -> httpx.Response:
        left = answers[task_id_of(request)]
        answer = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(answer.status_code, content=answer.content)

    return reply


@pytest.mark.parametrize("kind", KINDS)
def test_some_failed_some_succeeded_is_a_partial_failure(kind: str) -> None:
    """The pictures there are come with the error, in order, and every failure is named."""
    answers = {
        "t1": [details("t1", "waiting"), succeeded("t1")],
        "t2": [details("t2", "fail", failCode="500", failMsg="oops")],
        "t3": [UNKNOWN],
        "t4": [succeeded("t4")],
    }
    script = Script(polls=[by_task(answers)])
    with pytest.raises(PartialFailure) as caught:
        play(kind, script, lambda c: c.job("t1", "t2", "t3", "t4").wait())
    error = caught.value
    assert error.message == "2 of 4 tasks did not succeed: The task failed: oops"
    assert error.task_ids == ("t2", "t3")
    assert [type(failure) for failure in error.failures] == [TaskFailed, TaskNotFound]
    assert [(image.task_id, image.index) for image in error.result.images] == [("t1", 0), ("t4", 1)]
    assert error.job.task_ids == ("t1", "t2", "t3", "t4")


def test_if_all_failed_the_first_failure_is_the_error() -> None:
    """There is no result that could come with it."""
    answers = {name: [details(name, "fail", failMsg=name)] for name in ("t1", "t2")}
    script = Script(polls=[by_task(answers)])
    with pytest.raises(TaskFailed, match="The task failed: t1") as caught:
        play("sync", script, lambda c: c.job("t1", "t2").wait())
    assert caught.value.task_ids == ("t1",)
    assert caught.value.job.task_ids == ("t1", "t2")


@pytest.mark.parametrize("kind", KINDS)
def test_the_result_is_in_the_order_of_the_creates(kind: str) -> None:
    """Whichever task ends first."""
    answers = {
        "t1": [details("t1", "waiting"), details("t1", "waiting"), succeeded("t1")],
        "t2": [succeeded("t2", "https://x.example/1", "https://x.example/2")],
        "t3": [details("t3", "waiting"), succeeded("t3")],
    }
    script = Script(polls=[by_task(answers)])
    result = play(kind, script, lambda c: c.job("t1", "t2", "t3").wait())
    assert [(image.task_id, image.index) for image in result.images] == [
        ("t1", 0), ("t2", 1), ("t2", 2), ("t3", 3),
    ]  # fmt: skip
    assert result.images[2].url == "https://x.example/2"


def test_a_time_out_of_several_tasks_resumes_without_asking_about_those_that_ended() -> None:
    """A task's final word does not change, so it is not asked for again."""
    answers = {"t1": [succeeded("t1")], "t2": [details("t2", "waiting")]}
    script = Script(polls=[by_task(answers)])

    def action(client: Any) -> Any:
        with pytest.raises(TaskTimeout, match="1 of 2 tasks still run") as caught:
            client.job("t1", "t2").wait(timeout=4)
        assert caught.value.task_ids == ("t1", "t2")
        answers["t2"] = [succeeded("t2")]
        return caught.value.job.wait()

    assert play("sync", script, action).task_ids == ("t1", "t2")
    assert [task_id_of(request) for request in script.requests].count("t1") == 1


def test_several_tasks_are_each_asked_once_even_without_time() -> None:
    """A wait of 0 s is a look at every task, within the rate."""
    answers = {name: [succeeded(name)] for name in ("t1", "t2", "t3", "t4")}
    time = Time()
    result = play(
        "sync", Script(polls=[by_task(answers)]), lambda c: c.job(*answers).wait(0), time=time
    )
    assert len(result.images) == 4
    assert time.sleeps == pytest.approx([0.102] * 3)


def test_several_tasks_are_all_asked_once_more_before_the_deadline() -> None:
    """Their last polls stand one after the other, so that the rate does not cost one of them."""
    answers = {name: [details(name, "waiting")] for name in ("t1", "t2", "t3", "t4")}
    time, script = Time(), Script(polls=[by_task(answers)])
    moments: dict[str, float] = {}

    def reply(request: httpx.Request) -> httpx.Response:
        moments[task_id_of(request)] = time.now - 1000
        return by_task(answers)(request)

    script = Script(polls=[reply])
    with pytest.raises(TaskTimeout, match="4 of 4 tasks still run"):
        play("sync", script, lambda c: c.job(*answers).wait(20), time=time)
    assert sum(time.sleeps) == pytest.approx(20)
    assert moments == pytest.approx({"t1": 20.0, "t2": 19.898, "t3": 19.796, "t4": 19.694})


@pytest.mark.parametrize("kind", KINDS)
def test_updates_tell_everything_as_it_is_learned(kind: str) -> None:
    """Ids as soon as they exist, then states, with the seconds since the call began."""
    script = Script(creates=[created("t1")], polls=[WAITING, envelope(500), DONE])
    updates: list[Update] = []
    play(kind, script, lambda c: c.generate(PROMPT, on_update=updates.append))
    told = [(each.state, each.elapsed, each.task_ids, type(each.problem)) for each in updates]
    nothing = type(None)
    assert told == [
        ("submitted", 0.0, ("t1",), nothing),
        ("waiting", 0.0, ("t1",), nothing),
        ("", pytest.approx(2.7), ("t1",), GatewayUnavailable),
        ("success", pytest.approx(5.4), ("t1",), nothing),
    ]
    assert [each.task is None for each in updates] == [True, False, True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_updates_can_be_iterated(kind: str) -> None:
    """`updates()` yields what `on_update` gets, and `wait()` then has the result at hand."""
    script = Script(polls=[WAITING, GENERATING, DONE])

    def sync(client: Any) -> Any:
        job = client.job("t1")
        return [update.state for update in job.updates()], job.wait()

    async def by_await(client: Any) -> Any:
        job = client.job("t1")
        return [update.state async for update in job.updates()], await job.wait()

    states, result = play(kind, script, sync if kind == "sync" else by_await)
    assert states == ["waiting", "generating", "success"]
    assert result.task_ids == ("t1",)
    assert len(script.requests) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_updates_raise_what_a_wait_raises(kind: str) -> None:
    """At the end, after the update that tells of it."""
    script = Script(polls=[details("t1", "fail")])
    with pytest.raises(TaskFailed) as caught:
        play(kind, script, lambda c: c.job("t1").updates())
    assert caught.value.job.task_ids == ("t1",)


def test_on_update_may_be_a_coroutine_function_for_the_async_client() -> None:
    """It is awaited before anything else happens."""
    states: list[str] = []

    async def on_update(update: Update) -> None:
        await settled(None)
        states.append(update.state)

    waited("async", WAITING, DONE, on_update=on_update)
    assert states == ["waiting", "success"]


@pytest.mark.parametrize("kind", KINDS)
def test_status_asks_for_every_task_once(kind: str) -> None:
    """A failed task is an answer, not an error; so is a state that nobody knows."""
    answers = {
        "t1": [details("t1", "waiting")],
        "t2": [details("t2", "fail", failMsg="no")],
        "t3": [details("t3", "dreaming")],
        "t4": [succeeded("t4")],
        "t5": [details("t5", "success")],
    }
    time, script = Time(), Script(polls=[by_task(answers)])
    tasks = play(kind, script, lambda c: c.job(*answers).status(), time=time)
    assert [task.state for task in tasks] == ["waiting", "fail", "dreaming", "success", "success"]
    assert tasks[1].fail_message == "no"
    assert tasks[3].urls == ("https://files.example/t4.png",)
    assert time.sleeps == pytest.approx([0.102] * 4)  # ten a second are documented
    assert len(script.requests) == 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (UNKNOWN, TaskNotFound),
        (envelope(401), AuthenticationError),
        (envelope(200, None), UnexpectedResponse),
        (httpx.Response(503), GatewayUnavailable),
        (httpx.ReadTimeout("x"), TransportError),
    ],
)
def test_status_says_what_went_wrong(kind: str, answer: Reply, error: type[Imagen4Error]) -> None:
    """Without riding anything out: the caller asked for now."""
    with pytest.raises(error) as caught:
        play(kind, Script(polls=[answer]), lambda c: c.job("t1").status())
    assert caught.value.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_task_does_not_hide_how_the_others_stand(kind: str) -> None:
    """All are asked for, and the error holds the tasks that could be read."""
    answers = {"t1": [UNKNOWN], "t2": [details("t2", "waiting")], "t3": [succeeded("t3")]}
    with pytest.raises(PartialFailure) as caught:
        play(kind, Script(polls=[by_task(answers)]), lambda c: c.job(*answers).status())
    assert caught.value.message == "1 of 3 tasks could not be read: recordInfo is null"
    assert [task.state for task in caught.value.result.tasks] == ["waiting", "success"]
    assert [type(failure) for failure in caught.value.failures] == [TaskNotFound]
    assert caught.value.task_ids == ("t1",)
    assert caught.value.job.task_ids == ("t1", "t2", "t3")


def test_many_looks_keep_to_the_documented_rate() -> None:
    """As polls do, together with those of other calls."""
    names, time = [f"t{number}" for number in range(40)], Time()
    script = Script(polls=[lambda request: details(task_id_of(request), "waiting")])
    play("sync", script, lambda c: (c.job(*names).status(), c.job(*names).status()), time=time)
    assert sum(time.sleeps) == pytest.approx(79 * 0.102)


@pytest.mark.parametrize(
    "task_ids", [(), ("",), ("a b",), ("t1", "ü"), ("x" * 257,), (None,), ("\n",)]
)
def test_job_refuses_what_is_no_task_id(task_ids: tuple[Any, ...]) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidRequest, match=r"job\(\) takes the ids of tasks"):
        play("sync", Script(), lambda c: c.job(*task_ids))


def test_job_takes_each_task_once() -> None:
    """An id given twice is one task with one set of pictures."""
    job = play("sync", Script(), lambda c: c.job("t2", "t1", "t2"))
    assert job.task_ids == ("t2", "t1")
    assert repr(job) == "<Job kie t2 t1>"


@pytest.mark.parametrize(
    "timeout", [-1, float("nan"), float("inf"), 10**400, 1.1e9, "30", True, b"1", [1]]
)
def test_a_time_out_must_be_a_number_of_seconds(timeout: Any) -> None:
    """A negative one, or none at all, is refused before anything is sent."""
    with pytest.raises(InvalidRequest, match="timeout must be a number of seconds, 0 or more"):
        play("sync", Script(), lambda c: c.generate(PROMPT, timeout=timeout))


def test_a_poll_near_the_deadline_does_not_hang_past_it() -> None:
    """Its HTTP time-out is cut to what is left, but leaves five seconds for the answer."""
    script = Script(polls=[WAITING])
    with pytest.raises(TaskTimeout):
        play("sync", script, lambda c: c.job("t1").wait(40))
    limits = [request.extensions["timeout"]["read"] for request in script.requests]
    assert limits[0] == 30.0
    assert limits[-1] == 5.0
    assert limits[5] == pytest.approx(40 - 5 * 2.7)
    assert limits == sorted(limits, reverse=True)
    assert json.loads(WAITING.text)["data"]["state"] == "waiting"
