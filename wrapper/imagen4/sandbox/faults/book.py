"""The armed faults, and whose turn it is."""

import itertools
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from ..gateways import GATEWAYS
from ..settings import SettingError
from .catalogue import FAULTS, Fault, Stage, Value


@define(kw_only=True)
class Armed:
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

    def concerns(self, stage: Stage, gateway: str, operation: str, prompt: str) -> bool:
        return (
            self.fault.stage is stage
            and self.gateway in (None, gateway)
            and self.operation in (None, operation)
            and self.times != 0
            and (self.word is None or self.word.casefold() in prompt.casefold())
        )


class FaultBook:
    """Faults in the order they were armed; the first one in scope strikes."""

    def __init__(self, seed: int) -> None:
        self._armed: list[Armed] = []
        self._numbers = itertools.count(1)
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def arm(
        self,
        name: str,
        *,
        gateway: str | None = None,
        operation: str | None = None,
        times: int | None = None,
        share: float | None = None,
        word: str | None = None,
        **parameters: Any,
    ) -> Armed:
        """Arm a fault. With no scope given at all, it strikes the next request only."""
        fault = _fault(name)
        if times is None and share is None and word is None:
            times = 1
        armed = Armed(
            number=next(self._numbers),
            fault=fault,
            gateway=_one_of("gateway", gateway, tuple(GATEWAYS)),
            operation=_one_of("operation", operation, fault.stage.value),
            times=times,
            share=share,
            word=word,
            parameters={**fault.parameters, **_checked(fault, parameters)},
        )
        _check_scope(armed)
        with self._lock:
            self._armed.append(armed)
        return armed

    def claim(
        self, stage: Stage, gateway: str, operation: str, prompt: Callable[[], str]
    ) -> Armed | None:
        """The fault that strikes this request, counted as used; None on a good day."""
        if not self._armed:
            return None
        said = prompt()
        with self._lock:
            for armed in self._armed:
                if armed.concerns(stage, gateway, operation, said) and self._hits(armed):
                    armed.struck += 1
                    armed.times = armed.times if armed.times is None else armed.times - 1
                    return armed
        return None

    def _hits(self, armed: Armed) -> bool:
        return armed.share is None or self._dice.random() < armed.share

    def armed(self) -> list[Armed]:
        """Those that can still strike."""
        return [armed for armed in self._armed if armed.times != 0]

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise SettingError(f"no such fault: {name!r}; `imagen4 sandbox --list-faults` names them")
    return FAULTS[name]


def _one_of(what: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value is not None and value not in allowed:
        raise SettingError(f"{what} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _check_scope(armed: Armed) -> None:
    if armed.times is not None and (type(armed.times) is not int or armed.times < 1):
        raise SettingError("times must be a whole number from 1 up")
    if armed.share is not None and not (_is_number(armed.share) and 0 < armed.share <= 1):
        raise SettingError("share must be a number over 0, and 1 at most")
    if armed.word is not None and not (isinstance(armed.word, str) and armed.word):
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
    elif not _is_number(value) or not 0 <= value <= 86_400:
        raise SettingError(f"{name} must be a number from 0 to 86400")
    elif isinstance(default, int) and value != int(value):
        raise SettingError(f"{name} must be a whole number")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
