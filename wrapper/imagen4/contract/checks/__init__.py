"""The suite's own checks: a recorded conversation in, findings out; no I/O anywhere.

Each check is a small function registered under a name, with the promise it is about
and where in the document that promise stands.
"""

# Importing a module registers its checks, in the order in which reports list them.
# isort: off
from . import times, clock, authorization, envelope, liveness, others, records  # noqa: F401
from . import requests, results, states, tasks, wire  # noqa: F401

# isort: on
from .registry import CHECKS, Check, Finding, Skipped, findings, skipped

__all__ = ["CHECKS", "Check", "Finding", "Skipped", "findings", "skipped"]
