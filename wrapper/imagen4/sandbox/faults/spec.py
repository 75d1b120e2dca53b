"""Faults written as one line of text: `no-answer:gateway=kie,times=2,seconds=5`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..settings import SettingError
from .book import SCOPE
from .catalogue import FAULTS, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_fault(text: str) -> tuple[str, dict[str, Any]]:
    """The name of the fault and the keyword arguments of `FaultBook.arm`."""
    name, _, rest = text.partition(":")
    kinds = {**SCOPE, **_parameter_kinds(FAULTS.get(name))}
    given: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals or key not in kinds:
            raise SettingError(f"{name} cannot be told {part!r}; it takes {', '.join(kinds)}")
        given[key] = _converted(key, value, kinds[key])
    return name, given


def _parameter_kinds(fault: Fault | None) -> dict[str, Any]:
    return {} if fault is None else {name: type(v) for name, v in fault.parameters.items()}


def _converted(
    key: str, value: str, kind: type[str] | type[int] | type[float]
) -> str | int | float:
    try:
        return kind(value)
    except ValueError:
        raise SettingError(f"{key} must be a number, not {value!r}") from None


def fault_lines() -> Iterator[str]:
    """Every fault on one line: its name, what it strikes, what it does, what can be set."""
    for fault in FAULTS.values():
        told = " ".join(f"{name}={value}" for name, value in fault.parameters.items())
        point = fault.point.name.lower()
        yield f"{fault.name:20} {point:9} {fault.summary}{f'  [{told}]' if told else ''}"
