"""A PostgreSQL server of the tests' own, on a loopback port, in a folder that is thrown away."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import TYPE_CHECKING, Any

from ports import own_port

if TYPE_CHECKING:
    import psycopg

PASSWORD = "to-be-kept"
MISSING = "PostgreSQL's programs are not installed (Debian: postgresql)"
USER = "nobody"  # the server refuses to run as root
QUICK = "-c fsync=off -c max_connections=60 -c unix_socket_directories="


def program(name: str) -> str | None:
    """Debian keeps the server's programs off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


class Server:
    """Started, stopped and restarted by `pg_ctl`."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = f"{self._data}.log"
        self._places = count()
        self.port = 0
        self._run("initdb", "--auth=trust", "--username=me", "--no-sync", "--encoding=UTF8")

    def start(self) -> None:
        """On a port that is its own, also while it is stopped: no program is given it by chance."""
        ports = [self.port] if self.port else [own_port() for _ in range(5)]
        for self.port in ports:
            options = f"{QUICK} -c listen_addresses=127.0.0.1 -p {self.port}"
            try:
                self._run("pg_ctl", "start", "--wait", "-o", options, "-l", self._log)
                break
            except AssertionError:
                if self.port == ports[-1]:
                    raise AssertionError(Path(self._log).read_text()) from None

    def stop(self) -> None:
        """At once, as a power failure would: every connection is cut."""
        self._run("pg_ctl", "stop", "--wait", "-m", "immediate")

    def new_place(self) -> str:
        """The address of an empty schema of one's own."""
        schema = f"place{next(self._places)}"
        self.do(f"CREATE SCHEMA {schema}")
        address = f"postgresql://me:{PASSWORD}@127.0.0.1:{self.port}/postgres"
        return f"{address}?options=-csearch_path%3D{schema}"

    def new_places(self, number: int) -> str:
        """The address of so many, with `{}` for their numbers."""
        first = self.new_place()
        for each in range(number):
            self.do(f"CREATE SCHEMA {first.rpartition('%3D')[2]}_{each}")
        return f"{first}_{{}}"

    def do(self, statement: str) -> list[tuple[Any, ...]]:
        """What it brings, as another program would ask it."""
        with self._connected() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def locked(self, table: str) -> Iterator[Callable[[], bool]]:
        """Nobody uses the table; the function says whether somebody waits for it."""
        with self._connected() as connection:
            connection.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
            yield lambda: bool(self.do("SELECT 1 FROM pg_locks WHERE NOT granted"))
            connection.execute("ROLLBACK")

    def _connected(self) -> "psycopg.Connection[Any]":
        import psycopg  # most tests need neither a server nor its driver

        where = f"host=127.0.0.1 port={self.port} user=me dbname=postgres"
        return psycopg.connect(where, autocommit=True)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(program(name)), *arguments, "-D", str(self._data)]
        user = USER if os.geteuid() == 0 else None
        done = subprocess.run(
            command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running() -> Iterator[Server]:
    """A server that is stopped at the end."""
    folder = Path(mkdtemp(prefix="imagen4-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


class Relay:
    """Stands between a client and the server, and cuts the connection at a word of the client's.

    cut_at: the word, say COMMIT; the connection ends before the server has it, or, if `late`,
        before the client has the answer. Once, then nothing more is cut.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.cut_at: bytes | None = None
        self.late = False

    def __enter__(self) -> "Relay":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def url(self, address: str) -> str:
        return address.replace(f":{self._server.port}/", f":{self.port}/")

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                server = socket.create_connection(("127.0.0.1", self._server.port))
                Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
                Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_client: bool) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                if is_client and self.cut_at is not None and self.cut_at in data:
                    self.cut_at = None
                    if self.late:
                        source.shutdown(socket.SHUT_RDWR)
                        target.sendall(data)
                    break
                target.sendall(data)
            for each in (source, target):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
