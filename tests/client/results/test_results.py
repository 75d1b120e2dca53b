"""Guards against a result that leaves out what the gateway said, or that pictures are missing."""

import logging
from typing import Any

import pytest

import imagen4
from client.play import PROMPT, Script, created, play, succeeded
from client.steps import core
from imagen4 import Result


def test_a_result_has_what_the_gateway_said() -> None:
    """Times in aware datetimes, the cost as a timedelta, the answers as they were."""
    polls = [lambda request: succeeded(request.url.params["taskId"])]
    result = play("sync", Script(polls=polls), lambda c: c.job("t1", "t2").wait())
    assert str(result.created) == "2026-04-30 08:53:10.339000+00:00"
    assert str(result.completed) == "2026-04-30 08:53:22.339000+00:00"
    assert str(result.cost_time) == "0:00:12"
    assert [each["data"]["taskId"] for each in result.raw] == ["t1", "t2"]
    assert result.task_ids == ("t1", "t2")
    assert "resultJson" not in repr(result)


def test_of_several_tasks_the_result_spans_all() -> None:
    """From the first creation to the last completion, and the longest work in between."""
    tasks = [
        imagen4.Task("t1", "success", cost_time=None),
        *play("sync", Script(polls=[succeeded("t2")]), lambda c: c.job("t2").status()),
    ]
    result: Any = Result((), tuple(tasks), (), core(), None)
    assert (str(result.cost_time), result.created) == ("0:00:12", tasks[1].created)
    empty: Any = Result((), (tasks[0],), (), core(), None)
    assert (empty.cost_time, empty.created, empty.completed) == (None, None, None)


@pytest.mark.parametrize(("asked", "warned"), [(2, True), (1, False)])
def test_fewer_pictures_than_were_asked_for_are_worth_a_warning(
    asked: int, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """They were paid for; what came is the result all the same."""
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    with caplog.at_level(logging.WARNING, logger="imagen4"):
        result = play(
            "sync", script, lambda c: c.generate(PROMPT, num_images=asked), gateway="apikley"
        )
    assert len(result.images) == 1
    assert ("1 pictures that were paid for did not come, tasks t1" in caplog.text) is warned
