"""The failure this prevents: an update that CI cancelled, and half of it stays, or goes on."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from market.captured import KEPT, lay

ROOT = Path(__file__).resolve().parents[2]
RATIO = "                        - '4:3'\n"
# Half of a regeneration, with a process of its own that does not listen to Ctrl-C.
HALF_DONE = """\
import signal, subprocess, sys
open("generated/half", "w").close()
open("specs/kie.yaml", "a").write("# half")
late = "import time; time.sleep(10); print('still there')"
with open("told", "w") as told:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", late], stdout=told)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("begun", file=told, flush=True)
    signal.pause()
"""


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an update touches, with a page of today that has a value more."""
    root = tmp_path_factory.mktemp("original")
    lay(root / "specs")
    for name in ("generated", "scripts", "today"):
        (root / name).mkdir()
    (root / "generated" / "whole.py").touch()
    (root / "scripts" / "regenerate.py").write_text(HALF_DONE)
    shutil.copy(ROOT / "README.md", root)
    text = (KEPT / "kie-google-imagen4.md").read_text(encoding="utf-8")
    (root / "today" / "kie.md").write_text(
        text.replace(RATIO, RATIO + RATIO.replace("4:3", "auto"))
    )
    return root


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_update_leaves_all_as_it_was_and_nobody_behind(
    original: Path, number: signal.Signals, tmp_path: Path
) -> None:
    """As CI stops a job, `timeout` a command, and Ctrl-C a person's."""
    checkout = Path(shutil.copytree(original, tmp_path / "checkout"))
    before, told = state(checkout), checkout / "told"
    os.mkfifo(told)
    command = [sys.executable, str(ROOT / "scripts" / "update.py"), "--no-tests"]
    command += ["--root", str(checkout), "--from", str(checkout / "today")]
    update = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with update, told.open() as channel:
        assert channel.readline() == "begun\n"
        update.send_signal(number)
        _, errors = update.communicate(timeout=30)
        assert channel.read() == "", "a process of the update went on"
    assert update.returncode == 128 + number
    assert errors.splitlines()[-1].endswith(f"stopped by {number.name}; nothing was changed")
    told.unlink()
    assert state(checkout) == before
