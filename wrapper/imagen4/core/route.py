"""The gateways of a client, and which of them failed lately."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ..errors import FeatureDisabled, Imagen4Error, InvalidRequest, ModelUnavailable, PassedOver

if TYPE_CHECKING:
    from .job_state import JobState
    from .ports import GatewayAdapter
    from .session import Session

Prefer: TypeAlias = Literal["order", "price"]

PASS_OVER = 60.0
"""Seconds for which a gateway that was left so is tried after the others."""
OF_THE_MODEL = (FeatureDisabled, ModelUnavailable)


class Candidate(NamedTuple):
    """A gateway that a request can be served by."""

    session: Session
    job: JobState


class Circuit:
    """Which gateways failed lately, and why: each for PASS_OVER seconds, or one model of it."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], tuple[float, Imagen4Error]] = {}

    def note(self, session: Session, job: JobState, error: Imagen4Error) -> None:
        of = job.model if isinstance(error, OF_THE_MODEL) else ""
        self._open[session.name, of] = session.clock() + PASS_OVER, error

    def passed_over(self, candidates: list[Candidate]) -> list[PassedOver]:
        """Those that are tried last for a while, unless all are."""
        reasons = [(session.name, self.reason(session, job)) for session, job in candidates]
        late = [PassedOver(name, error) for name, error in reasons if error is not None]
        return late if len(late) < len(candidates) else []

    def reason(self, session: Session, job: JobState) -> Imagen4Error | None:
        """Why the gateway, or the job's model there, is passed over now."""
        now = session.clock()
        for of in ("", job.model):
            until, error = self._open.get((session.name, of), (now, None))
            if error is not None and until > now:
                untried = copy(error)
                untried.tried = False
                return untried
        return None


class Route(NamedTuple):
    """The gateways of a client, the preferred one first."""

    sessions: tuple[Session, ...]
    prefer: Prefer
    others: tuple[GatewayAdapter, ...]
    """Of the known gateways, those that the client does not have."""
    circuit: Circuit

    def check_model(self) -> list[InvalidRequest]:
        """Why gateways cannot serve the client's own model. Raises that where none can."""
        lacking = []
        for session in self.sessions:
            try:
                session.adapter.input_schema(session.model)
            except InvalidRequest as error:
                lacking.append(error)
        if len(lacking) == len(self.sessions):
            raise lacking[0]
        return lacking
