"""A sandbox that calls back, and a receiver that it can reach."""

from collections.abc import Iterator

import pytest

from client.receiving import KEY
from imagen4.callbacks import Receiver
from imagen4.sandbox import Sandbox


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=0.1, limits=False) as running:
        yield running


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Where no test makes it miss a callback."""
    with Receiver(webhook_key=KEY).running() as running:
        yield running
