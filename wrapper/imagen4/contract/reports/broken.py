"""A promise that was not kept: what was seen, what follows from it, and how to see it oneself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..exchange import Exchange


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept, with the smallest request that shows it."""

    check: str
    promise: str
    operation: str
    pointer: str
    on_page: bool
    """Whether that place is on the gateway's page; else only in `contract.json`."""
    seen: str
    times: int
    commands: tuple[str, ...]
    """What to paste into one shell, in this order, to see it."""
    because_of: str
    """The promise of the one that this follows from; empty for what stands by itself."""
    consequences: tuple[Broken, ...] = ()
    """What follows from this one; those have none of their own."""
    accepted: str = ""
    """Until when, and why; empty if nobody has accepted it."""
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False, repr=False)
    """The first of those that show it, without prompts, behind the creates of records' tasks."""

    @property
    def told(self) -> str:
        """All of it, one thing a line."""
        follow = [f"from this follows: {each.title}" for each in self.consequences]
        return "\n".join((self.title, self.place, self.evidence, *self.commands, *follow))

    @property
    def title(self) -> str:
        return f"{self.operation}: {self.promise}"

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What stays the same from run to run: check, promise and operations."""
        return self.check, self.promise, tuple(self.operation.split(", "))

    @property
    def evidence(self) -> str:
        """What was seen, in one line; it is one of a group: the smallest, and not the only one."""
        more = self.times - 1
        others = f" (and for {more} more request{'' if more == 1 else 's'})" if more else ""
        return " ".join(self.seen.split()) + others

    @property
    def place(self) -> str:
        """The pointer, and which document it is for."""
        return self.pointer if self.on_page else f"{self.pointer} (contract.json, not on the page)"
