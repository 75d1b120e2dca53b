"""Guards that a ledger in PostgreSQL keeps what one in a file keeps, over a network that breaks."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

import postgres as server
from client.play import KINDS, PROMPT, Script, Time, client_for, created, details, play, settled
from imagen4 import InvalidRequest, Ledger, LedgerError, Polling
from imagen4.ledger import migrations

COMMIT = b"COMMIT\0"  # and not READ COMMITTED
VERSION1 = Path(__file__).with_name("version1.sql").read_text()


@pytest.fixture
def place(postgres: server.Server) -> str:
    return postgres.new_place()


def schema_of(place: str) -> str:
    return place.rpartition("%3D")[2]


def states(place: str) -> list[tuple[str, str | None]]:
    with Ledger(place) as ledger:
        return [(row.state, row.task_id) for row in ledger.rows()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_that_runs_again_continues(kind: str, place: str) -> None:
    """As with a file: rows, fields and links come back as they were, in whatever order."""
    requests = ["a fox", "a bear"]
    for creates in ([created("t1"), created("t2")], []):
        script = Script(creates=creates, polls=[details("t", "waiting")])
        with Ledger(place) as ledger:
            play(kind, script, lambda c: c.generate_many(requests, ledger=ledger, timeout=0))
            assert len(script.sent("createTask")) == len(creates)
            assert {row.fields["prompt"] for row in ledger.rows()} == set(requests)
            assert {job.task_ids for job in ledger.open_jobs()} == {("t1",), ("t2",)}
            assert ledger.spent() == 16.0


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_cut_at_the_commit_stops_the_create(
    kind: str, late: bool, place: str, postgres: server.Server
) -> None:
    """Whether the row is there or not, nothing is sent; if it is there, it says so."""
    script = Script(creates=[created("t1")])
    with server.Relay(postgres) as relay, Ledger(relay.url(place)) as ledger:
        relay.cut_at, relay.late = COMMIT, late

        async def submit(client: Any) -> None:
            with pytest.raises(LedgerError, match="cannot be written") as caught:
                await settled(client.submit(PROMPT))
            assert caught.value.accepted == "no"
            assert server.PASSWORD not in str(caught.value)

        play(kind, script, submit, ledger=ledger, polling=Polling(paced=False))
    assert script.requests == []
    assert states(place) == ([("refused", None)] if late else [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_turn_that_cannot_be_had_is_the_clients_own(
    kind: str, place: str, postgres: server.Server
) -> None:
    """What may be sent is for the row to say, which comes after it."""
    script = Script(creates=[created("t1"), created("t2")])
    with server.Relay(postgres) as relay, Ledger(relay.url(place)) as ledger:

        async def submit(client: Any) -> None:
            await settled(client.submit(PROMPT))
            relay.cut_at = COMMIT
            await settled(client.submit(PROMPT))
            assert relay.cut_at is None

        play(kind, script, submit, ledger=ledger)
    assert states(place) == [("created", "t1"), ("created", "t2")]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_outlives_a_connection_that_is_cut_while_it_is_written(
    kind: str, late: bool, place: str, postgres: server.Server
) -> None:
    """It is written over a new one."""
    with server.Relay(postgres) as relay, Ledger(relay.url(place)) as ledger:
        relay.late = late

        def answer(_: Any) -> Any:
            relay.cut_at = COMMIT
            return created("t1")

        play(kind, Script(creates=[answer]), lambda c: c.submit(PROMPT), ledger=ledger)
        assert relay.cut_at is None
        assert states(place) == [("created", "t1")]


def test_an_answer_outlives_a_server_that_is_away(
    postgres: server.Server, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the task at once; the row has it when the server is back."""

    def answer(_: Any) -> Any:
        postgres.stop()
        return created("t1")

    caplog.set_level(logging.INFO)
    with Ledger(place) as ledger:
        try:
            play("sync", Script(creates=[answer]), lambda c: c.submit(PROMPT), ledger=ledger)
            assert "kie: created task t1" in caplog.messages
            assert "kie: a listener raised at TaskCreated of task t1 (The ledger" in caplog.text
            script = Script(creates=[created("t2")])
            with pytest.raises(LedgerError):
                play("sync", script, lambda c: c.submit(PROMPT), ledger=ledger)
            assert script.requests == []
        finally:
            postgres.start()
    assert states(place) == [("created", "t1")]
    assert PROMPT not in caplog.text
    assert server.PASSWORD not in caplog.text


