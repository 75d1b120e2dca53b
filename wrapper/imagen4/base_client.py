"""What `Client` and `AsyncClient` share: settings, and what does not wait for anything."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .errors import InvalidRequest, TransportError
from .interruptions import insist, log_known

if TYPE_CHECKING:
    from .calls import Calls
    from .core.price import Cost
    from .core.request import Request
    from .core.route import Route
    from .core.session import Session
    from .ledger import Ledger
    from .literals import AspectRatio, Model
    from .wire.async_driving import AsyncDriver
    from .wire.driving import Driver

DriverT = TypeVar("DriverT", "Driver", "AsyncDriver")


class BaseClient:
    """One gateway with a caller's settings."""

    _route: Route
    _loaded: Calls | None = None

    @property
    def gateway(self) -> str:
        """The gateway's name; of several, the first one's."""
        return self._session.name

    @property
    def gateways(self) -> tuple[str, ...]:
        """The gateways' names, in the order of preference."""
        return tuple(each.name for each in self._route.sessions)

    @property
    def base_url(self) -> str:
        """Where the requests, and with them the key, go; of several gateways, the first one's."""
        return self._session.base_url

    @property
    def base_urls(self) -> tuple[str, ...]:
        """Where the requests of each gateway go, in the order of `gateways`."""
        return tuple(each.base_url for each in self._route.sessions)

    def price(
        self,
        prompt: str | Request | None = None,
        *,
        model: Model | None = None,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        **fields: Any,
    ) -> Cost | None:
        """What `generate` would cost by the gateway's price list; None where that is not known.

        The arguments are those of `generate`, or a `Request` alone. The cost is in the gateway's
        credits and in dollars; of several gateways, on the first that has its fields. Sends
        nothing. Raises InvalidRequest as `generate` does.
        """
        more = (num_images, aspect_ratio, negative_prompt, seed, None, None, model, fields)
        return self._calls.price(prompt, more)

    def __repr__(self) -> str:
        if len(self.gateways) > 1:
            return f"{type(self).__name__}({list(self.gateways)!r})"
        return f"{type(self).__name__}({self.gateway!r}, base_url={self.base_url!r})"

    @property
    def _calls(self) -> Calls:
        """Loaded with the first call, and kept: at the end of a program nothing is loaded."""
        try:
            calls = self._loaded = self._loaded or self._load_calls()
        except ImportError:
            if not sys.is_finalizing():
                raise
            too_late = "Nothing was sent: Python is shutting down, too late for a first call"
            error = TransportError(too_late)
            error.sent = False
            raise error from None
        return calls

    def _load_calls(self) -> Calls:
        raise NotImplementedError  # each client has jobs of its own kind

    @property
    def _session(self) -> Session:
        return self._route.sessions[0]

    def _at(self, gateway: str | None) -> Session:
        """One gateway's session. Raises InvalidRequest where nobody says which of several."""
        sessions = self._route.sessions
        if gateway is None and len(sessions) == 1:
            return sessions[0]
        for each in sessions:
            if each.name == gateway:
                return each
        raise InvalidRequest(f"gateway must be one of {', '.join(self.gateways)}")

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied, since its connections and its "
            "key stay in their process: make one in each process"
        )

    def _with_ledger_if_any(self, driver: DriverT, ledger: Ledger | None) -> DriverT:
        return driver if ledger is None else self._with_ledger(driver, ledger)

    def _with_ledger(self, driver: DriverT, ledger: Ledger) -> DriverT:
        """The same, with the ledger that is told first and shares rate and durations.

        Raises InvalidRequest for what is none, say a file's name.
        """
        if not hasattr(type(ledger), "recorder"):  # its class needs an extra
            raise InvalidRequest(f"ledger must be of class Ledger, not {type(ledger).__name__}")
        ledger.share_turns(self._route.sessions)
        ledger.share_durations(self._route.sessions)
        return driver.recording(ledger.recorder(self._route.sessions))

    def _tell_of_closing(self, creates: int = 0) -> None:
        """Tell the ids of what cannot go on; before the wait for so many creates, and after."""
        for session in self._route.sessions:
            jobs = list(session.under_way.values())
            insist(partial(log_known, jobs, session.name, "closing", creates))
