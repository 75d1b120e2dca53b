"""Clients in the field keep their connections; what goes wrong there has to be seen too."""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext

import httpx
import pytest

from contract.conftest import Hold
from contract.foreign import serving
from imagen4.contract.channel import Channel
from imagen4.contract.credentials import Credential
from imagen4.contract.exchange import Exchange
from imagen4.contract.reports import make_report
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts.protocol import CREATE_PATH
from sharpening import connection_defects
from sharpening.clock import Clock
from sharpening.defect import Defect
from sharpening.in_process import InProcess
from sharpening.measure import Setting, meet
from sharpening.reference import KEYS, Incoming, Outgoing, Reference

DEFECTS = connection_defects.AREA.defects
STAGING = "https://staging.invalid"


@pytest.mark.parametrize(
    ("gateway", "style"),
    [("kie", "observed"), pytest.param("apikley", "documented", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("defect", DEFECTS, ids=[each.name for each in DEFECTS])
def test_what_breaks_only_on_a_kept_connection_is_found(
    defect: Defect, gateway: str, style: str
) -> None:
    """Quick sees it, though most of its requests have a connection of their own."""
    assert meet(Setting(gateway, style), defect).exit_code == 1


def test_without_the_kept_connection_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other part of the conversation would have noticed any of them."""
    monkeypatch.setattr(Channel, "one_connection", nullcontext)

    def apply(server: Reference) -> None:
        for defect in DEFECTS:
            defect.apply(server)

    assert meet(Setting("kie", "observed"), Defect("all", "connection", apply)).exit_code == 0


def test_the_report_says_that_the_connection_was_kept() -> None:
    """The curl command alone would not show it."""
    (defect,) = [each for each in DEFECTS if each.name == "connection-let-in-for-good"]
    (broken,) = make_report(meet(Setting("kie", "observed"), defect)).broken
    assert broken.seen.endswith("over a connection that requests with the key had used before")


def test_what_a_new_connection_shows_too_is_told_of_that() -> None:
    """The command of the report then repeats what was seen."""
    everywhere = Defect("open", "key", lambda server: vars(server).update(accepts_key=_anybody))
    assert (
        "connection" not in make_report(meet(Setting("kie", "observed"), everywhere)).broken[0].seen
    )


def _anybody(_authorization: str | None, _path: str) -> bool:
    return True


def _kept(exchanges: Sequence[Exchange]) -> list[Exchange]:
    return [each for each in exchanges if each.keep_alive]


@pytest.mark.parametrize("budget", [0, 1, 4, 5])
def test_its_creates_count_as_paid(budget: int, clock: Clock, hold: Hold) -> None:
    """Where creates cost something, it makes as many as are left, and reads what there is."""
    outcome = hold(Reference("kie", "observed", clock), STAGING, max_paid=budget)
    kept = _kept(outcome.trace.exchanges)
    assert sum(each.request.path == CREATE_PATH for each in kept) == max(0, budget - 3)
    assert any(each.request.credential is Credential.NONE for each in kept) == (budget > 0)
    assert (outcome.paid, outcome.exit_code) == (budget, 0)


class HangingUp(Reference):
    """Closes a kept connection each time it is asked again, before a word."""

    refused = 0

    def answer(self, incoming: Incoming) -> Outgoing:
        if incoming.connection == 0:
            self.refused += 1
            error = httpx.RemoteProtocolError("Server disconnected without sending a response.")
            return Outgoing(200, b"", trouble=error)
        return super().answer(incoming)


@pytest.mark.parametrize("style", ["observed", pytest.param("documented", marks=pytest.mark.slow)])
def test_a_server_that_keeps_no_connection_is_not_at_fault(
    style: str, clock: Clock, hold: Hold
) -> None:
    """It may close one whenever it likes; the request goes out again over another."""
    server = HangingUp("kie", style, clock)
    assert hold(server).exit_code == 0
    assert server.refused > 5


def test_a_create_sent_again_is_paid_again(clock: Clock, hold: Hold) -> None:
    """Nobody knows whether the first one was carried out, so it counts."""
    server = HangingUp("kie", "observed", clock)
    outcome = hold(server, STAGING, max_paid=5)
    assert (outcome.paid, len(server.tasks)) == (5, 4)


class Cutting(Reference):
    """Cuts its answers off on kept connections."""

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        if incoming.connection == 0:
            outgoing.trouble = httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body"
            )
        return outgoing


def test_half_an_answer_is_the_servers_fault(clock: Clock, hold: Hold) -> None:
    """Only a connection closed before a word of the answer is asked again."""
    found = hold(Cutting("kie", "observed", clock)).sorted.violations
    assert {finding.check for finding in found} == {"answered"}


def test_one_connection_carries_several_requests() -> None:
    """Over a real socket: one is kept, for the two creates and what is asked about them."""
    gateway = Reference("kie", "observed", Clock())
    gateway.waiting = gateway.generating = 0.0
    transport, carried = InProcess(gateway), Counter()

    def answer(request: httpx.Request) -> httpx.Response:
        carried[request.extensions["connection"]] += 1
        return transport.handle_request(request)

    with serving(answer) as url:
        outcome = run_contract(RunOptions(ServerUnderTest("kie", url, KEYS["kie"])))
    assert sorted(carried.values())[-2:] == [1, len(_kept(outcome.trace.exchanges))]
