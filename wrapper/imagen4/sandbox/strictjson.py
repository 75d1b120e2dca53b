"""JSON as RFC 8259 has it: UTF-8, no repeated names, no NaN, nothing that cannot be encoded."""

import json
from typing import Any


class StrictJsonError(ValueError):
    """The bytes are not JSON that every reader would understand alike."""


def loads(raw: bytes) -> Any:
    """The value in `raw`; StrictJsonError otherwise, however hostile the bytes are."""
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (
        ValueError,
        RecursionError,
    ) as error:  # a lone surrogate or 1e999 fails only on encoding
        raise StrictJsonError(str(error)) from None
    return value


def dumps(value: Any, indent: int | None = None) -> str:
    """JSON text, compact unless indented, refusing NaN and infinities."""
    separators = (",", ":") if indent is None else None
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=separators, indent=indent
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise StrictJsonError("a name occurs twice in one object")
    return names
