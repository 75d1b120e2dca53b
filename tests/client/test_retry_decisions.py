"""Which create may be repeated, and after which pause."""

from math import inf

import pytest

from client.steps import core
from imagen4 import AuthenticationError, Polling, RateLimited, TransportError
from imagen4.core.effects import Answer
from imagen4.core.submission import is_certain, pause_after


@pytest.mark.parametrize(
    ("wish", "pause"), [(None, 1.0), (0.5, 1.0), (120.0, 120.0), (121.0, None)]
)
def test_a_create_is_repeated_when_the_gateway_wishes(
    wish: float | None, pause: float | None
) -> None:
    """But not earlier than our own pause, and not at all after a wish longer than we grant."""
    limited = RateLimited("later")
    limited.retry_after = wish
    assert pause_after(core(), limited, 1, inf) == pause


def test_what_never_left_is_repeated_after_our_own_pause() -> None:
    """A transport error has no wish."""
    never = TransportError("no")
    assert [pause_after(core(), never, attempt, inf) for attempt in (1, 2, 3)] == [1.0, 2.0, 4.0]


def test_a_pause_that_ends_at_the_deadline_is_too_long() -> None:
    """There would be no time left to create anything."""
    assert pause_after(core(now=5.0), TransportError("no"), 1, 6.0) is None
    assert pause_after(core(now=5.0), TransportError("no"), 1, 6.01) == 1.0


@pytest.mark.parametrize(
    ("status", "code", "certain"),
    [
        (200, 401, True),
        (299, 401, True),
        (300, 401, False),
        (302, 401, False),
        (401, 200, True),
        (200, 400, True),
        (200, 499, False),
        (200, 498, True),
        (200, 500, False),
        (200, 399, False),
        (200, 408, False),
        (200, 409, True),
        (408, 401, False),
        (200, None, False),
    ],
)
def test_only_a_refusal_by_number_proves_that_no_task_exists(
    status: int, code: int | None, certain: bool
) -> None:
    """A 4xx, but not a time-out; the HTTP status first."""
    error = AuthenticationError("no", code=code, http_status=status)
    assert is_certain(error, Answer(status, {}, b"{}")) is certain


def test_our_own_pause_stands_where_the_gateway_has_no_wish() -> None:
    """However short it is."""
    assert Polling(backoff=0.1).pause(1, None, lambda: 0.0) == 0.05
