"""Guards against orders of one run that a later one pays for again, or never fetches."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from imagen4.sandbox import Sandbox

SCRIPT = Path(__file__).with_name("wallpaper.py")
LONGEST = 60  # seconds for a run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Its time stands still but for what a test lets pass."""
    with Sandbox(speed=0) as running:
        yield running


class Cron:
    """Runs the script as cron does: a process of its own, in a folder of its own."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        keys = {"KIE_API_KEY": sandbox.key("kie"), "KIE_BASE_URL": sandbox.url("kie")}
        self._process = {"cwd": folder, "env": os.environ | keys}

    def run(self, day: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), day]
        return subprocess.run(
            command, **self._process, capture_output=True, text=True, timeout=LONGEST
        )


def creates(sandbox: Sandbox) -> int:
    return sum(each.operation == "createTask" for each in sandbox.requests)


@pytest.mark.slow
def test_one_run_orders_and_a_later_one_fetches(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing waits, nothing is paid twice, and what has been fetched is not asked for again."""
    cron = Cron(sandbox, tmp_path)
    runs = [cron.run("2026-11-30"), cron.run("2026-11-30")]
    assert [run.stdout for run in runs] == ["", "2026-11-30 is being painted\n"]
    sandbox.clock.advance_to(sandbox.clock.now() + 3600)
    runs += [cron.run("2026-12-01"), cron.run("2026-12-01")]
    fetched = "pictures/2026-11-30.png"
    assert [run.stdout for run in runs[2:]] == [f"{fetched}\n", "2026-12-01 is being painted\n"]
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 4
    assert creates(sandbox) == 2
    with Image.open(tmp_path / fetched) as picture:
        assert picture.width > picture.height


@pytest.mark.slow
def test_an_order_that_may_have_arrived_is_not_repeated(sandbox: Sandbox, tmp_path: Path) -> None:
    """Whoever reads cron's mail learns of it; one that was refused is ordered by the next run."""
    cron = Cron(sandbox, tmp_path)
    sandbox.fault("code-402", operation="createTask", times=1)
    refused = cron.run("2026-11-30")
    assert refused.returncode == 1
    assert "credits" in refused.stderr.lower()
    sandbox.fault("reset", operation="createTask", times=1)
    uncertain, after = cron.run("2026-11-30"), cron.run("2026-11-30")
    assert uncertain.returncode == 1
    assert after.stderr == "2026-11-30 may be paid for and has no id: see `imagen4 history`\n"
    assert creates(sandbox) == 2
