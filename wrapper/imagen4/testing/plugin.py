"""pytest plugin: the fixture `imagen4_sandbox`. What it is for: `imagen4.testing`.

Loaded in every pytest session, so nothing is imported before the fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sandbox import ClientSandbox


@pytest.fixture(scope="session")
def _imagen4_sandbox_running() -> Iterator[ClientSandbox]:
    try:
        from . import ClientSandbox
    except ModuleNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)
    with ClientSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def imagen4_sandbox(_imagen4_sandbox_running: ClientSandbox) -> Iterator[ClientSandbox]:
    """Both gateways on a loopback server, as after a start: see `imagen4.testing`."""
    _imagen4_sandbox_running.reset()
    yield _imagen4_sandbox_running
    _imagen4_sandbox_running.close_clients()
