"""A gateway that says what kie was recorded to say: ids, model, param and times are the task's own.

`recorded.json` are answers that others published (April 2026, other models of kie's on the same two
operations; prompts taken out). Whether to accept or refuse is decided as by the reference; how that
is said was recorded, but for a wrong key and an unknown model, of which nobody has shown an answer.
"""

import json
import re
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from sharpening.clock import Clock
from sharpening.reference import Reference, RefusedError, Task

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))
BODIES = [each["body"] for each in RECORDED]
(CREATED,) = (body for body in BODIES if "recordId" in (body["data"] or {}))
RECORDS = [body["data"] for body in BODIES if "state" in (body["data"] or {})]
RUNNING = [each for each in RECORDS if each["state"] in ("waiting", "generating")]
ENDED = [each for each in RECORDS if each["state"] in ("success", "fail")]
BAD_PARAMETER = [body["msg"] for body in BODIES if body["code"] == 500]
(UNKNOWN,) = (body["msg"] for body in BODIES if body["code"] == 422)
LEFT_OUT = (-192, 0, 70, 445, 939, 1_016, 1_273)
"""Milliseconds by which costTime is short: recorded ones, and the bounds of the worst 9 of 64."""
SOON = 0.1
"""Seconds after which a task fails whose times were never told: read 139 ms after its create."""


class Replay(Reference):
    """One gateway in the observed style; the seed says which recorded task each task repeats."""

    def __init__(self, gateway: str, clock: Clock, seed: int = 0) -> None:
        super().__init__(gateway, "observed", clock)
        self.random = Random(seed)
        self.course: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {}

    def new_id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def bad_parameter(self, message: str) -> RefusedError:
        return RefusedError(500, self.random.choice(BAD_PARAMETER))

    def unknown(self) -> RefusedError:
        return RefusedError(422, UNKNOWN)

    def created(self, task: Task) -> Any:
        choose = self.random.choice
        self.course[task.id] = choose(RUNNING), choose(ENDED), choose(LEFT_OUT)
        return dict.fromkeys(CREATED["data"], task.id)

    def param(self, task: Task) -> str:
        """A text from a list of digits was kept as a number, 13 times of 13."""
        given = task.request["input"]
        counts = "num_images" in given and "num_images" in self.fields()
        kept = {"num_images": int(given["num_images"])} if counts else {}
        inner = json.dumps(given | kept, ensure_ascii=False, separators=(",", ":"))
        return json.dumps({"input": inner, "model": task.request["model"]}, ensure_ascii=False)

    def record(self, task: Task) -> dict[str, Any]:
        running, ended, left_out = self.course[task.id]
        cost, age = ended["costTime"], self.now() - task.created
        took = SOON if cost is None else cost + left_out / 1000
        created = int(task.created * 1000)
        record = deepcopy(ended if age >= took else running)
        record |= {"taskId": task.id, "model": task.request["model"], "createTime": created}
        record["param"] = self.param(task)
        if record["completeTime"] is not None:
            record["completeTime"] = created + round(took * 1000)
        if record["resultJson"]:
            record["resultJson"] = self._pictures(task, record["resultJson"])
        return record

    def _pictures(self, task: Task, recorded: str) -> str:
        """As many as were asked for; the other models made 1, 2 or 6. A host of nobody's."""
        url = json.loads(recorded)["resultUrls"][0]
        path, _, end = re.sub(r"//[^/]+/", "//files.invalid/", url).rpartition(".")
        urls = [f"{path}-{task.id}-{number}.{end}" for number in range(self.pictures(task))]
        return json.dumps({"resultUrls": urls})
