"""A gateway on your desk."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import create_app
    from .server import Sandbox

__all__ = ["Sandbox", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the server only when it is asked for: `imagen4 --help` passes by here."""
    if name == "Sandbox":
        from .server import Sandbox

        return Sandbox
    if name == "create_app":
        from .app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
