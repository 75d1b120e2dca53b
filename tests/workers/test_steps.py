"""Guards what a worker does for an order: paid once, saved, and written down, whoever goes on."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import fsspec
import pytest

from imagen4 import DownloadError, InvalidRequest, Ledger, LedgerUnavailable
from imagen4.events import Event, TaskCreated
from imagen4.ledger.backlog import Backlog
from imagen4.ledger.recorder import Recorder
from imagen4.sandbox import Sandbox
from imagen4.workers.destinations import Destination
from imagen4.workers.orders import Order
from imagen4.workers.workflow import fulfil
from workers.conftest import MakeDesk
from workers.engines import KeptEngine, Killed, ordered, paid

STEPS = 5  # choose, create, look, save, end


def test_an_order_becomes_a_picture_and_a_row(
    make_desk: MakeDesk, ledger: Ledger, tmp_path: Path
) -> None:
    """Named as the order says, by the account that was named, in the batch's sum."""
    assert fulfil(make_desk(), KeptEngine(), ordered("a fox", batch="b")) == ["saved", ""]
    (row,) = ledger.rows()
    assert (row.state, row.account, row.batch) == ("saved", "KIE_API_KEY", "b")
    assert list(row.paths.values()) == [str(tmp_path / "out/a-fox.png")]
    assert (tmp_path / "out/a-fox.png").exists()


def test_killed_at_any_step_it_goes_on_elsewhere_and_pays_once(
    make_desk: MakeDesk, sandbox: Sandbox
) -> None:
    """Where the step was done and its result was not kept any more, and between two steps."""
    moments = [(boundary, True) for boundary in range(STEPS)] + [(2, False)]
    for boundary, late in moments:
        kept: list[str] = []
        order = ordered(f"fox {boundary} {late}")
        with pytest.raises(Killed):
            fulfil(make_desk(), KeptEngine(kept, boundary, late), order)
        assert fulfil(make_desk(), KeptEngine(kept), order) == ["saved", ""]
    assert paid(sandbox) == len(moments)


