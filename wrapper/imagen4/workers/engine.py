"""DBOS as the queue: what puts orders in, and a worker.

DBOS 3.4 gives a workflow to whoever takes it off the queue, and recovers it when a process of the
same executor id starts. That another executor is dead its open-source library does not notice:
that do the workers themselves, by `Ledger.watch`, and hand the dead one's workflows back to the
queue by the function with which DBOS recovers its own. It does so in one statement, only while
they are the dead one's: however many workers notice, one gets each.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, error

from ..errors import LedgerError, LedgerUnavailable
from ..ledger.watch import BEAT
from .workflow import fulfil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbos import StepOptions

    from ..core.task import Task
    from ..ledger import Ledger
    from .desk import Desk
    from .orders import Order

logger = logging.getLogger("imagen4")

APPLICATION = "imagen4"
# Of the steps: workers of all releases that have the same one go on with each other's orders.
VERSION = "imagen4-1"
WORKFLOW = "pictures"
CALLBACK = "callback"
UNDER_WAY = ("ENQUEUED", "PENDING", "DELAYED")
AT_ONCE = 500  # orders put in with one transaction
LOOKING = 0.5  # seconds between two looks into the queue
CONNECTIONS = 5  # of a process, beside the ledger's
ANSWERS = 35.0  # seconds that creates which are out have for their answers, at the end
# While the database is away: for about ten minutes.
PATIENT: StepOptions = {
    "retries_allowed": True,
    "interval_seconds": 1.0,
    "backoff_rate": 1.3,
    "max_attempts": 20,
    "should_retry": lambda problem: isinstance(problem, LedgerUnavailable),
}


def database_of(ledger: Ledger) -> tuple[str, str]:
    """The address of the ledger's database, and the schema in it that DBOS has for itself."""
    database, schema = ledger._store.database, "main"
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


def work(ledger: Ledger, gateway: str, desk: Desk, concurrency: int) -> None:
    """Work through a gateway's queue until KeyboardInterrupt; others then go on with the rest.

    Not for use beside another DBOS application in the process. Some of DBOS's threads sleep on:
    the process is to end.
    """
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    watch = ledger.watch(name, time.monotonic)
    watch.beat()  # first: whose workflows are to be missed must be known before it has any
    dbos = launch(ledger, name, desk)
    DBOS.register_queue(
        queue_of(gateway),
        worker_concurrency=concurrency,
        polling_interval_sec=LOOKING,
        on_conflict="always_update",
    )
    logger.info("worker %s: at work for %s", name, gateway)
    try:
        while not desk.stopping.wait(BEAT):
            try:
                for silent in watch.beat():
                    if hand_back(silent):
                        words = "worker %s is silent: others go on with its requests"
                        logger.warning(words, silent)
                    watch.strike_off(silent)
            except LedgerError as problem:
                logger.warning("%s", problem.message)
    except KeyboardInterrupt:
        logger.info("worker %s: no new create; waiting for answers", name)
    for each in dbos.background_thread_stop_events:
        each.set()  # nothing more is taken off the queue
    desk.close(ANSWERS)
    hand_back(name)  # what is taken after all is missed in a while, since the name stays
    logger.info("worker %s: ended", name)


def launch(ledger: Ledger, name: str, desk: Desk) -> DBOS:
    """DBOS under that name, with the one workflow."""
    url, schema = database_of(ledger)
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": url,
        "dbos_system_schema": schema,
        "sys_db_pool_size": CONNECTIONS,
        # A parameter may hold a prompt: never in the text of an error.
        "db_engine_kwargs": {"hide_parameters": True},
        "serializer": DBOSPortableJSONSerializer(),
        "application_version": VERSION,
        "executor_id": name,
        "log_level": "CRITICAL",  # what a user has to know we say ourselves, in one line
    }
    dbos = DBOS(config=config)

    @DBOS.workflow(name=WORKFLOW)
    def pictures(order: dict[str, Any]) -> Any:
        try:
            return fulfil(desk, DurableEngine(), order)
        except Exception as problem:
            tag, kind = order["request"]["tag"], type(problem).__name__
            logger.error("%s: %s", tag, kind)  # noqa: TRY400 - a traceback may quote a prompt
            raise

    with ledger._store._in_words("made a queue"):
        DBOS.launch()
    return dbos


def hand_back(name: str) -> bool:
    """Put what a worker has under way into the queue again; whether there was anything."""
    found = False
    while DBOS.list_workflows(
        executor_id=name,
        status="PENDING",
        app_version=VERSION,
        limit=1,
        load_input=False,
        load_output=False,
    ):
        found = True
        DBOS._recover_pending_workflows([name])
    return found
