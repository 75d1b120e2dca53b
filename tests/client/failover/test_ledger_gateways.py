"""A ledger has a request once, whatever gateways a run names: not even one of them pays again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from client.failover.test_matrix import KEYS, STAYS, Market, market, told
from client.play import KINDS, Stop
from imagen4 import InvalidRequest, Ledger, Request, SubmissionUncertain
from imagen4.events import CreateStarting, Event

RUNS = [["kie"], ["apikley"], ["kie", "apikley"], ["apikley", "kie"]]


def stop_at_create(event: Event) -> None:
    """As if killed between the row and the first byte: nobody knows if one left."""
    if isinstance(event, CreateStarting):
        raise Stop


def run(
    both: Market, kind: str, gateways: Sequence[str], place: Path, request: Request, **more: Any
) -> Any:
    """Run one request through a process's own ledger object: its result or error."""
    settings: dict[str, Any] = {
        "gateway": gateways,
        "base_url": {name: both.servers[name].url for name in gateways},
        "api_key": {name: KEYS[name] for name in gateways},
    } | more
    with Ledger(place) as ledger:
        (done,) = both.run(kind, lambda c: c.generate_many([request], ledger=ledger), **settings)
    return done


@pytest.mark.parametrize("tag", ["fox", None])
@pytest.mark.parametrize("gateways", RUNS)
@pytest.mark.parametrize("first", RUNS[:3])
def test_what_has_a_task_is_sent_nowhere_again(
    first: list[str], gateways: list[str], tag: str | None, tmp_path: Path
) -> None:
    """A run that cannot ask for the task says which gateway has it; one that can takes it up.

    kie refuses in the first run, if another gateway can be tried.
    """
    place, request = tmp_path / "l.db", Request("a fox", num_images=2, tag=tag)
    with market(told(402) if len(first) > 1 else None) as both:
        done = run(both, "sync", first, place, request)
        name = done.get().gateway
        paid = both.kie.paid + both.apikley.paid
        assert paid == (2 if name == "kie" else 1)  # apikley makes two pictures in one task
        both.kie.answer = None
        again = run(both, "sync", gateways, place, request)
        assert both.kie.paid + both.apikley.paid == paid
    if name in gateways:
        assert again.get().task_ids == done.get().task_ids
        return
    assert isinstance(again.error, InvalidRequest)
    assert f"has this request at {name}" in again.error.message
    found = (again.error.gateway, again.error.accepted, again.error.task_ids)
    assert found == (name, "no", done.get().task_ids)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateways", RUNS[1:])
@pytest.mark.parametrize("killed", [True, False])
def test_what_may_have_a_task_is_sent_nowhere_again(
    killed: bool, gateways: list[str], kind: str, tmp_path: Path
) -> None:
    """Killed between row and answer, or without a clear answer; until somebody resolves it."""
    place, request = tmp_path / "l.db", Request("a fox")
    with market(STAYS["500"][0]) as both:
        if killed:
            with pytest.raises(Stop):
                run(both, kind, ["kie", "apikley"], place, request, on_event=stop_at_create)
        else:
            run(both, kind, ["kie", "apikley"], place, request)
        posts = both.posts("kie")
        both.kie.answer = None
        again = run(both, kind, gateways, place, request)
        assert isinstance(again.error, SubmissionUncertain)
        assert (again.error.gateway, again.error.accepted) == ("kie", "maybe")
        assert (both.posts("kie"), both.posts("apikley")) == (posts, 0)
        with Ledger(place) as ledger:
            ledger.resolve(1, None)
        assert run(both, kind, gateways, place, request).get().gateway == gateways[0]


def test_the_same_gateway_elsewhere_is_another_one(tmp_path: Path) -> None:
    """What a sandbox has made is still to be made at the gateway itself."""
    place, request = tmp_path / "l.db", Request("a fox", tag="fox")
    with market() as sandbox, market() as real:
        run(sandbox, "sync", ["kie", "apikley"], place, request)
        for _ in range(2):
            assert run(real, "sync", RUNS[3], place, request).get().gateway == "apikley"
        assert (sandbox.kie.paid, real.kie.paid, real.apikley.paid) == (1, 0, 1)
