"""Small decisions, each held to its exact outcome: what no larger test would notice."""

import dataclasses
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any

import pytest

from imagen4 import (
    InvalidRequest,
    Polling,
    RateLimited,
    Request,
    TransportError,
    UnexpectedResponse,
    callbacks,
)
from imagen4.configuration import configured
from imagen4.core.account import balance
from imagen4.core.batch import Batch, taken_up
from imagen4.core.effects import Answer, Call, Send
from imagen4.core.origins import checked_key, is_loopback
from imagen4.core.request import Planned, planned
from imagen4.core.settings import Settings
from imagen4.core.submission import pause_after, uncertain
from imagen4.downloads.transfer import fresh_link
from imagen4.gateways.adapter import CREATE_PATH
from imagen4.gateways.kie import ADAPTER

KEY = "a-key-to-be-cut-out"


def core(base_url: str | None = None, now: float = 0.0, **polling: Any) -> Settings:
    """Settings with a clock that stands still and no randomness."""
    waits = Polling(paced=False, **polling)
    return configured("kie", KEY, base_url, 30.0, waits, False, lambda: now, lambda: 0.0)


def ended(steps: Any, answer: object) -> Any:
    """What steps return after one effect, answered (or failed) so."""
    next(steps)
    try:
        steps.throw(answer) if isinstance(answer, Exception) else steps.send(answer)
    except StopIteration as end:
        return end.value
    raise AssertionError("the steps go on")


@pytest.mark.parametrize(
    ("url", "secure"),
    [("https://api.example", True), ("http://127.0.0.1:1", False), ("http://localhost", False)],
)
def test_only_https_may_use_a_proxy(url: str, secure: bool) -> None:
    """On plain http a proxy would see the key."""
    assert core(url).secure is secure


def test_an_uncertain_create_says_what_is_known() -> None:
    """When it left, what came back, which id it may have, and the tasks that are certain."""
    answer = Answer(500, {}, b'{"data": {"recordId": "r1"}}')
    send = Send(Call("POST", "/"), 1.0, answer)
    batch = Batch((Planned({}, None),) * 3, task_ids=["t1"], create=send)
    problem = TransportError("No answer", code=500, http_status=502, body="x")
    error = uncertain(batch, problem, datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC))
    assert error.message == (
        "Create 2 of 3, sent at 2026-11-20 12:05:06 UTC, may have been accepted and was not "
        "repeated: No answer"
    )
    assert (error.sent_at, error.record_id) == (datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC), "r1")
    assert (error.task_ids, error.code, error.http_status, error.body) == (("t1",), 500, 502, "x")


@pytest.mark.parametrize("data", ["null", '"much"', "{}"])
def test_an_answer_without_a_balance_says_so(data: str) -> None:
    """A success in form is not enough."""
    steps = balance(core())
    next(steps)
    with pytest.raises(UnexpectedResponse, match=r"^The answer holds no balance \["):
        steps.send(Answer(200, {}, f'{{"code": 200, "data": {data}}}'.encode()))


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


def test_immediate_polling_leaves_no_gap_however_chance_falls() -> None:
    """Neither end of its one band is above zero."""
    polling = Polling.immediate()
    assert [polling.interval(0.0, lambda drawn=drawn: drawn) for drawn in (0.0, 1.0)] == [0.0, 0.0]


@pytest.mark.parametrize("missing", ["link_model", "link_kwargs"])
def test_a_gateway_with_half_an_operation_has_none(missing: str) -> None:
    """A fresh link needs both the request's model and its builder."""
    assert dataclasses.replace(ADAPTER, **{missing: None}).fresh_link("https://a.example") is None


@pytest.mark.parametrize("host", ["X127.0.0.1X", "X::1", "127.0.0.1X"])
def test_letters_around_an_address_make_it_a_name(host: str) -> None:
    """Only brackets are taken off."""
    assert not is_loopback(host)


def test_a_callback_that_tells_of_no_task_is_an_answer_of_sorts() -> None:
    """The error says what it holds; it came by HTTP, so its status counts as 200."""
    with pytest.raises(UnexpectedResponse) as caught:
        callbacks.parse(b'{"code": 200}')
    error = caught.value
    assert error.message == "The callback does not describe a task"
    assert (error.http_status, error.code, error.body) == (200, 200, '{"code": 200}')


