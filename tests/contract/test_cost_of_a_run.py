"""A run costs little of the machine it runs on: it is one of many in somebody's CI."""

import cProfile
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from contract.conftest import Hold
from imagen4.contract.reports import make_report, render_text
from imagen4.sandbox import Sandbox
from sharpening.clock import Clock
from sharpening.reference import Reference

OURS, ALL = 250, 8_000
"""Python calls for each exchange, in this package and with all it uses; 166 and 3,500 were seen."""
SECONDS = 15.0
"""Of processor time for quick, the interpreter's start included; 2 to 3 were seen, and other
processors take their time: calls are counted above."""


@pytest.mark.slow
def test_a_run_makes_few_calls(clock: Clock, hold: Hold) -> None:
    """From the first request to the report: nothing is built again for each look at it."""
    with cProfile.Profile() as profile:
        outcome = hold(Reference("kie", "observed", clock))
        render_text(make_report(outcome))
    calls = [(str(each.code), each.callcount) for each in profile.getstats()]
    exchanges = len(outcome.trace.exchanges)
    assert sum(times for code, times in calls if "/imagen4/" in code) < OURS * exchanges
    assert sum(times for _, times in calls) < ALL * exchanges


@pytest.mark.slow
def test_quick_takes_seconds_of_the_processor() -> None:
    """Against a server that answers at once, by the command line."""
    command = [sys.executable, "-m", "imagen4", "contract", "kie", "--quiet", "--base-url"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Sandbox(speed=1000, limits=False) as sandbox:
        subprocess.run([*command, sandbox.url("kie")], check=True, capture_output=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert took < SECONDS


@pytest.mark.slow
def test_a_run_leaves_only_its_reports_where_it_was_started(tmp_path: Path) -> None:
    """Nothing of the libraries behind it: a checkout in CI stays clean."""
    command = [sys.executable, "-m", "imagen4", "contract", "kie", "--junit", "contract.xml"]
    (folder := tmp_path / "checkout").mkdir()
    own = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with Sandbox(speed=1000, limits=False) as sandbox:
        command += ["--base-url", sandbox.url("kie")]
        subprocess.run(command, cwd=folder, env=os.environ | own, check=True, timeout=120)
    assert [each.name for each in folder.iterdir()] == ["contract.xml"]
