"""One worker: it takes orders off the queue, and sees to it that none is forgotten.

DBOS 3.4 gives a workflow to whoever takes it off the queue, and recovers it when a process of the
same executor id starts. That another executor is dead its open-source library does not notice:
that do the workers themselves, by `Ledger.watch`, and hand the dead one's workflows back to the
queue by the function with which DBOS recovers its own. It does so in one statement, only while
they are the dead one's: however many workers notice, one gets each, and what the other still
wants to write down of it DBOS refuses.

Nor does it notice that the answer to its own taking was lost with the connection: the workflows
are the worker's then, and nobody is at work on them. Found by cutting connections at COMMIT.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from ..errors import LedgerError
from ..ledger.watch import BEAT, SILENCE
from ..logs import logger
from .engine import APPLICATION, WORKFLOW, DurableEngine, database_of, queue_of
from .workflow import fulfil

if TYPE_CHECKING:
    from ..ledger import Ledger
    from .desk import Desk

# Of the steps: workers of all releases that have the same one go on with each other's orders.
VERSION = "imagen4-1"
LOOKING = 0.5  # seconds between two looks into the queue
CONNECTIONS = 5  # of a process, beside the ledger's
ANSWERS = 35.0  # seconds that creates which are out have for their answers, at the end
LONGEST_END = 40.0  # seconds


def work(ledger: Ledger, gateway: str, desk: Desk, concurrency: int) -> None:
    """Work through a gateway's queue until KeyboardInterrupt; others then go on with the rest.

    Not for use beside another DBOS application in the process. Some of DBOS's threads sleep on:
    the process is to end.
    """
    worker = Worker(ledger, queue_of(gateway), desk)
    worker.start(concurrency)
    logger.info("worker %s: at work for %s", worker.name, gateway)
    try:
        worker.run()
    except KeyboardInterrupt:
        logger.info("worker %s: no new create; waiting for answers", worker.name)
    # On a thread that nobody waits for any longer, where the database or a gateway is away.
    ending = Thread(target=worker.end, daemon=True)
    ending.start()
    with suppress(KeyboardInterrupt):
        ending.join(LONGEST_END)
    logger.info("worker %s: ended", worker.name)


class Worker:
    """An executor of DBOS, under a name of its own."""

    def __init__(self, ledger: Ledger, queue: str, desk: Desk) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._ledger = ledger
        self._queue = queue
        self._desk = desk
        self._watch = ledger.watch(self.name, time.monotonic)
        self._at_work: set[str] = set()
        self._idle: dict[str, float] = {}

    def start(self, concurrency: int) -> None:
        """From here on it has orders. Raises LedgerUnavailable."""
        self._watch.beat()  # first: who is to be missed must be known before it has any
        self._dbos = DBOS(config=self._config())

        @DBOS.workflow(name=WORKFLOW)
        def pictures(order: dict[str, Any]) -> Any:
            return self._fulfil(order)

        with self._ledger._store._in_words("made a queue"):
            DBOS.launch()
            DBOS.register_queue(
                self._queue,
                worker_concurrency=concurrency,
                polling_interval_sec=LOOKING,
                on_conflict="always_update",
            )

    def run(self) -> None:
        """Say that it is alive, and look after what nobody is at work on."""
        while not self._desk.stopping.wait(BEAT):
            try:
                for silent in self._watch.beat():
                    if hand_back(silent):
                        words = "worker %s is silent: others go on with its requests"
                        logger.warning(words, silent)
                    self._watch.strike_off(silent)
                self._take_up_again(time.monotonic())
            except LedgerError as problem:
                logger.warning("%s", problem.message)

    def end(self) -> None:
        """Send nothing more, wait for answers, and leave the rest to others."""
        for each in self._dbos.background_thread_stop_events:
            each.set()  # nothing more is taken off the queue
        self._desk.close(ANSWERS)
        hand_back(self.name)  # what is taken after all is missed in a while: the name stays

    def _fulfil(self, order: dict[str, Any]) -> Any:
        name = str(DBOS.workflow_id)
        self._at_work.add(name)
        try:
            return fulfil(self._desk, DurableEngine(), order)
        except Exception as problem:
            tag, kind = order["request"]["tag"], type(problem).__name__
            logger.error("%s: %s", tag, kind)  # noqa: TRY400 - a traceback may quote a prompt
            raise
        finally:
            self._at_work.discard(name)

    def _take_up_again(self, now: float) -> None:
        """What is this worker's, and was not begun for as long as a silent one is waited for."""
        idle = set(pending(self.name)) - self._at_work
        self._idle = {name: self._idle.get(name, now) for name in idle}
        for name, since in self._idle.items():
            if now - since > SILENCE:
                DBOS.resume_workflow(name, queue_name=self._queue)

    def _config(self) -> DBOSConfig:
        url, schema = database_of(self._ledger)
        return {
            "name": APPLICATION,
            "system_database_url": url,
            "dbos_system_schema": schema,
            "sys_db_pool_size": CONNECTIONS,
            # A parameter may hold a prompt: never in the text of an error.
            "db_engine_kwargs": {"hide_parameters": True},
            "serializer": DBOSPortableJSONSerializer(),
            "application_version": VERSION,
            "executor_id": self.name,
            "log_level": "CRITICAL",  # what a user has to know we say ourselves, in one line
        }


def pending(name: str) -> list[str]:
    """The workflows that are a worker's."""
    found = DBOS.list_workflows(
        executor_id=name,
        status="PENDING",
        app_version=VERSION,
        load_input=False,
        load_output=False,
    )
    return [each.workflow_id for each in found]


def hand_back(name: str) -> bool:
    """Put what a worker has under way into the queue again; whether there was anything."""
    found = False
    while pending(name):
        found = True
        DBOS._recover_pending_workflows([name])
    return found
