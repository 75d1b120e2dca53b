"""Guards against an error that loses the ids of paid tasks on its way to another process."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client.play import KEY, KINDS, QUICK, Script, created, details, envelope, play, succeeded
from client.play import task_id_of as asked
from imagen4 import (
    AsyncClient,
    Client,
    Imagen4Error,
    PartialFailure,
    RateLimited,
    SubmissionUncertain,
    TaskFailed,
    TaskTimeout,
)


def pickled(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, of a moment ago


COPIES: dict[str, Callable[[Any], Any]] = {
    "pickled": pickled,
    "copied": copy.deepcopy,
}


def raised(kind: str, script: Script, **more: Any) -> Any:
    """The error that a request of two pictures ends with."""
    with pytest.raises(Imagen4Error) as caught:
        play(kind, script, lambda c: c.generate("a fox", num_images=2, timeout=0), **more)
    return caught.value


def both() -> list[httpx.Response]:
    return [created("t1"), created("t2")]


def one_fails(request: httpx.Request) -> httpx.Response:
    return succeeded("t1") if asked(request) == "t1" else details("t2", "fail", failMsg="too dark")


ERRORS: dict[type[Imagen4Error], Callable[[], Script]] = {
    TaskTimeout: lambda: Script(creates=both(), polls=[lambda r: details(asked(r), "waiting")]),
    TaskFailed: lambda: Script(creates=both(), polls=[lambda r: details(asked(r), "fail")]),
    SubmissionUncertain: lambda: Script(creates=[created("t1"), httpx.ReadTimeout("x")]),
    PartialFailure: lambda: Script(creates=both(), polls=[one_fails]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("expected", ERRORS)
def test_an_error_with_a_job_can_leave_its_process(
    kind: str, how: str, expected: type[Imagen4Error]
) -> None:
    """Everything but the job goes along, and the original keeps that."""
    error = raised(kind, ERRORS[expected](), polling=QUICK)
    again = COPIES[how](error)
    assert type(again) is type(error) is expected
    assert error.job.task_ids[0] == "t1"
    assert again.job is None
    left = {"job", "result", "failures"}
    plain = {name: value for name, value in vars(error).items() if name not in left}
    assert {name: value for name, value in vars(again).items() if name not in left} == plain
    assert str(again) == str(error)
    assert again.task_ids == error.task_ids != ()
    assert KEY.encode() not in pickle.dumps(error)


def test_a_partial_failure_keeps_the_tasks_that_went_well() -> None:
    """Without the means to fetch their pictures, but with the links to them."""
    error = raised("sync", ERRORS[PartialFailure](), polling=QUICK)
    again = pickled(error)
    assert [task.urls for task in again.tasks] == [("https://files.example/t1.png",)]
    assert again.tasks == error.tasks == error.result.tasks
    assert again.result is None
    assert [str(each) for each in again.failures] == [str(each) for each in error.failures]
    assert pickled(PartialFailure("none")).tasks == ()
    assert pickled(again).tasks == again.tasks


def test_what_the_kinds_add_goes_along() -> None:
    """Such as the gateway's wish."""
    error = raised("sync", Script(creates=[envelope(429, status=429)] * 9), polling=QUICK)
    assert isinstance(error, RateLimited)
    error.retry_after = 7.0
    assert pickled(error).retry_after == 7.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_or_job_says_why_it_cannot_leave_its_process(kind: str) -> None:
    """And what to pass on instead of it; within the process a copy is as good as the original."""
    result = play(kind, Script(polls=[succeeded("t1")]), lambda c: c.job("t1").wait())
    job = (Client if kind == "sync" else AsyncClient)("kie", api_key=KEY).job("t1")
    for each in (result, result.images[0], job):
        with pytest.raises(TypeError, match=r"cannot be pickled.* pass on their task ids"):
            pickle.dumps(each)
        assert copy.copy(each) is copy.deepcopy(each) is each
