"""The suite's own checks: a recorded conversation in, findings out; no I/O anywhere.

Each check is a small function registered under a name, with the promise it is about
and where in the document that promise stands.
"""

from imagen4.contract.checks import (
    ahead,
    authorization,
    clock,
    envelope,
    fates,
    liveness,
    records,
    requests,
    results,
    states,
    tasks,
    times,
    wire,
)
from imagen4.contract.checks.registry import CHECKS, Check, Finding, findings

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "ahead",
    "authorization",
    "clock",
    "envelope",
    "fates",
    "findings",
    "liveness",
    "records",
    "requests",
    "results",
    "states",
    "tasks",
    "times",
    "wire",
]