def test_a_create_without_an_answer_is_never_sent_again(
    make_desk: MakeDesk, ledger: Ledger, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when the gateway had accepted: the row says `sending`, and that is uncertain."""

    def killed(*_: object) -> None:
        raise Killed

    kept: list[str] = []
    with monkeypatch.context() as dying:
        dying.setattr(Backlog, "write", killed)
        with pytest.raises(Killed):
            fulfil(make_desk(), KeptEngine(kept), ordered("a fox"))
    state, why = fulfil(make_desk(), KeptEngine(kept), ordered("a fox"))
    assert (state, paid(sandbox)) == ("uncertain", 1)
    assert "was not repeated" in why
    assert [row.state for row in ledger.rows()] == ["sending"]


def test_an_account_whose_key_is_refused_leaves_the_orders_to_another(
    make_desk: MakeDesk, ledger: Ledger
) -> None:
    """And is not asked again for a while."""
    desk = make_desk("REFUSED_KEY", "KIE_API_KEY")
    for prompt in ("a fox", "an owl", "a bear"):
        assert fulfil(desk, KeptEngine(), ordered(prompt)) == ["saved", ""]
    assert [row.account for row in ledger.rows()] == ["KIE_API_KEY"] * 3


def test_where_no_account_may_pay_the_order_says_so(make_desk: MakeDesk) -> None:
    """First what the gateway said; then that nobody was asked."""
    desk = make_desk("REFUSED_KEY")
    ended = [fulfil(desk, KeptEngine(), ordered(prompt)) for prompt in ("a fox", "an owl")]
    assert [state for state, _ in ended] == ["refused", "planned"]
    assert "key" in ended[0][1].lower()
    assert ended[1][1] == "No account is left that may pay for it"


def test_an_account_spends_no_more_than_its_budget(make_desk: MakeDesk, sandbox: Sandbox) -> None:
    """The next one pays; where there is none, the order says why."""
    desk = make_desk("KIE_API_KEY=8")
    assert fulfil(desk, KeptEngine(), ordered("a fox")) == ["saved", ""]
    state, why = fulfil(desk, KeptEngine(), ordered("an owl"))
    assert (state, paid(sandbox)) == ("planned", 1)
    assert "allows KIE_API_KEY 8 credits and 8 are spent: a create of 8 was not sent" in why


def test_the_limit_of_an_order_is_that_of_all_workers_together(
    make_desk: MakeDesk, sandbox: Sandbox
) -> None:
    """Two that know nothing of each other but the database."""
    every = (make_desk(), make_desk())
    ended = [
        fulfil(each, KeptEngine(), ordered(f"fox {number} {at}", max_credits=24))[0]
        for number in range(2)
        for at, each in enumerate(every)
    ]
    assert (ended, paid(sandbox)) == (["saved", "saved", "saved", "planned"], 3)


def test_orders_are_spread_over_the_accounts(
    make_desk: MakeDesk, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    """Each of them has a rate of its own, so none is to wait for another."""
    monkeypatch.setenv("SECOND_KEY", sandbox.key("kie"))
    desk = make_desk("KIE_API_KEY", "SECOND_KEY")
    for number in range(4):
        fulfil(desk, KeptEngine(), ordered(f"fox {number}"))
    assert Counter(row.account for row in ledger.rows()) == {"KIE_API_KEY": 2, "SECOND_KEY": 2}


def test_what_an_account_has_paid_stays_with_it(
    make_desk: MakeDesk, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    """A task belongs to the key that created it: a worker without that says so."""
    kept: list[str] = []
    monkeypatch.setenv("SECOND_KEY", sandbox.key("kie"))
    with pytest.raises(Killed):
        fulfil(make_desk("SECOND_KEY"), KeptEngine(kept, 2), ordered("a fox"))
    state, why = fulfil(make_desk(), KeptEngine(), ordered("a fox"))
    assert (state, why) == ("created", "This worker was not given SECOND_KEY")
    assert fulfil(make_desk("SECOND_KEY"), KeptEngine(), ordered("a fox")) == ["saved", ""]
    assert paid(sandbox) == 1


def test_a_create_that_was_turned_away_is_tried_again_later(
    make_desk: MakeDesk, sandbox: Sandbox
) -> None:
    """The gateway is under maintenance: the order waits, and nothing is uncertain."""
    sandbox.fault("code-455", operation="createTask", times=1)
    engine = KeptEngine()
    assert fulfil(make_desk(), engine, ordered("a fox")) == ["saved", ""]
    assert engine.waits == [30.0]


def test_pictures_go_where_fsspec_leads(make_desk: MakeDesk, ledger: Ledger) -> None:
    """The row says where, as a URL."""
    desk = make_desk(output="memory://pictures/of/foxes")
    assert fulfil(desk, KeptEngine(), ordered("a fox")) == ["saved", ""]
    (path,) = ledger.rows()[0].paths.values()
    assert path == "memory:///pictures/of/foxes/a-fox.png"
    with fsspec.open(path) as file:
        assert file.read(4) == b"\x89PNG"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://bucket/folder", "output: s3:// needs more: Install s3fs to access S3"),
        ("nothing://at/all", "output: Protocol not known: nothing"),
    ],
)
def test_a_place_that_needs_more_says_what(url: str, words: str) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidRequest, match=words):
        Destination(url)


@pytest.mark.parametrize("account", ["NO_SUCH_KEY", "KIE_API_KEY=much", "KIE_API_KEY=-1"])
def test_an_account_that_cannot_pay_is_refused_at_once(make_desk: MakeDesk, account: str) -> None:
    with pytest.raises(InvalidRequest, match="accounts: "):
        make_desk(account)


def test_an_account_is_given_once(make_desk: MakeDesk) -> None:
    """Of two budgets nobody could say which one counts."""
    with pytest.raises(InvalidRequest, match="accounts: KIE_API_KEY is given twice"):
        make_desk("KIE_API_KEY=10", "KIE_API_KEY=1000")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder keeps root from writing")
def test_a_place_that_takes_no_picture_is_refused_at_once() -> None:
    """Each would have been paid for by then."""
    with pytest.raises(DownloadError, match="The picture cannot be written to '/proc'"):
        Destination("/proc")


def test_neither_the_database_nor_an_order_holds_a_key(
    make_desk: MakeDesk, ledger: Ledger, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Accounts go by the names of variables."""
    fulfil(make_desk(), KeptEngine(), ordered("a fox"))
    with closing(sqlite3.connect(tmp_path / "l.db")) as other:
        assert sandbox.key("kie") not in "".join(other.iterdump())


def test_an_order_is_json_and_comes_back_as_it_was() -> None:
    given = ordered("a fox", batch="b.csv", max_credits=80.0)
    assert Order.from_json(given).as_json() == given


@pytest.mark.parametrize("task", ["told", None])
def test_what_was_uncertain_goes_on_once_somebody_says_what_became_of_it(
    make_desk: MakeDesk, ledger: Ledger, sandbox: Sandbox, task: str | None
) -> None:
    """With its task it is saved, without one it is sent again."""
    sandbox.fault("reset", operation="createTask")
    assert fulfil(make_desk(), KeptEngine(), ordered("a fox"))[0] == "uncertain"
    (made,) = (each.id for each in sandbox.state.tasks.values())
    ledger.resolve(ledger.rows()[0].id, task and made)
    assert fulfil(make_desk(), KeptEngine(), ordered("a fox")) == ["saved", ""]
    assert paid(sandbox) == (1 if task else 2)


def test_an_answer_that_could_not_be_written_at_once_is_no_missing_one(
    make_desk: MakeDesk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away just then: the next step writes it down before it looks."""
    sandbox.configure(generating=0.1)
    write, failures = Recorder._record, iter(range(2))

    def away_twice(self: Recorder, event: Event) -> None:
        if isinstance(event, TaskCreated) and next(failures, None) is not None:
            raise LedgerUnavailable("The database is away")
        write(self, event)

    monkeypatch.setattr(Recorder, "_record", away_twice)
    assert fulfil(make_desk(), KeptEngine(), ordered("a fox")) == ["saved", ""]


def test_a_tag_that_stands_for_another_request_is_not_paid_again(
    make_desk: MakeDesk, sandbox: Sandbox
) -> None:
    """What is there stays, and the reason is told."""
    fulfil(make_desk(), KeptEngine(), ordered("a fox"))
    other = ordered("a fox")
    other["request"]["prompt"] = "an owl"
    state, why = fulfil(make_desk(), KeptEngine(), other)
    assert (state, paid(sandbox)) == ("saved", 1)
    assert "the ledger has it with other fields" in why
