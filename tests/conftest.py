"""Settings for every test: hypothesis profiles, and a guard against tests that sleep."""

import gc
import os
import signal
import time
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

import postgres as server

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=50,  # `make test` has to stay under three minutes; `nightly` digs deeper
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """No search for garbage among modules and tests: they stay, and are hundreds of thousands."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True, scope="session")
def own_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes into the ledger of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMAGEN4_LEDGER", str(tmp_path_factory.getbasetemp() / "user-ledger.db"))
        yield


# Windows has no SIGHUP.
ENDINGS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@pytest.fixture(autouse=True, scope="session")
def programs_listen() -> Iterator[None]:
    """The programs that tests start may be interrupted, whoever starts the tests.

    A script's `make test &` and `nohup` ignore signals, and every program inherits that; but none
    inherits a handler, such as this one, which ignores them just as well.
    """
    ignored = [kind for kind in ENDINGS if signal.getsignal(kind) is signal.SIG_IGN]
    for kind in ignored:
        signal.signal(kind, lambda *_: None)
    yield
    for kind in ignored:
        signal.signal(kind, signal.SIG_IGN)


SHOWN = ("tests/workers/", "tests/client/failover/test_matrix.py")
LONGEST_SLEEP = 0.2


@pytest.fixture(autouse=True, scope="session")
def no_real_sleep() -> Iterator[None]:
    """Fail a test that sleeps: waits go through the seams that tests step by hand."""
    really_sleep = time.sleep

    def sleep(seconds: float) -> None:
        assert seconds <= LONGEST_SLEEP, f"a test slept for {seconds} s"
        really_sleep(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", sleep)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[server.Server]:
    """A PostgreSQL server. Where one has to be there, to be without it is a failure."""
    if server.program("initdb") is None:
        if os.environ.get("IMAGEN4_POSTGRES") == "required":
            pytest.fail(server.MISSING)
        pytest.skip(server.MISSING)
    with server.running() as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that some tests print, or a line of: they are what such a run is for."""
    tables: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("passed", []):
        if report.nodeid.startswith(SHOWN) and report.capstdout:
            name = report.nodeid.partition("::")[2].partition("[")[0]
            tables.setdefault(name, []).append(report.capstdout)
    for name, lines in tables.items():
        terminalreporter.section(name, sep="-")
        terminalreporter.write("".join(lines))
