"""Serving the applications of this folder on loopback, as their users would."""

import importlib.util
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import uvicorn
from werkzeug.serving import make_server


def loaded(name: str) -> ModuleType:
    """A file of this folder, run as a new module."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def asgi(app: Any, listener: socket.socket) -> Iterator[None]:
    """Served by uvicorn, which closes what it listens on."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with in_the_background(server.run, [listener.dup()]):
        yield
        server.should_exit = True


@contextmanager
def wsgi(app: Any, listener: socket.socket) -> Iterator[None]:
    """Served by a thread for each request."""
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    with in_the_background(server.serve_forever, 0.01):
        yield
        server.shutdown()


@contextmanager
def in_the_background(work: Callable[[Any], object], argument: Any) -> Iterator[None]:
    thread = threading.Thread(target=work, args=(argument,))
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
