"""A pytest plugin: which tests run against a mutant, and in which order.

Thousands of runs have to be quick, and must not fail by themselves:
- both clients share every decision, so the sync one is enough;
- a few examples of each property are enough;
- tests with a real server have real time-outs, which a busy machine breaks.
"""

from __future__ import annotations

import inspect
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

EXAMPLES = 12
ORDER = "IMAGEN4_MUTATION_ORDER"  # a JSON file: names of tests, the ones to run first
# A real server; mutmut's stand-ins for functions, which keep no defaults; thousands of examples.
UNFIT = ("Loopback(", "__kwdefaults__", "max_examples=EXAMPLES", "subprocess.")
SLOW = (
    "test_a_cancellation_at_any_await_loses_no_id",
    "test_results_that_were_fetched_are_not_kept",
)


def pytest_configure() -> None:
    """After the project's own conftest.py, which loads its default profile."""
    settings.register_profile(
        "mutation",
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if fit(item)]
    if ORDER in os.environ:
        order = json.loads(Path(os.environ[ORDER]).read_text(encoding="utf-8"))
        place = {name: number for number, name in enumerate(order)}
        items.sort(key=lambda item: place.get(item.nodeid, len(place)))


def fit(item: Any) -> bool:
    """Whether a test is quick and tells something that another does not."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    again = "async" in (given.get("side"), given.get("kind"))
    source = inspect.getsource(item.function)
    return (
        not again
        and item.name.partition("[")[0] not in SLOW
        and not any(word in source for word in UNFIT)
    )


def pytest_sessionstart() -> None:
    """Forget the documents that were read before the mutant came to life."""
    from imagen4.gateways.apikley import ADAPTER as APIKLEY
    from imagen4.gateways.kie import ADAPTER as KIE

    for adapter in (KIE, APIKLEY):
        vars(adapter).pop("body_schema", None)