def test_an_answer_is_written_before_the_next_create(postgres: server.Server, place: str) -> None:
    """Whatever could not be written while the server was away."""

    def away(_: Any) -> Any:
        postgres.stop()
        return created("t1")

    def back(_: Any) -> Any:
        assert states(place) == [("created", "t1"), ("sending", None)]
        return created("t2")

    with Ledger(place) as ledger:
        try:
            play("sync", Script(creates=[away]), lambda c: c.submit(PROMPT), ledger=ledger)
        finally:
            postgres.start()
        play("sync", Script(creates=[back]), lambda c: c.submit(PROMPT), ledger=ledger)
        assert states(place) == [("created", "t1"), ("created", "t2")]


def test_a_restarted_server_is_connected_again(postgres: server.Server, place: str) -> None:
    """A connection that was kept is looked at before it is used."""
    with Ledger(place) as ledger:
        postgres.stop()
        postgres.start()
        play("sync", Script(creates=[created("t1")]), lambda c: c.submit(PROMPT), ledger=ledger)
    assert states(place) == [("created", "t1")]


def test_a_forked_process_has_a_connection_of_its_own(place: str) -> None:
    """The parent's lives on when the child ends."""
    ledger = Ledger(place)

    def server_process() -> int:
        with ledger._store.reading() as connection:
            number: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            return number

    parents = server_process()
    if (child := os.fork()) == 0:
        play("sync", Script(creates=[created("t1")]), lambda c: c.submit(PROMPT), ledger=ledger)
        os._exit(int(server_process() == parents))
    assert os.waitpid(child, 0)[1] == 0
    assert server_process() == parents
    play("sync", Script(creates=[created("t2")]), lambda c: c.submit(PROMPT), ledger=ledger)
    ledger.close()
    assert states(place) == [("created", "t1"), ("created", "t2")]


@pytest.mark.parametrize("table", ["turns", "creates"])
def test_a_slow_server_does_not_hold_up_the_event_loop(
    table: str, place: str, postgres: server.Server
) -> None:
    """Whatever it keeps waiting: the turn, or the row. The other tasks go on."""

    async def run() -> tuple[str, ...]:
        script = Script(creates=[created("t1")])
        async with client_for("async", "kie", script, Time(), ledger=ledger) as client:
            job = asyncio.create_task(client.submit(PROMPT))
            with postgres.locked(f"{schema_of(place)}.{table}") as waiting:
                while not (job.done() or await asyncio.to_thread(waiting)):
                    pass
                assert script.requests == []
            return (await job).task_ids

    with Ledger(place) as ledger:
        assert asyncio.run(run()) == ("t1",)
    assert states(place) == [("created", "t1")]


def test_the_first_version_becomes_what_a_new_ledger_is(postgres: server.Server) -> None:
    """Column by column."""
    old, new = postgres.new_place(), postgres.new_place()
    postgres.do(f"SET search_path TO {schema_of(old)}; {VERSION1}")
    with Ledger(old) as ledger, Ledger(new):
        assert [row.task_id for row in ledger.rows()] == ["t1", "t2"]
    engine = create_engine(old.replace("postgresql:", "postgresql+psycopg:").partition("?")[0])
    look = inspect(engine)
    for table in migrations.metadata.tables:
        columns = [
            {(each["name"], str(each["type"]), each["nullable"]) for each in found}
            for found in (look.get_columns(table, schema=schema_of(place)) for place in (old, new))
        ]
        assert columns[0] == columns[1]
    engine.dispose()


def test_a_database_may_be_shared_but_not_its_names(postgres: server.Server, place: str) -> None:
    """Another program's table that is called as ours is left alone."""
    postgres.do(f"CREATE TABLE {schema_of(place)}.songs (name TEXT)")
    Ledger(place).close()
    other = postgres.new_place()
    postgres.do(f"CREATE TABLE {schema_of(other)}.creates (name TEXT)")
    with pytest.raises(LedgerError, match="another program's database"):
        Ledger(other)


def test_who_only_looks_makes_no_tables(postgres: server.Server, place: str) -> None:
    """A database that is named by mistake stays as it is."""
    with pytest.raises(LedgerError, match="There is no ledger 'postgresql://me@"):
        Ledger(place, new=False)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = "
    assert postgres.do(f"{tables}'{schema_of(place)}'") == []
    Ledger(place).close()
    Ledger(place, new=False).close()


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("mysql://me:to-be-kept@127.0.0.1/x", InvalidRequest),
        ("postgresql://me:to-be-kept@a@b:port/x", InvalidRequest),
        ("postgresql://me:to-be-kept@127.0.0.1:1/x", LedgerError),
        ("postgres://me@127.0.0.1:1/x?password=to-be-kept", LedgerError),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line_without_the_password(
    address: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        Ledger(address)
    assert server.PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_ledger_tells_its_address_without_the_password(place: str) -> None:
    with Ledger(place) as ledger:
        assert repr(ledger).startswith("Ledger('postgresql://me@127.0.0.1:")
        assert server.PASSWORD not in repr(ledger)
