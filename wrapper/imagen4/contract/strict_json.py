"""JSON and what is wrong with it; where something is, what a tolerant reader makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

BOM = b"\xef\xbb\xbf"
DEEPEST = 200
"""Levels. Some readers end at 64, what checks schemas here at 255; envelopes have four."""
TOO_DEEP = "nested too deeply"


@dataclass(frozen=True)
class Reading:
    """`value` is meaningful when `readable`; `problem` is empty for strict JSON."""

    value: Any
    readable: bool
    problem: str


class NotStrictError(ValueError):
    """Readers exist that take this apart differently, or not at all (RFC 8259)."""


def read(content: bytes) -> Reading:
    """Read bytes as JSON, leniently, and say in a few words why they are not strict JSON."""
    problem, value = _strictly(content)
    if problem:
        text = content.removeprefix(BOM).decode("utf-8", errors="replace").lstrip()
        try:
            # NaN becomes null, so that its only finding is that it is no JSON.
            value, _ = json.JSONDecoder(strict=False, parse_constant=_null).raw_decode(text)
        except (ValueError, RecursionError):
            return Reading(None, False, problem)
    if content.count(b"[") + content.count(b"{") > DEEPEST and _is_deep(value):
        return Reading(None, False, problem or TOO_DEEP)
    return Reading(value, True, problem)


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST + 1):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for several in inner for each in several if isinstance(each, dict | list)]
    return bool(level)


@lru_cache(maxsize=64)
def value_of(text: str) -> Any:
    """The value of JSON inside a string field; None for text that is not strict JSON.

    Remembered, for each read of a task repeats its texts: not to be changed by callers.
    """
    reading = read(text.encode("utf-8", "surrogatepass"))
    return None if reading.problem else reading.value


def _strictly(content: bytes) -> tuple[str, Any]:
    """What is wrong with it, and the value where nothing is."""
    try:
        return "", _value_of_strict(content)
    except UnicodeDecodeError:
        problem = "not UTF-8"
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}"
    except NotStrictError as error:
        problem = str(error)
    except RecursionError:
        problem = TOO_DEEP
    except ValueError:
        problem = "a number too long to read"
    return problem, None


def _value_of_strict(content: bytes) -> Any:
    if not content.strip():
        raise NotStrictError("empty body")
    if content.startswith(BOM):
        raise NotStrictError("begins with a byte order mark")
    return json.loads(
        content.decode("utf-8"), object_pairs_hook=_with_unique_names, parse_constant=_no_constant
    )


def _with_unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrictError(f"the name {twice!r} occurs twice in one object")
    return found


def _null(_text: str) -> None:
    return None


def _no_constant(text: str) -> Any:
    raise NotStrictError(f"{text} is not a JSON value")
