"""Tasks: what was asked for, and the script of states the task goes through on the clock."""

import hashlib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from .bounded import Bounded

MAX_TASK_BYTES = 64 * 1024 * 1024
URL_LIFETIME = 24 * 3600.0
"""Seconds a result URL works: "typically" 24 hours, say the documents."""
MEDIA_LIFETIME = 14 * 24 * 3600.0
"""Seconds until the pictures themselves are deleted: 14 days, say the documents."""
TERMINAL = ("success", "fail")


@frozen
class Stage:
    """The task is in `state` from `start` seconds after its creation."""

    start: float
    state: str


@frozen
class Script:
    """How a task will go. Faults rewrite it; nothing else does."""

    stages: tuple[Stage, ...]
    fail_code: str = ""
    fail_message: str = ""
    visible_from: float = 0.0
    visible_until: float = float("inf")
    pictures: int | None = None
    """How many pictures the result holds, where that is not what was asked for."""
    result_text: str | None = None
    """resultJson, where it is not what it should be."""

    @property
    def end(self) -> float | None:
        """Seconds from creation to the first terminal state, None if there is none."""
        return next((stage.start for stage in self.stages if stage.state in TERMINAL), None)


@frozen
class Task:
    """A task that was paid for. Times are Unix seconds on the sandbox's clock."""

    id: str
    gateway: str
    request: Mapping[str, Any]
    created: float
    price: float
    files: str
    """Base of the URLs its pictures are served under, without a trailing slash."""
    script: Script
    inputs: Mapping[str, Any]
    """The fields of `input` that the gateway's document has, its defaults filled in."""
    weight: int
    """Bytes of memory it roughly takes."""

    @property
    def prompt(self) -> str:
        return str(self.inputs.get("prompt", ""))

    @property
    def aspect_ratio(self) -> str:
        return str(self.inputs.get("aspect_ratio", ""))

    @property
    def pictures(self) -> int:
        """How many pictures the result holds: `num_images` where the gateway has that field."""
        if self.script.pictures is not None:
            return self.script.pictures
        return int(self.inputs.get("num_images") or 1)

    @property
    def look(self) -> str:
        """What the pictures are drawn from: the same seed and prompt give the same look."""
        seed = str(self.inputs.get("seed") or self.id)
        negative = str(self.inputs.get("negative_prompt", ""))
        parts = "\0".join((self.prompt, negative, self.aspect_ratio, seed))
        return hashlib.sha256(parts.encode()).hexdigest()

    def stage(self, now: float) -> Stage:
        passed = [stage for stage in self.script.stages if self.created + stage.start <= now]
        return passed[-1] if passed else self.script.stages[0]

    def state(self, now: float) -> str:
        return self.stage(now).state

    def updated(self, now: float) -> float:
        """When the present state began."""
        return self.created + self.stage(now).start

    @property
    def completed(self) -> float | None:
        """When it ends or ended; None for a task that never does."""
        return None if self.script.end is None else self.created + self.script.end

    def visible(self, now: float) -> bool:
        """Whether recordInfo knows it."""
        return self.script.visible_from <= now - self.created < self.script.visible_until

    def urls(self) -> list[str]:
        return [f"{self.files}/{self.id}/{index}.png" for index in range(self.pictures)]


def new_tasks(max_tasks: int) -> Bounded[tuple[str, str], Task]:
    """Tasks by gateway and id; the oldest drop when there are too many."""
    return Bounded(max_tasks, MAX_TASK_BYTES, lambda task: task.weight)
