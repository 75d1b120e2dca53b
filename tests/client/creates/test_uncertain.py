"""Guards against an uncertain create without what is known of it: its moment, its possible id."""

from datetime import UTC, datetime

import httpx
import pytest

from client.play import KINDS, PROMPT, Script, created, envelope, play, succeeded
from client.steps import answer, core
from imagen4 import SubmissionUncertain, TransportError
from imagen4.core.answer import Call
from imagen4.core.effects import Send
from imagen4.core.job_state import JobState
from imagen4.core.request import PlannedCreate
from imagen4.core.submission import uncertain


def test_an_uncertain_create_says_what_is_known() -> None:
    """When it left, what came back, which id it may have, and the tasks that are certain."""
    send = Send(Call("POST", "/"), 1.0, answer({"data": {"recordId": "r1"}}, 500))
    tasks = JobState(
        "job", plans=(PlannedCreate({}, None),) * 3, number=2, task_ids=["t1"], create=send
    )
    problem = TransportError("No answer", code=500, http_status=502, body="x")
    error = uncertain(tasks, problem, datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC))
    assert error.message == (
        "Create 2 of 3, sent at 2026-11-20 12:05:06 UTC, may have been accepted and was not "
        "repeated: No answer. Look at the gateway's list of tasks, or at the balance, before you "
        "try again"
    )
    assert (error.sent_at, error.record_id) == (datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC), "r1")
    assert (error.task_ids, error.code, error.http_status, error.body) == (("t1",), 500, 502, "x")


def test_moments_are_aware() -> None:
    """They are compared with the gateway's."""
    assert core().now().utcoffset() is not None


@pytest.mark.parametrize(
    "answer",
    [
        envelope(200, {"recordId": "r1"}),
        envelope(500, {"task_id": "r1"}),
        envelope(422, {"taskId": "r1"}),
        envelope(429, {"taskId": "r1"}),
        envelope(500, {"recordId": "r1"}),
        envelope(200, {"taskId": "r1"}, status=500),
        envelope(404, {"taskId": "r1"}, status=404),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.text}",
)
def test_an_id_in_an_answer_that_is_no_success_is_kept(answer: httpx.Response) -> None:
    """It may be that of a paid task, so it must not be lost."""
    script = Script(creates=[answer])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert caught.value.record_id == "r1"
    assert len(script.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_one_id_for_two_creates_is_no_success(kind: str) -> None:
    """Two were paid for, and nobody knows the second task; the first one is not lost."""
    script = Script(creates=[created("t1"), created("t1")], polls=[succeeded("t1")])
    with pytest.raises(SubmissionUncertain, match="the id of an earlier create's task") as caught:
        play(kind, script, lambda c: c.generate(PROMPT, num_images=2))
    assert caught.value.job.task_ids == ("t1",)
    assert len(script.sent("createTask")) == 2


def test_the_same_id_twice_is_no_second_task() -> None:
    """It would be counted, waited for and paid twice."""
    script = Script(creates=[created("t1"), created("t1")])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT, num_images=2))
    assert str(caught.value.__cause__).startswith(
        "A success with the id of an earlier create's task"
    )
