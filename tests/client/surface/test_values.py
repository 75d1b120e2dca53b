"""Guards against a value that holds something nobody gave it."""

import dataclasses
from typing import Any

from imagen4 import Request, Task
from imagen4.core.batch import Batch
from imagen4.core.effects import Call, Send, Update
from imagen4.core.waiting import Watch

UNSET: dict[str, Any] = dict.fromkeys(("aspect_ratio", "negative_prompt", "seed", "callback_url"))


def test_nothing_that_was_not_given_is_made_up() -> None:
    """A request, a task, an update and a batch hold nothing by themselves."""
    assert dataclasses.asdict(Request("a")) == {"prompt": "a", "num_images": 1, **UNSET}
    task = dataclasses.asdict(Task("t", "waiting"))
    assert {name for name, value in task.items() if value is not None} == {
        "task_id",
        "state",
        "urls",
    }
    assert task["urls"] == ()
    update = Update("t", "waiting", 0.0)
    assert (update.task_ids, update.task, update.problem) == ((), None, None)
    assert dataclasses.asdict(Batch()) == {
        "plans": (),
        "callback_url": None,
        "words": (),
        "task_ids": [],
        "seeds": {},
        "seen": {},
        "ended": {},
        "create": None,
    }
    call = Call("GET", "/")
    assert (call.params, call.json, Send(call, 1.0).answer) == ({}, None, None)
    watch = Watch("t", 0.0, 0.0)
    assert (watch.seen, watch.ended, watch.trouble, watch.strange) == (None, None, None, 0)
    assert (watch.unknown, watch.expired, watch.over) == (None, False, False)
