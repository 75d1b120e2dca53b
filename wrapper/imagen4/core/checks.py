"""Settings that a caller gives, held to what they may be before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from numbers import Real
from typing import TypeVar

from ..errors import InvalidRequest

T = TypeVar("T")
Requests = TypeVar("Requests")

# Thirty years, less than what the system's own time-outs can hold.
LONGEST = 1e9


def real_number(value: object) -> float | None:
    """The value as a float, which may be infinite; None if it is no real number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        found = float(value)
    except OverflowError:  # an int with more digits than a float can hold
        return None
    return None if isnan(found) else found


def seconds(value: object, name: str, *, zero: bool = True) -> float:
    """A finite number of seconds. Raises InvalidRequest."""
    found = real_number(value)
    if found is None or not (0 <= found <= LONGEST) or (found == 0 and not zero):
        bound = ", 0 or more" if zero else " above 0"
        raise InvalidRequest(f"{name} must be a number of seconds{bound}")
    return found


def at_least_one(value: object, name: str) -> int:
    """A whole number of at least one. Raises InvalidRequest."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRequest(f"{name} must be an int of at least 1")
    return value


def instance_of(value: object, kind: type[T], name: str) -> T:
    """The value, if it is of that class. Raises InvalidRequest."""
    if not isinstance(value, kind):
        raise InvalidRequest(f"{name} must be of class {kind.__name__}, not {type(value).__name__}")
    return value


def checked_requests(requests: Requests, *kinds: type) -> Requests:
    """A single prompt is refused: its characters are not meant, and each would be paid for.

    kinds: what is taken besides iterables.
    """
    if isinstance(requests, (str, bytes, bytearray)) or not isinstance(
        requests, (Iterable, *kinds)
    ):
        raise InvalidRequest("generate_many() takes an iterable of prompts and Requests")
    return requests
