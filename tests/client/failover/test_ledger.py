"""With a ledger the promise outlives the process: what one gateway may have, no other is sent."""

from pathlib import Path
from typing import Any

import pytest

from client.failover.test_matrix import KEYS, STAYS, Market, market, told
from client.loopback import Received
from client.play import GATEWAYS, KINDS, settled
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
def test_the_ledger_says_why_the_others_did_not_serve_a_request(kind: str, tmp_path: Path) -> None:
    """Also where one was passed over without being asked, so that it has no row of its own."""
    ledger = Ledger(tmp_path / "l.db")
    ultra = Request("an owl", model="google/imagen4-ultra")
    with market(told(402, "no money")) as both:

        async def work(client: Any) -> None:
            for request in (FOX, Request("a wolf", tag="wolf"), ultra):
                both.kie.answer = None if request is ultra else told(402, "no money")
                await settled(client.generate_many([request], ledger=ledger))

        both.run(kind, work)
    rows = [(row.gateway, row.tag, dict(row.passed_over)) for row in ledger.rows()]
    lacking = "apikley has no model 'google/imagen4-ultra'"
    assert rows[:3] == [
        ("kie", "fox", {}),
        ("apikley", "fox", {"kie": "no money"}),
        ("apikley", "wolf", {"kie": "no money"}),
    ]
    assert (rows[3][0], rows[3][2]["apikley"][: len(lacking)]) == ("kie", lacking)


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_gateway_may_have_is_sent_to_no_other(kind: str, tmp_path: Path) -> None:
    """Neither in the same run nor in the next one, in whatever order they are preferred."""
    ledger = Ledger(tmp_path / "l.db")
    with market(STAYS["500"][0]) as both:
        assert run(both, kind, ledger) == ["SubmissionUncertain"]
        assert run(both, kind, ledger) == ["SubmissionUncertain"]
        assert (both.posts("kie"), both.posts("apikley")) == (1, 0)


def starting(gateway: str, *keys: str) -> CreateStarting:
    about = (gateway, "job", 0, "fox", 0.0, None)
    mine = (1, 1, 1, "google/imagen4", 1, keys[0], {}, None, None, None)
    return CreateStarting(*about, *mine, keys_elsewhere=keys[1:])


@pytest.mark.parametrize("keys", [("tag fox", "tag fox"), ("request a", "request b")])
@pytest.mark.parametrize("address", [None, "https://one.example"])
@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("first", GATEWAYS)
def test_two_processes_cannot_buy_one_request_at_two_gateways(
    first: str, alone: bool, address: str | None, keys: tuple[str, str], tmp_path: Path
) -> None:
    """Both began when the ledger had nothing: the create of the later one is stopped.

    Also where each of them has but one gateway.
    """
    ledger, other = Ledger(tmp_path / "l.db"), Ledger(tmp_path / "l.db")
    clock = (lambda: 0.0, lambda: 0.0)
    sessions = [make_session(name, "k", address, 30.0, None, False, *clock) for name in GATEWAYS]
    (second,) = set(GATEWAYS) - {first}
    of = {each.name: [each] if alone else sessions for each in sessions}
    ledger.recorder(of[first])(starting(first, *keys))
    with pytest.raises(LedgerError, match="has this request at another gateway: it was not sent"):
        other.recorder(of[second])(starting(second, *keys[::-1]))
    refused = CreateRefused(first, "job", 0, "fox", 0.0, None, errors.InsufficientCredits("no"))
    ledger.recorder(of[first])(refused)
    other.recorder(of[second])(starting(second, *keys[::-1]))
    assert [str(row.state) for row in ledger.rows()][-1] == "sending"


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", ["fox", None])
@pytest.mark.parametrize("order", [["kie", "apikley"], ["apikley", "kie"], ["apikley"]])
def test_what_moved_on_is_found_again_whatever_gateways_the_next_run_has(
    order: list[str], tag: str | None, kind: str, tmp_path: Path
) -> None:
    """Also without a tag: the order of the gateways makes no new request of it."""
    ledger = Ledger(tmp_path / "l.db")
    request = Request("a fox", tag=tag)
    with market(told(402)) as both:
        for gateways in (["kie", "apikley"], order):
            place = {
                "gateway": gateways,
                "base_url": {name: both.servers[name].url for name in gateways},
                "api_key": {name: KEYS[name] for name in gateways},
            }
            many = both.run(kind, lambda c: c.generate_many([request], ledger=ledger), **place)
            assert [each.get().gateway for each in many] == ["apikley"]
        assert (both.posts("kie"), both.posts("apikley")) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", ["fox", None])
def test_two_gateways_at_one_address_are_two(tag: str | None, kind: str, tmp_path: Path) -> None:
    """As one variable for both makes them: the task is asked for with the key that made it."""
    ledger = Ledger(tmp_path / "l.db")
    request = Request("a fox", tag=tag)
    with market() as both:
        place = {"base_url": dict.fromkeys(GATEWAYS, both.servers["kie"].url)}
        sold, keys = both.kie.__call__, list[str]()

        def reply(received: Received) -> bytes:
            keys.append(received.headers["authorization"])
            refused = received.method == "POST" and keys[-1] == f"Bearer {KEYS['kie']}"
            return told(402) if refused else sold(received)

        both.servers["kie"].reply = reply
        many = both.run(kind, lambda c: c.generate_many([request], ledger=ledger), **place)
        assert [each.get().gateway for each in many] == ["apikley"]
        both.run(kind, lambda c: c.submit("a wolf"), ledger=ledger, **place)
        both.servers["kie"].reply = both.kie
        keys_before = both.kie.keys = set()
        again = both.run(kind, lambda c: c.generate_many([request], ledger=ledger), **place)
        assert [each.get().gateway for each in again] == ["apikley"]
        left = both.run(kind, lambda c: c.resume(ledger), **place)
        assert sorted(each.get().gateway for each in left) == ["apikley"] * len(left)
        assert (len(left), keys_before, both.kie.paid) == (2, {f"Bearer {KEYS['apikley']}"}, 2)


def test_the_limit_of_credits_is_one_for_all_gateways(tmp_path: Path) -> None:
    """A create that would go over it is stopped, and does not move on."""
    ledger = Ledger(tmp_path / "l.db", max_credits=7)
    with market() as both, pytest.raises(errors.LedgerError, match="allows 7 credits"):
        both.run("sync", lambda c: c.generate("a fox"), ledger=ledger)
    assert (both.posts("kie"), both.posts("apikley")) == (0, 0)
