"""The armed faults, and whose turn it is."""

from __future__ import annotations

import itertools
import random
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...facts import GATEWAYS
from ..settings import SettingError, is_number
from .catalogue import FAULTS, Fault, InjectionPoint, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCOPE: dict[str, Any] = {
    "gateway": str,
    "operation": str,
    "times": int,
    "share": float,
    "word": str,
}
"""What a fault can be limited by, and what each is read as where it is written as text."""


@dataclass(slots=True)
class ArmedFault:
    """A fault that strikes the requests in its scope. What is None does not narrow the scope."""

    number: int
    fault: Fault
    gateway: str | None
    operation: str | None
    times: int | None
    """How many more requests it strikes."""
    share: float | None
    """The share of requests in scope that it strikes, from 0 to 1."""
    word: str | None
    """Strikes only where the prompt contains this."""
    parameters: Mapping[str, Value]
    struck: int = 0

    def concerns(self, point: InjectionPoint, gateway: str, operation: str, prompt: str) -> bool:
        return (
            self.fault.point is point
            and self.gateway in (None, gateway)
            and self.operation in (None, operation)
            and self.times != 0
            and (self.word is None or self.word.casefold() in prompt.casefold())
        )


class FaultBook:
    """Faults in the order they were armed; the first one in scope strikes."""

    def __init__(self, seed: int) -> None:
        self._armed: list[ArmedFault] = []
        self._numbers = itertools.count(1)
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def arm(self, name: str, **options: Any) -> ArmedFault:
        """Arm a fault by its scope (see `SCOPE`) and the parameters that the catalogue has for it.

        With no scope but gateway and operation, it strikes the next request only.
        """
        if name not in FAULTS:
            raise SettingError(
                f"no such fault: {name!r}; `imagen4 sandbox --list-faults` names them"
            )
        fault = FAULTS[name]
        scope = {key: options.pop(key, None) for key in SCOPE}
        _check_scope(fault, scope)
        if all(scope[key] is None for key in ("times", "share", "word")):
            scope["times"] = 1
        parameters = {**fault.parameters, **_checked(fault, options)}
        armed = ArmedFault(next(self._numbers), fault, parameters=parameters, **scope)
        with self._lock:
            self._armed.append(armed)
        return armed

    def claim(
        self, point: InjectionPoint, gateway: str, prompt: Callable[[], str], operation: str = ""
    ) -> ArmedFault | None:
        """The fault that strikes this request, counted as used; None on a good day.

        The operation is told where the point has more than one.
        """
        if not self._armed:
            return None
        operation, text = operation or point.value[0], prompt()
        with self._lock:
            for armed in self._armed:
                if not armed.concerns(point, gateway, operation, text):
                    continue
                if armed.share is None or self._dice.random() < armed.share:
                    armed.struck += 1
                    armed.times = armed.times if armed.times is None else armed.times - 1
                    return armed
        return None

    def armed(self) -> list[ArmedFault]:
        """Those that can still strike."""
        return [armed for armed in self._armed if armed.times != 0]

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()


def _check_scope(fault: Fault, scope: Mapping[str, Any]) -> None:
    for name, allowed in (("gateway", tuple(GATEWAYS)), ("operation", fault.point.value)):
        if scope[name] is not None and scope[name] not in allowed:
            raise SettingError(f"{name} must be one of {', '.join(allowed)}, not {scope[name]!r}")
    times, share, word = scope["times"], scope["share"], scope["word"]
    if times is not None and (type(times) is not int or times < 1):
        raise SettingError("times must be a whole number from 1 up")
    if share is not None and not (is_number(share) and 0 < share <= 1):
        raise SettingError("share must be a number over 0, and 1 at most")
    if word is not None and not (isinstance(word, str) and word):
        raise SettingError("word must be a text")


def _checked(fault: Fault, given: Mapping[str, Any]) -> dict[str, Value]:
    for name, value in given.items():
        if name not in fault.parameters:
            known = ", ".join(fault.parameters) or "none"
            raise SettingError(f"{fault.name} has no parameter {name!r}; it has: {known}")
        _check_like(name, value, fault.parameters[name])
    return dict(given)


def _check_like(name: str, value: Any, default: Value) -> None:
    if isinstance(default, str):
        if not isinstance(value, str):
            raise SettingError(f"{name} must be a text")
    elif name == "status" and value not in (0, *range(200, 600)):
        raise SettingError("status must be an HTTP status from 200 to 599")
    elif not is_number(value) or not 0 <= value <= 86_400:
        raise SettingError(f"{name} must be a number from 0 to 86400")
    elif isinstance(default, int) and value != int(value):
        raise SettingError(f"{name} must be a whole number")
