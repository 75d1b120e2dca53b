"""What errors and logs say, word for word: people search for it, and paste it."""

from collections.abc import Callable
from typing import Any

import pytest

from client.play import PROMPT, Script, created, envelope, play, succeeded
from imagen4 import (
    Finished,
    Imagen4Error,
    InvalidRequest,
    Polling,
    Request,
    SubmissionUncertain,
    TaskFailed,
    callbacks,
)
from imagen4.core.effects import Call, Send
from imagen4.core.many import checked_requests, log_untaken
from imagen4.downloads.transfer import refused

UNSURE = succeeded("t1").content.replace(b'"code":200', b'"code":501')
CALLS: dict[str, Callable[[], Any]] = {
    "The callback's code is that of a failure, its state is success": (
        lambda: callbacks.parse(UNSURE)
    ),
    "verify() takes the webhook key of the account, which is not empty": (
        lambda: callbacks.verify({}, b"", "")
    ),
    "The body of a callback is bytes or text": lambda: callbacks.as_bytes(None),  # type: ignore[arg-type]
    "generate_many() takes an iterable of prompts and Requests": lambda: checked_requests("a"),
    "Polling.pace must be bands of seconds (until, shortest, longest), one or more": (
        lambda: Polling(pace=())
    ),
    "neither result nor error": lambda: Finished(0, Request("a")).get(),
    "No connection was free in time": lambda: Send(Call("GET", "/"), 1.0).waited(2.0),
}


@pytest.mark.parametrize("words", CALLS)
def test_refusals_say_what_is_meant(words: str) -> None:
    """In one sentence, and nothing else."""
    with pytest.raises(Imagen4Error) as caught:
        CALLS[words]()
    assert caught.value.message == words


def test_a_status_that_says_nothing_about_the_link() -> None:
    """Is named by its number."""
    error = refused(418)
    assert error.message == "The picture cannot be fetched: unexpected status"
    assert error.http_status == 418


def test_the_same_id_twice_is_no_second_task() -> None:
    """It would be counted, waited for and paid twice."""
    script = Script(creates=[created("t1"), created("t1")])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT, num_images=2))
    assert str(caught.value.__cause__).startswith(
        "A success with the id of an earlier create's task"
    )


def test_a_create_that_is_tried_again_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With the gateway, the reason and the pause."""
    script = Script(creates=[envelope(429, None, "slow down"), created("t1")])
    play("sync", script, lambda c: c.submit(PROMPT))
    said = [record.getMessage() for record in caplog.records]
    assert "kie: not created (slow down [code 429, HTTP 200]), again in 1.5 s" in said


@pytest.mark.parametrize("field", ["result", "error"])
def test_what_nobody_took_is_logged_with_all_its_tasks(
    field: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A result, or an error of tasks that exist; of others there is nothing to say."""
    outcome: Any = TaskFailed("no", task_ids=("t1", "t2"))
    log_untaken(Finished(0, Request("a"), **{field: outcome}))
    log_untaken(Finished(1, Request("b"), error=InvalidRequest("no")))
    said = [record.getMessage() for record in caplog.records]
    assert said == ["Results that were not taken: tasks t1, t2"]
