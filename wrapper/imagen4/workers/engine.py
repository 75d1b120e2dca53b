"""DBOS as the queue: where it is, what puts orders in, and how steps are kept."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, error

from ..errors import LedgerUnavailable
from ..logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbos import StepOptions

    from ..core.task import Task
    from ..ledger import Ledger
    from .orders import Order

APPLICATION = "imagen4"
WORKFLOW = "pictures"
CALLBACK = "callback"
UNDER_WAY = ("ENQUEUED", "PENDING", "DELAYED")
# DBOS's tables ask it for the time in a way that older ones answer with null (Debian 12 has 3.40).
OLDEST_SQLITE = (3, 42) if sys.version_info >= (3, 12) else (3,)
AT_ONCE = 500  # orders put in with one transaction
# While the database is away: for about ten minutes.
PATIENT: StepOptions = {
    "retries_allowed": True,
    "interval_seconds": 1.0,
    "backoff_rate": 1.3,
    "max_attempts": 20,
    "should_retry": lambda problem: isinstance(problem, LedgerUnavailable),
}


def database_of(ledger: Ledger) -> tuple[str, str]:
    """The address of the ledger's database, and the schema in it that DBOS has for itself.

    Raises LedgerError for a file where this Python's SQLite can hold no queue.
    """
    database, schema = ledger._store.database, "main"
    if not database.remote and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        here, needed = sqlite3.sqlite_version, ".".join(map(str, OLDEST_SQLITE))
        words = f"cannot hold a queue: SQLite is {here} here, from {needed} on it can"
        raise ledger._store.error(f"{words}; or take PostgreSQL")
    if database.remote:
        with ledger._store.reading() as connection:
            schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return database.engine.url.render_as_string(hide_password=False), f"dbos_{schema}"


def queue_of(gateway: str) -> str:
    return f"{APPLICATION}-{gateway}"


def client_of(ledger: Ledger) -> DBOSClient:
    url, schema = database_of(ledger)
    return DBOSClient(
        system_database_url=url,
        dbos_system_schema=schema,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
    )


def enqueue(ledger: Ledger, gateway: str, orders: Sequence[Order]) -> int:
    """Put orders into a gateway's queue; how many, since those that are under way stay.

    What an earlier run has paid is taken up. All are in the queue when this returns.
    """
    url, schema = database_of(ledger)
    with ledger._store._in_words("made a queue"):
        DBOS.migrate(url, schema=schema)
    client = client_of(ledger)
    try:
        pages = range(0, len(orders), AT_ONCE)
        return sum(put(client, ledger, gateway, orders[at : at + AT_ONCE]) for at in pages)
    finally:
        client.destroy()


def put(client: DBOSClient, ledger: Ledger, gateway: str, orders: Sequence[Order]) -> int:
    """All of these together, in one transaction."""
    named = {f"{gateway} {each.key}": each for each in orders}
    known = client.list_workflows(workflow_ids=list(named), load_input=False, load_output=False)
    for each in known:
        if each.status in UNDER_WAY:
            del named[each.workflow_id]
    # Its row in the ledger says what came of it; under the same name it begins anew.
    client.delete_workflows([each.workflow_id for each in known if each.workflow_id in named])
    about: EnqueueOptions = {"workflow_name": WORKFLOW, "queue_name": queue_of(gateway)}
    with ledger._store.writing() as connection:
        for name, order in named.items():
            client.enqueue_in_transaction(
                connection, {**about, "workflow_id": name}, order.as_json()
            )
    return len(named)


def wake(ledger: Ledger, callback: Task, query: str) -> None:
    """Write a callback down, and end the wait of the worker that has its request.

    For `callbacks.Receiver(…, on_callback=partial(wake, ledger))`, in any process. A create that
    had no answer has its task from then on. Nothing happens where the ledger has no such create.
    """
    row = ledger.record_callback(callback, query)
    if row is None:
        return
    client = client_of(ledger)
    try:
        client.send(f"{row.gateway} {row.key}", True, topic=CALLBACK)
    except error.DBOSNonExistentWorkflowError:
        logger.debug("%s: no worker waits for it", row.key)
    finally:
        client.destroy()


class DurableEngine:
    """See `Engine`: DBOS writes down what each step returned."""

    def step(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return DBOS.run_step({"name": work.__name__, **PATIENT}, work, *arguments)

    def sleep(self, seconds: float) -> None:
        DBOS.sleep(seconds)

    def wait_for_callback(self, seconds: float) -> None:
        DBOS.recv(CALLBACK, timeout_seconds=seconds)
