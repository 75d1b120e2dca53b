"""Faults written as one line of text: `no-answer:gateway=kie,times=2,seconds=5`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..settings import SettingError
from .book import SCOPE
from .catalogue import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_fault(text: str) -> tuple[str, dict[str, Any]]:
    """The name of the fault and the keyword arguments of `FaultBook.arm`."""
    name, _, rest = text.partition(":")
    parameters = FAULTS[name].parameters if name in FAULTS else {}
    kinds = {**SCOPE, **{key: type(default) for key, default in parameters.items()}}
    given: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals or key not in kinds:
            raise SettingError(f"{name} cannot be told {part!r}; it takes {', '.join(kinds)}")
        try:
            given[key] = kinds[key](value)
        except ValueError:
            raise SettingError(f"{key} must be a number, not {value!r}") from None
    return name, given


def fault_lines() -> Iterator[str]:
    """Every fault on one line: its name, what it strikes, what it does, what can be set."""
    for fault in FAULTS.values():
        told = " ".join(f"{name}={value}" for name, value in fault.parameters.items())
        point = fault.point.name.lower()
        yield f"{fault.name:20} {point:9} {fault.summary}{f'  [{told}]' if told else ''}"
