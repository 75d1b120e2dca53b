"""What a sandbox can be told, checked once when it is told."""

from dataclasses import dataclass
from typing import Any

PROFILE_NAMES = ("observed", "documented")
FIXED = ("seed", "page_hosts", "max_tasks", "max_requests")
"""Settings that hold from the start on."""
RANGES = {
    "speed": (0, 1e6),
    "credits": (0, 1e12),
    "waiting": (0, 1e6),
    "generating": (0, 1e6),
    "max_tasks": (1, 1_000_000),
    "max_requests": (1, 1_000_000),
}
TYPES = {"seed": int, "limits": bool, "webhook_key": str}


class SettingError(ValueError):
    """A setting, fault or scope that does not exist; the message says what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxSettings:
    """All times are seconds on the sandbox's clock."""

    profile: str = "observed"
    speed: float = 1.0
    """Sandbox seconds per real second; 0 means the clock is only stepped by hand."""
    seed: int = 0
    """Of the dice that faults with a `share` roll."""
    credits: float = 100_000.0
    """What each account starts with."""
    limits: bool = True
    """Whether creates and polls beyond the gateway's rates are refused."""
    waiting: float = 2.0
    generating: float = 6.0
    webhook_key: str = "sandbox-webhook-key"
    callback_hosts: tuple[str, ...] = ()
    """Hosts other than loopback that callbacks may be sent to."""
    page_hosts: tuple[str, ...] = ()
    """Host names other than loopback under which page and admin endpoint may be opened."""
    max_tasks: int = 10_000
    max_requests: int = 2_000

    def __post_init__(self) -> None:
        if self.profile not in PROFILE_NAMES:
            allowed = ", ".join(PROFILE_NAMES)
            raise SettingError(f"profile must be one of {allowed}, not {self.profile!r}")
        for name, (low, high) in RANGES.items():
            if not is_number(value := getattr(self, name)) or not low <= value <= high:
                raise SettingError(f"{name} must be a number from {low:g} to {high:g}")
        for name, kind in TYPES.items():
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} must be of type {kind.__name__}")
        for name in ("callback_hosts", "page_hosts"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
