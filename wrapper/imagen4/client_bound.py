"""What belongs to a client: its jobs, and their results and pictures."""

from __future__ import annotations

from typing import NoReturn, Self

SHOWN = 4  # ids


class ClientBound:
    """What belongs to a client and does not change: a copy is the thing itself.

    It cannot leave the process, since the client's connections and its key would have to.
    """

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled, since it belongs to a client: "
            "save the pictures, or pass on their task ids for Client.job()"
        )


def few(ids: tuple[str, ...]) -> str:
    """Ids for one line: the first ones, and how many more there are."""
    more = len(ids) - SHOWN
    return " ".join(ids[:SHOWN]) + (f" and {more} more" if more > 0 else "")
