"""Which gateway serves a request, and when the next one may.

A create moves on only where it certainly made no task: it never left, or was refused for a
reason that another gateway may not have. A request with a task stays where that is. After a
time-out, a 5xx or any other answer that leaves it open, nobody moves: that could pay twice.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from math import inf
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..errors import (
    AuthenticationError,
    FeatureDisabled,
    GatewayUnavailable,
    Imagen4Error,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    PassedOver,
    QuotaExceeded,
    RateLimited,
    TransportError,
)
from ..events import GatewayPassedOver, RequestEnded
from .checks import seconds
from .job_state import JobState
from .planning import plan_job
from .price import cost_of
from .request import plan_creates
from .route import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .effects import Steps
    from .request import Request
    from .route import Circuit, Route
    from .session import Session

    Run: TypeAlias = "Callable[[Session, JobState, float | None], Steps[T]]"
    Choose: TypeAlias = "Callable[[list[Candidate], Mapping[str, JobState]], list[Candidate]]"

T = TypeVar("T")
OF_THE_GATEWAY = (
    TransportError,
    AuthenticationError,
    InsufficientCredits,
    QuotaExceeded,
    RateLimited,
    GatewayUnavailable,
    FeatureDisabled,
    ModelUnavailable,
)
REFUSED = (401, 402, 403)


def candidates_for(
    route: Route, request: Request, index: int = 0
) -> tuple[list[Candidate], list[PassedOver]]:
    """Where the request can be served, in the order in which that is tried, and where not.

    Raises InvalidRequest where no gateway has its model and fields.
    """
    candidates, lacking = [], []
    for session in route.sessions:
        try:
            candidates.append(Candidate(session, plan_job(session, request, index)))
        except InvalidRequest as error:
            lacking.append(PassedOver(session.name, error))
    if not candidates:
        raise lacking[0].error
    first = candidates[0].job
    for _, job in candidates:  # one request, wherever it is served
        job.job_id, job.key = first.job_id, first.key
    if route.prefer == "price":
        candidates.sort(key=dollars)
    return candidates, lacking


def others_of(route: Route, request: Request) -> dict[str, JobState]:
    """What the request would be at the known gateways that the client does not have."""
    model = request.model or route.sessions[0].model
    found = {}
    for adapter in route.others:
        with suppress(InvalidRequest):
            plans = plan_creates(request, adapter.input_schema(model), model)
            found[adapter.name] = JobState("", tag=request.tag, model=model, plans=plans)
    return found


def serve_request(
    route: Route,
    request: Request,
    run: Run[T],
    timeout: float | None,
    index: int = 0,
    choose: Choose | None = None,
) -> Steps[T]:
    """The steps of whichever gateway takes the request.

    run: the steps of a planned job on a gateway, with so many seconds left. choose: those
        that a ledger leaves, which also hears what the request would be at `others`.
    """
    candidates, lacking = candidates_for(route, request, index)
    if choose is not None:
        candidates = choose(candidates, others_of(route, request))
    if len(route.sessions) == 1:
        return run(*candidates[0], timeout)
    whole = route.sessions[0].polling.timeout if timeout is None else timeout
    if whole != inf:
        whole = seconds(whole, "timeout")
    return try_in_order(candidates, lacking, route.circuit, run, whole)


def dollars(candidate: Candidate) -> float:
    """What a request costs there; where that is not known it comes last."""
    cost = cost_of(candidate.session.adapter, candidate.job)
    return inf if cost is None or cost.dollars is None else cost.dollars


def try_in_order(
    candidates: list[Candidate],
    lacking: list[PassedOver],
    circuit: Circuit,
    run: Run[T],
    timeout: float,
) -> Steps[T]:
    """Run the first that can serve the request, those that failed lately after the others."""
    session, job = candidates[0]
    late = circuit.passed_over(candidates)
    end, passed = session.clock() + timeout, [*lacking, *late]
    for reason in passed:
        yield GatewayPassedOver(*session.identity(job), None, reason)
    names = {each.gateway for each in late}
    candidates.sort(key=lambda each: each.session.name in names)
    for each in candidates:
        session, job = turn_to(each, candidates[-1], passed, circuit)
        try:
            return (yield from run(session, job, max(0.0, end - session.clock())))
        except Imagen4Error as error:
            passed.append((yield from leave(each, error, circuit, end)))
    raise AssertionError  # the last one has nowhere to move to


def turn_to(
    candidate: Candidate, last: Candidate, passed: list[PassedOver], circuit: Circuit
) -> Candidate:
    """Tell a job which gateways were passed over, and whether its own may be left, and why."""
    session, job = candidate
    job.elsewhere = candidate is not last
    job.passed_over = tuple(each for each in passed if each.gateway != session.name)
    if circuit.reason(session, job) is None:  # else it failed before, and is tried all the same
        job.failed_lately = partial(circuit.reason, session, job)
    return candidate


def leave(
    candidate: Candidate, error: Imagen4Error, circuit: Circuit, end: float
) -> Steps[PassedOver]:
    """Tell why the next gateway is tried; raises that where it must not be, or not in time."""
    session, job = candidate
    if tells_of_gateway(error):
        circuit.note(session, job, error)
    if not may_move(job, error):
        raise error
    if session.clock() >= end:
        yield RequestEnded(*session.identity(job), None, (), error)
        raise error
    passed = PassedOver(session.name, error)
    yield GatewayPassedOver(*session.identity(job), None, passed)
    return passed


def may_move(job: JobState, error: Imagen4Error) -> bool:
    """Whether the next gateway may be tried: there is one, and certainly nothing was paid.

    Then the error is not the end of the request, unless the time is over.
    """
    nothing_paid = error.accepted == "no" and not job.known_ids()
    return job.elsewhere and nothing_paid and others_may_serve(error)


def tells_of_gateway(error: Imagen4Error) -> bool:
    """Whether a create was refused for what the next one would be refused for, too.

    Not one for which the gateway was not tried: that is our own pace, and another request may
    have more time.
    """
    return error.accepted == "no" and error.tried and others_may_serve(error)


def others_may_serve(error: Imagen4Error) -> bool:
    """Whether it is about the gateway or the account; what is about the request, all would say.

    A page with status 403 is a guard's before the gateway.
    """
    return isinstance(error, OF_THE_GATEWAY) or error.http_status in REFUSED
