"""Imported first by each script: `python scripts/…` runs in .venv, whichever Python that is.

Without .venv, one line says how to make it. A Ctrl-C that nobody else hears, such as one while
the rest is imported, is one line, too.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
NAME = Path(sys.argv[0]).name
PYTHON = ROOT / ".venv" / "bin" / "python"
CANNOT_RUN = 3  # none of the scripts means anything else by it
NEEDED = ("imagen4", "ruamel")  # who has both has the rest


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print(f"{NAME}: stopped by SIGINT", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _uncaught
if any(find_spec(name) is None for name in NEEDED):
    # Started from there already, it would start itself for ever.
    if PYTHON.exists() and Path(sys.prefix) != PYTHON.parents[1]:
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606 - no shell
    print(f"{NAME}: the project is not set up here; run: make setup", file=sys.stderr)
    sys.exit(CANNOT_RUN)
