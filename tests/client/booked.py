"""A gateway on loopback that keeps a book of its tasks, and Ctrl-C where a test wants it."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from client.loopback import Loopback, Received, http
from client.play import created, details, succeeded
from imagen4 import Client, Polling

PATIENCE = 60.0  # seconds; a test that waits as long has failed
KEY = "sk-5b1d0c9e-not-to-be-seen"


class Booked:
    """Makes tasks t1, t2 ... that run for so many polls, or until they are in `ended`.

    prompt: so many creates are answered at once, the others when `release` is set. `all_out` is
        set when one of those is out, and each of the earlier ones has been polled.
    """

    def __init__(self, prompt: int = 1_000_000, polls: int = 1_000_000) -> None:
        self.book: list[str] = []
        self.polled: dict[str, int] = {}
        self.ended: set[str] = set()
        self.held = threading.Event()  # an answer is
        self.all_out = threading.Event()
        self.release = threading.Event()
        self._prompt, self._polls = prompt, polls
        self._lock = threading.Lock()
        self._server = Loopback(self._reply)

    def __enter__(self) -> "Booked":
        self._server.__enter__()
        self.url = self._server.url
        return self

    def __exit__(self, *exc: object) -> None:
        self.release.set()
        self._server.__exit__(*exc)

    def client(self) -> Client:
        polling = Polling.immediate(PATIENCE)
        return Client("kie", api_key=KEY, base_url=self.url, polling=polling)

    def _reply(self, received: Received) -> bytes:
        if received.method == "GET":
            return http(200, self._details(received.path.partition("taskId=")[2]))
        with self._lock:
            self.book.append(f"t{len(self.book) + 1}")
            task_id = self.book[-1]
            late = len(self.book) > self._prompt
        if late:
            self.held.set()
            self._look()
            self.release.wait(PATIENCE)
        return http(200, created(task_id).content)

    def _details(self, task_id: str) -> bytes:
        polls = self.polled[task_id] = self.polled.get(task_id, 0) + 1
        self._look()
        ended = polls >= self._polls or task_id in self.ended
        return (succeeded(task_id) if ended else details(task_id, "generating")).content

    def _look(self) -> None:
        if len(self.book) > self._prompt and len(self.polled) == self._prompt:
            self.all_out.set()


def press_ctrl_c() -> None:
    """As a terminal does, also where the main thread waits in C."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def ctrl_c_works() -> Iterator[None]:
    """Whatever the runner of the tests does with it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def told(then: Callable[[str], object] = lambda _: None) -> Iterator[list[str]]:
    """What the log says at the level that is shown by default; `then` hears each line at once."""
    lines: list[str] = []

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())
            then(lines[-1])

    handler, logger = Hearing(logging.WARNING), logging.getLogger("imagen4")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
