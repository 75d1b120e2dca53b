"""Imported first by each script: `python scripts/…` runs in .venv, whichever Python that is.

Without .venv, one line says how to make it.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
CANNOT_RUN = 3  # none of the scripts means anything else by it
NEEDED = ("imagen4", "ruamel")  # who has both has the rest

if any(find_spec(name) is None for name in NEEDED):
    # Started from there already, it would start itself for ever.
    if PYTHON.exists() and Path(sys.prefix) != PYTHON.parents[1]:
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606 - no shell
    name = Path(sys.argv[0]).name
    print(f"{name}: the project is not set up here; run: make setup", file=sys.stderr)
    sys.exit(CANNOT_RUN)
