"""Tasks: what was asked for, and the script of states the task goes through on the clock."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..facts.models import COUNT_FIELDS
from ..facts.protocol import FAILED, MODEL, SUCCEEDED
from .shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

URL_LIFETIME = 24 * 3600.0
"""Seconds a result URL works: "typically" 24 hours, say the documents."""
MEDIA_LIFETIME = 14 * 24 * 3600.0
"""Seconds until the pictures themselves are deleted: 14 days, say the documents."""
MOST_PICTURES = 100
"""Of one task: no page allows as many, but a page may forget to say how many."""
FINAL_STATES = (SUCCEEDED, FAILED)


def asked_pictures(inputs: Mapping[str, Any]) -> int:
    """By whichever field the model counts pictures with; one where it has none."""
    asked = next((inputs[name] for name in COUNT_FIELDS if inputs.get(name)), 1)
    try:
        return min(max(1, int(asked)), MOST_PICTURES)
    except (TypeError, ValueError):
        return 1


@dataclass(frozen=True, slots=True)
class TaskStage:
    """The task is in `state` from `start` seconds after its creation."""

    start: float
    state: str


@dataclass(frozen=True, slots=True)
class Script:
    """How a task will go. Faults rewrite it; nothing else does."""

    stages: tuple[TaskStage, ...]
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
        """Seconds from creation to the first final state, None if there is none."""
        return next((stage.start for stage in self.stages if stage.state in FINAL_STATES), None)


@dataclass(frozen=True, slots=True)
class SandboxTask:
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
    """The fields of `input` that the model has, its defaults filled in."""
    numbers: tuple[str, ...]
    """Those of them whose values are numbers, listed as texts."""
    weight: int
    """Bytes of memory it roughly takes."""

    @property
    def prompt(self) -> str:
        return str(self.inputs.get("prompt", ""))

    @property
    def model(self) -> str:
        return str(self.request[MODEL])

    @property
    def shape(self) -> str:
        """The ratio or size that was asked for, as it was."""
        return shape_of(self.inputs)

    @property
    def pictures(self) -> int:
        """How many pictures the result holds."""
        return asked_pictures(self.inputs) if self.script.pictures is None else self.script.pictures

    @property
    def look(self) -> str:
        """What the pictures are drawn from: the same inputs and seed give the same look."""
        parts = {**self.inputs, "seed": self.inputs.get("seed") or self.id, MODEL: self.model}
        text = json.dumps({name: parts[name] for name in sorted(parts.keys() - {*COUNT_FIELDS})})
        return hashlib.sha256(text.encode()).hexdigest()

    def stage(self, now: float) -> TaskStage:
        passed = [stage for stage in self.script.stages if self.created + stage.start <= now]
        return passed[-1] if passed else self.script.stages[0]

    def state(self, now: float) -> str:
        return self.stage(now).state

    def has_pictures(self, now: float, lifetime: float = float("inf")) -> bool:
        """Whether it has succeeded, and that less than `lifetime` seconds ago."""
        end = self.completed
        return end is not None and self.state(now) == SUCCEEDED and now < end + lifetime

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
