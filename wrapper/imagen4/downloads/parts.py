"""Temporary files: each is locked by the process that writes it, so that a later one can tell.

What a killed process left behind has no lock any more, and is removed. Where there are no such
locks (Windows, some network disks), nothing is.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_NAME = re.compile(r"\.[A-Za-z0-9_-]+-[0-9]+-[0-9a-f]{16}\.part")


def open_part(directory: Path, name: str) -> BinaryIO:
    """A new temporary file, locked. Raises OSError."""
    while True:
        file = (directory / f".{name}-{secrets.token_hex(8)}.part").open("x+b")
        with suppress(OSError):
            lock(file, wait=True)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # somebody took it for a leftover before the lock was there


def try_directory(directory: Path) -> None:
    """Make a temporary file there, and remove it: what else says that it can be done may err.

    Raises OSError.
    """
    with open_part(directory, "try") as file:
        Path(file.name).unlink()


def remove_leftovers(directory: Path) -> None:
    """Remove the temporary files of processes that are gone, as far as that may be done."""
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError), Path(entry).open("r+b") as file:
                    lock(file, wait=False)
                    Path(entry).unlink()


def lock(file: BinaryIO, *, wait: bool) -> None:
    """Lock a file until it is closed. Raises OSError if somebody has it, or nobody can."""
    if sys.platform == "win32":
        raise OSError("no such locks here")
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
