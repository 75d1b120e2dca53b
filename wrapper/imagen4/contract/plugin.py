"""The same checks in somebody's own pytest suite: `pytest --imagen4-contract=kie …`.

One test for each check, named after it, on one conversation with the server. Importing
this is cheap and needs pytest alone; the rest is imported when the option is given.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..facts import GATEWAYS
from ..facts.gateways import ALLOW_HTTP_VARIABLE, DEFAULT_MODEL
from .choices import KEY_RULE, PHASES, PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reports.model import Report

OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("contract", "Check a server against this gateway's document.", {"choices": list(GATEWAYS)}),
    ("model", "Which of its models to ask for.", {"default": DEFAULT_MODEL}),
    ("base-url", "The server to check; else from the environment, as the client's.", {}),
    ("api-key", f"Its key; {KEY_RULE}.", {}),
    ("profile", "How it answers.", {"choices": PROFILES, "default": "auto"}),
    ("phase", "How much to try.", {"choices": PHASES, "default": "quick"}),
    ("seed", "Of what is generated.", {"type": int, "default": 0}),
    ("strict", "Fail if a check had nothing to look at.", {"action": "store_true"}),
    ("max-paid", "Requests that may be paid for, not on loopback.", {"type": int, "default": 0}),
    ("baseline", "Findings that are accepted (imagen4 contract --baseline).", {"type": Path}),
)
RUN = "could-run"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("imagen4 contract")
    for name, text, rules in OPTIONS:
        group.addoption(f"--imagen4-{name}", help=text, **{"default": None, **rules})


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the contract's tests behind the suite's own."""
    if config.getoption("--imagen4-contract"):
        items.extend(_tests(session, config))


def _tests(session: pytest.Session, config: pytest.Config) -> Iterator[pytest.Item]:
    try:
        from . import run  # noqa: F401  # only asked for: is the extra there?
        from .checks import CHECKS
    except ModuleNotFoundError as missing:
        raise pytest.UsageError(f"no {missing.name}: pip install 'imagen4[contract]'") from None
    single_run = SingleRun(config)
    for name in (RUN, *CHECKS):
        yield ContractTest.from_parent(
            session, name=f"imagen4-contract::{name}", single_run=single_run
        )


class SingleRun:
    """The conversation, held when the first test asks for it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._report: Report | None = None
        self._failure = ""

    def report(self) -> Report | str:
        """The report, or why there is none."""
        from .server import CouldNotRunError

        if self._report is None and not self._failure:
            try:
                self._report = self._hold()
            except CouldNotRunError as error:
                self._failure = _as_pytest_has_it(str(error))
        return self._report or self._failure

    def _hold(self) -> Report:
        from .outputs import Outputs
        from .reports import make_report
        from .run import RunOptions, run_contract
        from .server import CouldNotRunError, find_server

        gateway, url = self._value("contract"), self._value("base-url")
        key, model = self._value("api-key"), self._value("model")
        where = find_server(gateway, url, key, dict(os.environ), model)
        if hasattr(self.config, "workerinput") and not where.loopback:
            raise CouldNotRunError("budget: every pytest-xdist worker would spend it; use -n 0")
        names = ("profile", "seed", "phase", "max_paid", "strict")
        options = RunOptions(where, **{each: self._value(each.replace("_", "-")) for each in names})
        accepted = Outputs({}, baseline=self._value("baseline")).accepted_by(options)
        return make_report(run_contract(options), accepted)

    def _value(self, name: str) -> Any:
        return self.config.getoption(f"--imagen4-{name}")


def _as_pytest_has_it(words: str) -> str:
    """The options of `imagen4 contract` by the names that they have here."""
    words = words.replace("--allow-http", f"{ALLOW_HTTP_VARIABLE}=1")
    return re.sub("--(?=[a-z])", "--imagen4-", words)


class BrokenPromiseError(Exception):
    """What a failing contract test says, without a traceback through the suite."""


class ContractTest(pytest.Item):
    """One check of the contract."""

    def __init__(self, *, single_run: SingleRun, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.single_run = single_run

    def runtest(self) -> None:
        name = self.name.rpartition("::")[2]
        found = self.single_run.report()
        if isinstance(found, str):
            if name == RUN:
                raise BrokenPromiseError(f"could not run: {found}")
            pytest.skip("could not run")
        if name == RUN and found.exit_code == 2:
            raise BrokenPromiseError(found.last_line)
        if broken := found.broken_by(name):
            raise BrokenPromiseError("\n\n".join(each.told for each in broken))
        if reason := found.why_silent(name):
            pytest.skip(reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, BrokenPromiseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        return "imagen4.contract", None, self.name
