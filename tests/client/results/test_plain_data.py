"""Guards against results and tasks that no JSON takes, and reprs that nobody can read in a log."""

import json
from typing import Any

import pytest

from client.loopback import http
from client.pictures import PNG, fetched
from client.play import KEY, KINDS, PROMPT, Script, created, details, play, settled, succeeded
from imagen4 import Task

PARAM = json.dumps({"input": json.dumps({"prompt": PROMPT, "seed": "7"})})
TASK = {
    "task_id": "t1",
    "state": "success",
    "gateway": "kie",
    "model": "google/imagen4",
    "urls": ["https://files.example/1.png"],
    "unusable_links": 0,
    "seed": None,
    "fail_code": None,
    "fail_message": None,
    "progress": None,
    "credits": None,
    "cost_time": 12.0,
    "created": "2026-04-30T08:53:10.339000+00:00",
    "completed": "2026-04-30T08:53:22.339000+00:00",
    "updated": None,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_as_data_is_json_with_the_documented_keys(kind: str) -> None:
    """Times as ISO 8601, lengths of time in seconds."""
    script = Script(polls=[succeeded("t1", *TASK["urls"])])  # type: ignore[misc]
    result = play(kind, script, lambda c: c.job("t1").wait())
    image = {"task_id": "t1", "index": 0, "seed": None, "url": "https://files.example/1.png"}
    assert json.loads(json.dumps(result.to_dict())) == {
        "gateway": "kie",
        "task_ids": ["t1"],
        "images": [image | {"content_type": None, "size": None}],
        "passed_over": {},
        "cost_time": 12.0,
        "created": TASK["created"],
        "completed": TASK["completed"],
        "tasks": [TASK],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_type_and_size_are_in_the_data_once_they_are_known(kind: str) -> None:
    """After a picture was read, or saved."""

    async def action(result: Any) -> Any:
        await settled(result[0].read())
        return result.to_dict()["images"][0]

    image, _, _ = fetched(kind, lambda _: http(200, PNG), action)
    assert (image["content_type"], image["size"]) == ("image/png", [8, 8])


def test_the_data_hold_neither_prompt_nor_key() -> None:
    """The gateway's copy of the request stands in `raw`, which is left out."""
    polls = [details("t1", "fail", param=PARAM, failMsg=f"no {PROMPT}, no {KEY}", failCode="422")]
    (task,) = play("sync", Script(polls=polls), lambda c: c.job("t1").status())
    text = json.dumps(task.to_dict())
    assert PROMPT in str(task.raw)
    assert PROMPT not in text
    assert KEY not in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_repr_is_one_readable_line(kind: str) -> None:
    """Of job, result, image and task: who made what, without links, prompt and key."""
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])

    async def action(client: Any) -> list[str]:
        job = await settled(client.submit(PROMPT, seed="two\nlines"))
        result = await settled(job.wait())
        return [repr(each) for each in (job, result, result[0], result.tasks[0])]

    prefix = "Async" if kind == "async" else ""
    assert play(kind, script, action) == [
        f"<{prefix}Job kie t1>",
        f"<{prefix}Result kie t1: 1 picture>",
        f"<{prefix}Image kie t1 number 1, seed two lines>",
        "<Task kie t1: success, 1 picture>",
    ]


def test_a_fetched_image_says_what_it_is() -> None:
    """And a failed task why."""
    image, _, _ = fetched("sync", lambda _: http(200, PNG), lambda r: (r[0].read(), repr(r[0]))[1])
    assert image == "<Image kie t1 number 1, image/png, 8x8>"
    assert repr(Task("t", "fail", "kie", fail_message="no")) == "<Task kie t: fail, no>"


def test_many_ids_do_not_make_a_long_line() -> None:
    """The first ones, and how many more."""
    ids = [f"t{number}" for number in range(1000)]
    job = play("sync", Script(), lambda c: c.job(*ids))
    assert repr(job) == "<Job kie t0 t1 t2 t3 and 996 more>"
