"""What canaries have seen, a JSON line a run, and what has moved since."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from .document import shortened
from .server import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SLOWER = 2.0
"""So many times the median of the last `RUNS` is told; it is no alarm, for times vary."""
RUNS = 10
FAST = 1.0
"""Seconds that nobody minds, however much faster it was before."""


@dataclass(frozen=True)
class Sighting:
    """One run. What was not seen is None or empty."""

    at: str
    """When it was over, in UTC."""
    gateway: str
    model: str
    envelope: tuple[str, ...] = ()
    """The fields of the answer to the create."""
    record: tuple[str, ...] = ()
    """The fields of the record of the task that had ended."""
    credits: float | None = None
    format: str | None = None
    width: int | None = None
    """In pixels, like the height."""
    height: int | None = None
    create_seconds: float | None = None
    task_seconds: float | None = None
    """From the create until it was seen to have ended."""
    problem: str = ""
    """Why there is no picture."""

    @property
    def picture(self) -> str | None:
        return f"{self.format} {self.width}×{self.height}" if self.format else None

    def as_line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


class Move(NamedTuple):
    """A difference to the runs before."""

    told: str
    alarm: bool
    """Whether somebody has to look; that there is more than before is only told."""


def read_history(path: Path, gateway: str, model: str) -> list[Sighting]:
    """The runs of this model in the file, oldest first; none without it.

    CouldNotRunError: it is none.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        runs = [_read_sighting(line) for line in text.splitlines()]
    except (ValueError, TypeError):
        raise CouldNotRunError(f"{path} is no history of canaries, a JSON line a run") from None
    return [each for each in runs if (each.gateway, each.model) == (gateway, model)]


def _read_sighting(line: str) -> Sighting:
    row = json.loads(line)
    named = {each.name: row[each.name] for each in fields(Sighting) if each.name in row}
    lists = {name: tuple(named.get(name, ())) for name in ("envelope", "record")}
    return Sighting(**(named | lists))


def moved(now: Sighting, past: Sequence[Sighting]) -> Iterator[Move]:
    """What differs from the last run that has seen it."""
    for name in ("credits", "picture"):
        before = [value for each in past if (value := getattr(each, name)) is not None]
        value = getattr(now, name)
        if before and value is not None and value != before[-1]:
            yield Move(f"{name}: {_value_shown(before[-1])} → {_value_shown(value)}", alarm=True)
    for name in ("envelope", "record"):
        before = [value for each in past if (value := getattr(each, name))]
        yield from _fields_moved(name, before[-1:], getattr(now, name))
    for name in ("create_seconds", "task_seconds"):
        times = [value for each in past if (value := getattr(each, name)) is not None][-RUNS:]
        value = getattr(now, name)
        if times and value is not None and value > SLOWER * median(times) and value > FAST:
            told = f"{name}: {value:g}, the median of {len(times)} is {median(times):g}"
            yield Move(told, alarm=False)


def _fields_moved(name: str, before: list[tuple[str, ...]], now: tuple[str, ...]) -> Iterator[Move]:
    for old in before if now else []:
        if gone := sorted({*old} - {*now}):
            yield Move(f"{name}: no longer has {_names(gone)}", alarm=True)
        if new := sorted({*now} - {*old}):
            yield Move(f"{name}: now has {_names(new)}", alarm=False)


def _names(fields_of_server: list[str]) -> str:
    return shortened(", ".join(map(repr, fields_of_server)))


def _value_shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
