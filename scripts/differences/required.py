"""Differences in which properties must be there."""

from collections.abc import Iterator

from differences.change import Change, Side, narrowed, widened
from differences.views import View


def compare_required(old: View, new: View, side: Side) -> Iterator[Change]:
    """The differences; a property that came or went says that itself."""
    before, after = old.required(side), new.required(side)
    names = {
        name for name in before | after if (name in old.properties) == (name in new.properties)
    }
    yield from _asked(before & names, after & names, "required", new.where("required"), side)
    one, other = old.dependent, new.dependent
    where = (new if other else old).where("dependentRequired")
    for name in sorted(one.keys() | other.keys()):
        had, has = one.get(name, frozenset()), other.get(name, frozenset())
        yield from _asked(had, has, f"required with {name}", where, side)


def _asked(
    old: frozenset[str], new: frozenset[str], what: str, where: str, side: Side
) -> Iterator[Change]:
    for name in sorted(new - old):
        yield Change(narrowed(side), side, where, f"now {what}: {name}", "optional", "required")
    for name in sorted(old - new):
        text = f"no longer {what}: {name}"
        yield Change(widened(side), side, where, text, "required", "optional")
