"""Each condition of a move counts by itself: where one guard is lost, another must not hide it."""

import pytest

from imagen4 import Imagen4Error, errors
from imagen4.core.failover import may_move
from imagen4.core.job_state import JobState

MOVES = [
    errors.TransportError,
    errors.AuthenticationError,
    errors.InsufficientCredits,
    errors.QuotaExceeded,
    errors.RateLimited,
    errors.GatewayUnavailable,
    errors.FeatureDisabled,
    errors.ModelUnavailable,
]
STAYS = [
    errors.SubmissionUncertain,
    errors.InvalidRequest,
    errors.CreateStopped,
    errors.LedgerError,
    errors.UnexpectedResponse,
    errors.TaskTimeout,
    errors.TaskFailed,
]


def refused(kind: type[Imagen4Error]) -> Imagen4Error:
    error = kind("no")
    error.accepted = "no"
    return error


def job() -> JobState:
    """Nothing is created, and another gateway can be tried."""
    return JobState("job", elsewhere=True)


@pytest.mark.parametrize("kind", MOVES)
def test_what_was_refused_moves_only_where_all_of_it_holds(kind: type[Imagen4Error]) -> None:
    """Certainly no task, none from before, and somewhere to go."""
    assert may_move(job(), refused(kind))
    for accepted in (None, "maybe"):
        error = refused(kind)
        error.accepted = accepted
        assert not may_move(job(), error), accepted
    last, paid = JobState("job"), job()
    paid.task_ids.append("t1")
    assert not may_move(last, refused(kind))
    assert not may_move(paid, refused(kind))


@pytest.mark.parametrize("kind", STAYS)
def test_what_any_gateway_would_say_stays(kind: type[Imagen4Error]) -> None:
    """It is about the request, about us, or about a task that is there."""
    assert not may_move(job(), refused(kind))
