"""With a ledger the promise outlives the process: what one gateway may have, no other is sent."""

from pathlib import Path

import pytest

from client.failover.test_matrix import STAYS, Market, market, told
from client.play import GATEWAYS, KINDS
from imagen4 import Ledger, LedgerError, Request, errors
from imagen4.configuration import make_session
from imagen4.events import CreateRefused, CreateStarting

FOX = Request("a fox", tag="fox")


def run(both: Market, kind: str, ledger: Ledger, **settings: object) -> list[str]:
    """Run one tagged request again: the gateway that served it, or its error."""
    many = both.run(kind, lambda c: c.generate_many([FOX], ledger=ledger), **settings)
    (done,) = list(many)
    return [done.result.gateway if done.error is None else type(done.error).__name__]


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_moved_on_is_not_paid_at_its_first_gateway_later(
    kind: str, tmp_path: Path
) -> None:
    """The next run takes up the task where it is, although the preferred one is well again."""
    ledger = Ledger(tmp_path / "l.db")
    with market(told(402)) as both:
        assert run(both, kind, ledger) == ["apikley"]
        both.kie.answer = None
        assert run(both, kind, ledger) == ["apikley"]
        assert (both.kie.paid, both.apikley.paid) == (0, 1)
    rows = [(row.gateway, str(row.state)) for row in ledger.rows()]
    assert rows == [("kie", "refused"), ("apikley", "succeeded")]
    assert ledger.rows()[0].reason == "no"


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_gateway_may_have_is_sent_to_no_other(kind: str, tmp_path: Path) -> None:
    """Neither in the same run nor in the next one, in whatever order they are preferred."""
    ledger = Ledger(tmp_path / "l.db")
    with market(STAYS["500"][0]) as both:
        assert run(both, kind, ledger) == ["SubmissionUncertain"]
        assert run(both, kind, ledger) == ["SubmissionUncertain"]
        assert (both.posts("kie"), both.posts("apikley")) == (1, 0)


def starting(gateway: str) -> CreateStarting:
    about = (gateway, "job", 0, "fox", 0.0, None)
    return CreateStarting(*about, 1, 1, 1, "google/imagen4", 1, "tag fox", {}, None, None, None)


@pytest.mark.parametrize("first", GATEWAYS)
def test_two_processes_cannot_buy_one_request_at_two_gateways(first: str, tmp_path: Path) -> None:
    """Both began when the ledger had nothing: the create of the later one is stopped."""
    ledger, other = Ledger(tmp_path / "l.db"), Ledger(tmp_path / "l.db")
    clock = (lambda: 0.0, lambda: 0.0)
    sessions = [make_session(name, "k", None, 30.0, None, False, *clock) for name in GATEWAYS]
    (second,) = set(GATEWAYS) - {first}
    ledger.recorder(sessions)(starting(first))
    with pytest.raises(LedgerError, match="has this request at another gateway: it was not sent"):
        other.recorder(sessions)(starting(second))
    refused = CreateRefused(first, "job", 0, "fox", 0.0, None, errors.InsufficientCredits("no"))
    ledger.recorder(sessions)(refused)
    other.recorder(sessions)(starting(second))
    assert [str(row.state) for row in ledger.rows()] == ["refused", "sending"]


def test_resuming_finds_tasks_at_all_gateways(tmp_path: Path) -> None:
    """Each is asked for where it is, with the key that belongs there."""
    ledger = Ledger(tmp_path / "l.db")
    with market() as both:
        both.run("sync", lambda c: c.submit("a fox"), gateway="kie", **only("kie", both, ledger))
        both.run(
            "sync", lambda c: c.submit("a fox"), gateway="apikley", **only("apikley", both, ledger)
        )
        done = both.run("sync", lambda c: list(c.resume(ledger)))
    assert sorted(each.get().gateway for each in done) == ["apikley", "kie"]


def only(name: str, both: Market, ledger: Ledger) -> dict[str, object]:
    urls = {name: both.servers[name].url}
    return {"ledger": ledger, "base_url": urls, "api_key": {name: f"key-of-{name}"}}


def test_the_limit_of_credits_is_one_for_all_gateways(tmp_path: Path) -> None:
    """A create that would go over it is stopped, and does not move on."""
    ledger = Ledger(tmp_path / "l.db", max_credits=7)
    with market() as both, pytest.raises(errors.LedgerError, match="allows 7 credits"):
        both.run("sync", lambda c: c.generate("a fox"), ledger=ledger)
    assert (both.posts("kie"), both.posts("apikley")) == (0, 0)
