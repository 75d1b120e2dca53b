"""Guards against giving up a create that was certainly not accepted, or repeating it for ever."""

from datetime import UTC, datetime, timedelta
from math import inf

import httpx
import pytest

from client.loopback import HANG, Loopback, http
from client.play import KINDS, PROMPT, QUICK, Script, Time, created, envelope, play
from client.raw_answers import CREATED
from client.steps import core
from imagen4 import Polling, RateLimited, TransportError
from imagen4.core.submission import pause_before_retry


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("full"),
        httpx.ProxyError("no tunnel"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_never_left_is_sent_again(kind: str, failure: Exception) -> None:
    """A failure before the first byte proves that nothing was accepted."""
    script = Script(creates=[failure, failure, created("t1")])
    time = Time()
    assert play(kind, script, lambda c: c.submit(PROMPT), time=time).task_ids == ("t1",)
    assert time.sleeps == [1.5, 3.0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_cannot_be_reached_is_a_transport_error(kind: str) -> None:
    """After all attempts the error says that nothing was sent."""
    with Loopback(lambda _: HANG) as server:
        url = server.url
    with pytest.raises(TransportError) as caught:
        play(kind, None, lambda c: c.submit(PROMPT), base_url=url, polling=QUICK)
    assert caught.value.sent is False
    assert caught.value.message.startswith("The gateway could not be reached: ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limited", [http(429), http(200, b'{"code":429,"msg":"too fast"}')])
def test_a_create_refused_as_too_frequent_arrives_as_often_as_allowed(
    kind: str, limited: bytes
) -> None:
    """Only an explicit 429 is repeated, after pauses that double, until the deadline is near."""
    time = Time()
    with Loopback(lambda _: limited) as server:
        with pytest.raises(RateLimited):
            play(kind, None, lambda c: c.generate(PROMPT), base_url=server.url, time=time)
        # The last pauses are too short for a client that has slowed down: it waits its turn.
        assert len(server.paths("POST")) == len(time.sleeps) - 1
    assert time.sleeps[:7] == [1.5, 3.0, 6.0, 12.0, 24.0, 45.0, 45.0]
    assert 898 < sum(time.sleeps) < 900


@pytest.mark.parametrize("kind", KINDS)
def test_a_create_goes_through_when_the_rate_allows_it_again(kind: str) -> None:
    """After the pause the same create is sent once more and its task is the only one."""
    answers = [http(429, b"", "Retry-After: 7\r\n"), http(200, CREATED)]
    time = Time()
    with Loopback(lambda _: answers.pop(0)) as server:
        job = play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url, time=time)
        assert len(server.requests) == 2
    assert job.task_ids == ("t1",)
    assert time.sleeps == [7.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        (
            "Date: Sun, 29 Nov 2026 23:59:58 GMT\r\nRetry-After: Mon, 30 Nov 2026 00:02:58 GMT",
            180.0,
        ),
        ("Date: Mon, 30 Nov 2026 00:00:00 GMT\r\nRetry-After: Sun, 29 Nov 2026 00:00:00 GMT", 1.5),
        ("Retry-After: {soon:%a, %d %b %Y %H:%M:%S GMT}", 180.0),
        ("Retry-After: soon", 1.5),
    ],
)
def test_a_date_in_retry_after_is_kept_to(kind: str, headers: str, pause: float) -> None:
    """By the gateway's own clock where it tells the time, else by ours."""
    soon = datetime.now(UTC) + timedelta(seconds=180)
    answers = [http(429, b"", headers.format(soon=soon) + "\r\n"), http(200, CREATED)]
    time = Time()
    with Loopback(lambda _: answers.pop(0)) as server:
        play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url, time=time)
    assert time.sleeps == [pytest.approx(pause, rel=0.3)]


@pytest.mark.parametrize("kind", KINDS)
def test_creates_are_not_repeated_past_the_deadline(kind: str) -> None:
    """A pause takes half of the rest at most, and one too short to help is not begun."""
    time = Time()
    script = Script(creates=[envelope(429)] * 5)
    with pytest.raises(RateLimited) as caught:
        play(kind, script, lambda c: c.generate(PROMPT, timeout=4.5), time=time)
    assert len(script.requests) == 3
    assert time.sleeps == [1.5, 1.5]
    assert caught.value.retry_after is None


def test_attempts_can_be_set() -> None:
    """A caller may allow no second attempt at all; without pauses, a refusal counts as well."""
    for polling, attempts in ((Polling(attempts=1), 1), (QUICK, 5)):
        script = Script(creates=[envelope(429)] * 5)
        with pytest.raises(RateLimited):
            play("sync", script, lambda c: c.submit(PROMPT), polling=polling)
        assert len(script.requests) == attempts


@pytest.mark.parametrize(
    ("wish", "pause"), [(None, 1.0), (0.5, 1.0), (899.0, 899.0), (900.0, None)]
)
def test_a_create_is_repeated_when_the_gateway_wishes(
    wish: float | None, pause: float | None
) -> None:
    """But not earlier than our own pause, and not at all after a wish beyond the deadline."""
    limited = RateLimited("later")
    limited.retry_after = wish
    assert pause_before_retry(core(), limited, 1, 900.0) == pause


def test_what_never_left_is_repeated_after_our_own_pause() -> None:
    """A transport error has no wish."""
    never = TransportError("no")
    assert [pause_before_retry(core(), never, attempt, inf) for attempt in (1, 2, 3)] == [
        1.0,
        2.0,
        4.0,
    ]


def test_a_pause_that_has_no_room_before_the_deadline_is_not_begun() -> None:
    """There would be no time left to create anything."""
    assert pause_before_retry(core(now=5.0), TransportError("no"), 1, 6.9) is None
    assert pause_before_retry(core(now=5.0), TransportError("no"), 1, 7.0) == 1.0


def test_our_own_pause_stands_where_the_gateway_has_no_wish() -> None:
    """However short it is."""
    assert Polling(backoff=0.1).backoff_pause(1, None, lambda: 0.0) == 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_a_wish_to_come_back_in_an_hour_is_passed_on(kind: str) -> None:
    """Sending earlier than asked would be no help; the caller hears how long it is."""
    time = Time()
    script = Script(creates=[httpx.Response(429, headers={"Retry-After": "3600"})])
    with pytest.raises(RateLimited) as caught:
        play(kind, script, lambda c: c.submit(PROMPT), time=time)
    assert (caught.value.retry_after, len(script.requests), time.sleeps) == (3600.0, 1, [])


def test_a_create_that_is_tried_again_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With the gateway, the reason and the pause."""
    script = Script(creates=[envelope(429, None, "slow down"), created("t1")])
    play("sync", script, lambda c: c.submit(PROMPT))
    said = [record.getMessage() for record in caplog.records]
    assert "kie: not created (slow down [code 429, HTTP 200]), again in 1.5 s" in said