def test_a_link_that_cannot_be_had_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With the gateway and the reason, and is no error: the old link has just expired."""
    with caplog.at_level(logging.WARNING, "imagen4"):
        assert ended(fresh_link(core(), "https://a.example"), TransportError("gone")) is None
    assert [record.getMessage() for record in caplog.records] == ["kie: no fresh link: gone"]


def test_a_refused_balance_does_not_show_the_key() -> None:
    """Not even when the gateway repeats it."""
    body = f'{{"code": 401, "msg": "no such key: {KEY}"}}'.encode()
    steps = balance(core())
    next(steps)
    with pytest.raises(Exception, match=re.escape("no such key: [hidden]")) as caught:
        steps.send(Answer(200, {}, body))
    assert KEY not in f"{caught.value!r} {caught.value.body}"  # type: ignore[attr-defined]


def number(kind: str) -> dict[str, Any]:
    """A document of `input` whose numbers are of a type."""
    return {"properties": {"prompt": {}, "num_images": {"type": kind}, "seed": {"type": kind}}}


@pytest.mark.parametrize(
    ("kind", "count", "seed"), [("integer", 2, 7), ("number", 2, "7"), ("string", "2", "7")]
)
def test_numbers_are_spelled_as_the_document_wants(kind: str, count: object, seed: object) -> None:
    """A seed becomes a number only where it has to be whole."""
    (plan,) = planned(Request("a fox", num_images=2, seed=7), number(kind), "x")
    assert plan.fields == {"prompt": "a fox", "num_images": count, "seed": seed}
    assert plan.seed == "7"


@pytest.mark.parametrize("allowed", [True, False])
def test_settings_are_kept_as_given(allowed: bool) -> None:
    """Also a time-out below a second, and a path that ends in an X."""
    url = "https://a.example/X"
    settings = configured("kie", KEY, url + "/", 0.5, None, allowed, lambda: 0.0, lambda: 0.0)
    assert (settings.timeout, settings.allow_http, settings.base_url) == (0.5, allowed, url)


def test_calls_are_complete_by_themselves() -> None:
    """Method, path, query and body, as they go out."""
    assert ADAPTER.details("t") == Call("GET", "/api/v1/jobs/recordInfo", {"taskId": "t"}, None)
    assert ADAPTER.credits() == Call("GET", "/api/v1/chat/credit", {}, None)
    body = {"model": "google/imagen4", "input": {"prompt": "a"}}
    assert ADAPTER.create({"prompt": "a"}, None) == Call("POST", CREATE_PATH, {}, body)


@pytest.mark.parametrize(("paced", "periods"), [(True, [10.2, 0.102]), (False, [0.0, 0.0])])
def test_rates_are_kept_to_unless_told_otherwise(paced: bool, periods: list[float]) -> None:
    """Creates in windows, polls one by one."""
    waits = Polling(paced=paced)
    settings = configured("kie", KEY, None, 1.0, waits, False, lambda: 0.0, lambda: 0.0)
    assert [settings.creates.period, settings.polls.period] == pytest.approx(periods)


REFUSED: dict[str, Callable[[], object]] = {
    "base_url must be like https://host[:port][/path], nothing more": lambda: core("x"),
    "The API key must consist of printable ASCII without spaces": lambda: checked_key("a b", "X"),
    "No API key: pass api_key or set X": lambda: checked_key(" ", "X"),
    "base_url is plain http, which would show the key to the network; allow_http=True allows it": (
        lambda: core("http://gateway.example")
    ),
    "callback_url must be an absolute http(s) URL, percent-encoded": lambda: planned(
        Request("a", callback_url="/relative"), ADAPTER.input_schema, "kie"
    ),
    "x has no prompt": lambda: planned(Request("a"), {}, "x"),
    "job() takes the ids of tasks, one or more": lambda: taken_up(()),
    "seed has too many digits": lambda: planned(
        Request("a", seed=10**5000), ADAPTER.input_schema, "kie"
    ),
    "seed must be a whole number on this gateway": lambda: planned(
        Request("a", seed="x"), number("integer"), "x"
    ),
    "timeout must be a number of seconds above 0": lambda: configured(
        "kie", KEY, None, 0, None, False, lambda: 0.0, lambda: 0.0
    ),
    "timeout must be a number of seconds, 0 or more": lambda: core().deadline(-0.1),
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_refusal_says_what_is_allowed(message: str) -> None:
    """Word for word: the message is all that a user gets."""
    with pytest.raises(InvalidRequest, match=f"^{re.escape(message)}$"):
        REFUSED[message]()
