"""Waiting for what another thread or process does, where nothing tells that it is done."""

import time
from collections.abc import Callable


def until(reached: Callable[[], bool], seconds: float = 60.0) -> float:
    """How long it took. The longer it takes, the more rarely it is looked at."""
    began = time.monotonic()
    while not reached():
        passed = time.monotonic() - began
        assert passed < seconds, "it takes too long"
        time.sleep(min(0.1, 0.001 + passed / 10))
    return time.monotonic() - began
