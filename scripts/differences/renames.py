"""What was probably renamed: gone and come on the same day, and alike."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from differences.change import Change, Grade

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def only_cosmetic(changes: Iterable[Change]) -> bool:
    """Whether nothing that matters to a client differs."""
    return all(change.grade is Grade.COSMETIC for change in changes)


def paired(
    old: Mapping[K, V], new: Mapping[K, V], alike: Callable[[K, V, K, V], bool]
) -> Iterator[tuple[K, K]]:
    """Each key with itself, or with its probable new name: the only one that it can have become.

    A key without a counterpart stands with itself, too.
    """
    gone = [key for key in old if key not in new]
    come = [key for key in new if key not in old]
    pairs = [(a, b) for a in gone for b in come if alike(a, old[a], b, new[b])]
    once = [[a for a, _ in pairs], [b for _, b in pairs]]
    renamed = {a: b for a, b in pairs if once[0].count(a) == 1 and once[1].count(b) == 1}
    yield from ((key, renamed.get(key, key)) for key in old)
    yield from ((key, key) for key in come if key not in renamed.values())
