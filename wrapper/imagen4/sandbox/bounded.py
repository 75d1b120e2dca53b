"""A mapping that forgets its oldest entries when it grows too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")


class BoundedDict(Generic[K, V]):
    """At most `max_items` entries and `max_bytes` bytes as `weigh` counts them.

    The newest entry is always kept, even if it alone is heavier than allowed.
    """

    def __init__(self, max_items: int, max_bytes: int, weigh: Callable[[V], int]) -> None:
        self._items: dict[K, V] = {}
        self._max_items, self._max_bytes, self._weigh = max_items, max_bytes, weigh
        self._bytes = 0

    def put(self, key: K, value: V) -> None:
        if key in self._items:
            self._bytes -= self._weigh(self._items.pop(key))
        self._items[key] = value
        self._bytes += self._weigh(value)
        while len(self._items) > 1 and self._is_full():
            self._bytes -= self._weigh(self._items.pop(next(iter(self._items))))

    def _is_full(self) -> bool:
        return len(self._items) > self._max_items or self._bytes > self._max_bytes

    def clear(self) -> None:
        self._items.clear()
        self._bytes = 0

    def get(self, key: K) -> V | None:
        return self._items.get(key)

    def values(self) -> list[V]:
        """Oldest first, as a copy that other threads cannot change."""
        return list(self._items.values())

    def __len__(self) -> int:
        return len(self._items)
