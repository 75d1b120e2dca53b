"""The environment that has the other clients, and ours beside them: .venvs/peers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from peers.clients import CLIENTS

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = Path(__file__).with_name("constraints.txt")
FOLDER = ROOT / ".venvs" / "peers"
PYTHON = FOLDER / "bin" / "python"
READY = FOLDER / ".ready"


def set_up_peers() -> None:
    """Install them where that was not yet done for these versions."""
    pins = CONSTRAINTS.read_text(encoding="utf-8")
    if READY.exists() and READY.read_text(encoding="utf-8") == pins:
        return
    quietly = ("--quiet", "--disable-pip-version-check", "--constraint", str(CONSTRAINTS))
    others = [name for name in CLIENTS if name != "imagen4"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
    install = [str(PYTHON), "-m", "pip", "install", *quietly, *others, "--editable", "."]
    subprocess.run(install, check=True, cwd=ROOT)
    READY.write_text(pins, encoding="utf-8")
