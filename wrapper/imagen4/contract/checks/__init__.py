"""The suite's own checks: a recorded conversation in, findings out; no I/O anywhere.

Each check is a small function registered under a name, with the promise it is about
and where in the document that promise stands.
"""

from __future__ import annotations

from ..checks import (
    authorization,
    clock,
    envelope,
    failure_causes,
    future_times,
    liveness,
    records,
    requests,
    results,
    states,
    tasks,
    times,
    wire,
)
from .registry import CHECKS, Check, Finding, findings

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "authorization",
    "clock",
    "envelope",
    "failure_causes",
    "findings",
    "future_times",
    "liveness",
    "records",
    "requests",
    "results",
    "states",
    "tasks",
    "times",
    "wire",
]
