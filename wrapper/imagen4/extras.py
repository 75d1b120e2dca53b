"""Parts of the package that need an extra say so, and not only the name of what is missing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def needing(extra: str, user: str) -> Iterator[None]:
    """Around the imports of an extra's libraries. user: who needs them, as a caller knows it.

    Raises ModuleNotFoundError, of the same name, that says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        words = f"{user} needs {missing.name}; run: pip install 'imagen4[{extra}]'"
        raise ModuleNotFoundError(words, name=missing.name) from None
