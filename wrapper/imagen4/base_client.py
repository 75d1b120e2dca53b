"""What `Client` and `AsyncClient` share: settings, and the steps that both of them run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

from .core.price import cost_of
from .core.request import Request
from .errors import Imagen4Error
from .interruptions import insist, log_known

if TYPE_CHECKING:
    from .core.effects import Steps
    from .core.price import Cost
    from .core.session import Session

T = TypeVar("T")


class BaseClient:
    """One gateway with a caller's settings."""

    _session: Session

    @property
    def gateway(self) -> str:
        """The gateway's name."""
        return self._session.name

    @property
    def base_url(self) -> str:
        """Where the requests, and with them the key, go."""
        return self._session.base_url

    def price(self, request: str | Request) -> Cost | None:
        """What a request costs by the gateway's price list; None where that is not known.

        Sends nothing. Raises InvalidRequest as `generate` does.
        """
        plan = request if isinstance(request, Request) else Request(request)
        return cost_of(self._session.adapter, self._session.plan(plan))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.gateway!r}, base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied, since its connections and its "
            "key stay in their process: make one in each process"
        )

    def _tell_of_closing(self, creates: int = 0) -> None:
        """Tell the ids of what cannot go on; before the wait for so many creates, and after."""
        jobs = list(self._session.under_way.values())
        insist(partial(log_known, jobs, self.gateway, "closing", creates))

    def _name_gateway(self, steps: Steps[T]) -> Steps[T]:
        """The errors of steps that are about no job."""
        try:
            return (yield from steps)
        except Imagen4Error as error:
            error.gateway = error.gateway or self.gateway
            raise
