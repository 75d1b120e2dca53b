"""What a sandbox can be told, checked once when it is told."""

from typing import Any

from attrs import Attribute, field, frozen, validators

PROFILES = ("observed", "documented")
FIXED = ("seed", "page_hosts", "max_tasks", "max_requests")
"""Settings that hold from the start on."""


class SettingError(ValueError):
    """A setting, fault or scope that does not exist; the message says what is allowed."""


def _between(low: float, high: float) -> Any:
    def check(_instance: object, attribute: "Attribute[Any]", value: Any) -> None:
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not low <= value <= high
        ):
            raise SettingError(f"{attribute.name} must be a number from {low:g} to {high:g}")

    return check


def _known_profile(_instance: object, _attribute: "Attribute[str]", value: str) -> None:
    if value not in PROFILES:
        raise SettingError(f"profile must be one of {', '.join(PROFILES)}, not {value!r}")


@frozen(kw_only=True)
class Settings:
    """All times are seconds on the sandbox's clock."""

    profile: str = field(default="observed", validator=_known_profile)
    speed: float = field(default=1.0, validator=_between(0, 1e6))
    """Sandbox seconds per real second; 0 means the clock is only stepped by hand."""
    seed: int = field(default=0, validator=validators.instance_of(int))
    """Of the dice that faults with a `share` roll."""
    credits: float = field(default=100_000.0, validator=_between(0, 1e12))
    """What each account starts with."""
    limits: bool = field(default=True, validator=validators.instance_of(bool))
    """Whether creates over 20 in 10 s and polls over 10 in 1 s are refused."""
    waiting: float = field(default=2.0, validator=_between(0, 1e6))
    generating: float = field(default=6.0, validator=_between(0, 1e6))
    webhook_key: str = field(default="sandbox-webhook-key", validator=validators.instance_of(str))
    callback_hosts: tuple[str, ...] = field(default=(), converter=tuple)
    """Hosts other than loopback that callbacks may be sent to."""
    page_hosts: tuple[str, ...] = field(default=(), converter=tuple)
    """Host names other than loopback under which page and admin endpoint may be opened."""
    max_tasks: int = field(default=10_000, validator=_between(1, 1_000_000))
    max_requests: int = field(default=2_000, validator=_between(1, 1_000_000))
