"""What comes and goes: an account that runs out, and what stands before a gateway."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from contract.conftest import Hold
from contract.foreign import reported
from imagen4.facts.protocol import CREATE_PATH
from sharpening.clock import Clock
from sharpening.defect import around, every, sending
from sharpening.reference import Incoming, Outgoing, Reference, RefusedError

PROXY = "Requests reach the gateway: no proxy answers in its place."


def _unavailable(*_: object) -> Outgoing:
    page = b"<html><h1>Maintenance</h1></html>"
    return Outgoing(503, page, {"content-type": "text/html"})


def _running_out(code: int, after: int) -> Callable[[Reference], None]:
    """So many creates are answered, whatever they ask for; those behind them have this code."""

    def apply(server: Reference) -> None:
        creates = count()

        def carry_out(original: Any, incoming: Incoming) -> Any:
            if incoming.path == CREATE_PATH and next(creates) >= after:
                return server.refuse(RefusedError(code, "no more"))
            return original(incoming)

        around(server, "carry_out", carry_out)

    return apply


@pytest.mark.parametrize(("code", "after"), [(402, 10), (429, 60), (433, 10), (455, 60)])
def test_an_account_that_runs_out_breaks_no_promise(code: int, after: int) -> None:
    """Neither among the creates that are allowed, nor behind them; what was not seen is told."""
    report = reported(_running_out(code, after))
    assert (report.exit_code, report.broken) == (0, ())
    why = f"refused with HTTP 200, code {code}, as is by now what was accepted before"
    assert report.last_line.startswith("conforms as far as seen")
    assert why in report.last_line
    assert any(why in line for line in report.not_checked)


@pytest.mark.parametrize("struck", [1, 2])
def test_one_create_refused_for_the_account_is_one_finding(struck: int) -> None:
    """Also the first of them, which is asked again before all others are given up."""

    def apply(server: Reference) -> None:
        creates = count(1)

        def carry_out(original: Any, incoming: Incoming) -> Any:
            if incoming.path == CREATE_PATH and next(creates) == struck:
                return server.refuse(RefusedError(455, "maintenance"))
            return original(incoming)

        around(server, "carry_out", carry_out)

    report = reported(apply)
    (broken,) = report.broken
    assert (broken.check, report.exit_code) == ("allowed", 1)
    assert "HTTP 200, code 455 'maintenance'" in broken.evidence


def test_a_first_create_that_cost_all_that_may_be_paid_is_not_asked_again(
    clock: Clock, hold: Hold
) -> None:
    """Nor told among what was not asked."""
    server = Reference("kie", "observed", clock)
    around(server, "carry_out", lambda *_: server.refuse(RefusedError(455, "maintenance")))
    outcome = hold(server, "https://staging.invalid", max_paid=1)
    assert (outcome.paid, outcome.exit_code) == (1, 2)
    assert outcome.blocked == "every create was refused with code 455 'maintenance'"
    asked = [each.intent for each in outcome.trace.exchanges if each.request.path == CREATE_PATH]
    assert not {*asked} & {intent for intent, _ in outcome.trace.skipped}


def test_a_page_under_status_200_now_and_then_is_told_as_a_page() -> None:
    """By its title: it says who stands before the gateway."""
    page = b"<!doctype html><title>Sign in</title><p>Your company's proxy"
    report = reported(
        every(25, sending(lambda *_: Outgoing(200, page, {"content-type": "text/html"})))
    )
    (broken,) = report.broken
    assert broken.promise == "Answers are JSON, and no page stands in their place."
    assert "a page of HTML, as proxies send it: HTTP 200 'Sign in'" in broken.evidence


def test_what_is_out_of_order_for_one_request_only_is_held_against_the_server() -> None:
    """The same code, where what was accepted before is accepted again."""

    def fussy(server: Reference) -> None:
        around(server, "bad_parameter", lambda _original, words: RefusedError(402, words))

    (broken,) = reported(fussy).broken
    assert broken.check == "reason"


def _closed_for(seconds: float) -> Callable[[Reference], None]:
    """From the twentieth answer on, for so long, a proxy stands before a closed door."""

    def apply(server: Reference) -> None:
        numbers, closed = count(1), []

        def answer(original: Any, incoming: Incoming) -> Outgoing:
            if next(numbers) >= 20 and (not closed or server.clock.now() < closed[0] + seconds):
                closed.append(server.clock.now())
                return _unavailable()
            return original(incoming)  # type: ignore[no-any-return]  # a method

        around(server, "answer", answer)

    return apply


@pytest.mark.parametrize(
    "change",
    [_closed_for(10.0), every(25, sending(_unavailable))],
    ids=["for ten seconds", "now and then"],
)
def test_what_a_proxy_kept_from_the_gateway_is_asked_again(
    change: Callable[[Reference], None],
) -> None:
    """One finding with its words, and nothing that was not seen."""
    report = reported(change)
    (broken,) = report.broken
    assert (broken.promise, broken.consequences) == (PROXY, ())
    assert "HTTP 503 'Maintenance'" in broken.evidence
    assert report.not_checked == ()


def test_a_create_that_costs_is_not_asked_again(clock: Clock, hold: Hold) -> None:
    """The proxy may have kept the answer alone; the next create is another one."""
    server, creates = Reference("kie", "observed", clock), list[bytes]()

    def keep(_answer: Outgoing, incoming: Incoming) -> Outgoing:
        creates.append(incoming.content)
        return _unavailable()

    sending(keep, path=CREATE_PATH)(server)
    outcome = hold(server, "https://staging.invalid", max_paid=3)
    assert len(creates) == outcome.paid == 3
    assert len({*creates}) == 3


def test_behind_a_proxy_that_lets_nothing_through_any_more_the_run_ends() -> None:
    """After the wait for a limit, and it says what it has not seen."""
    report = reported(_closed_for(3600.0))
    (broken,) = report.broken
    assert (broken.promise, report.exit_code) == (PROXY, 1)
    assert report.requests < 50
    why = "nothing came further than a proxy any more: HTTP 503 'Maintenance'"
    assert sum(why in line for line in report.not_checked) > 50


def test_what_was_never_answered_is_listed() -> None:
    """That a request broke off is found; what it asked for was not looked at."""

    def reset(outgoing: Outgoing, incoming: Incoming) -> None:
        if b'"seed": "007"' in incoming.content:
            outgoing.trouble = httpx.ReadError("reset")

    lines = reported(sending(reset)).not_checked
    assert lines == ("a prompt of one character, seed '007' (no complete answer: reset)",)
