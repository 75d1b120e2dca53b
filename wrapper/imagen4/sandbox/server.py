"""A running sandbox: uvicorn in a thread, on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from .addresses import openable_hosts
from .app import app_for
from .callbacks import signing_key
from .faults.connection import protocol_for
from .gateways import SANDBOX_GATEWAYS, SandboxGateway
from .settings import SandboxSettings, SettingError
from .state import SandboxState

if TYPE_CHECKING:
    from .callbacks import Delivery
    from .clock import Clock
    from .faults import ArmedFault
    from .journal import RecordedRequest

START_TIMEOUT = 10.0
MAX_CONNECTIONS = 1_000


class Sandbox:
    """Both gateways on one port, from `start` to `stop` or inside `with`.

    Settings are those of `SandboxSettings`. Everything here may be called from any thread.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, **settings: Any) -> None:
        self.state = SandboxState(SandboxSettings(**settings))
        self.host = host
        self.port = port
        self._hosts = [host]
        self._server: _SandboxServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Bind and serve; returns when requests are answered. OSError if the port is taken."""
        if self._server is not None:
            raise RuntimeError("the sandbox is running already")
        listener = self.listen()
        self._server = server_for(self.state)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="imagen4 sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.answering.wait(START_TIMEOUT):
            raise RuntimeError("the sandbox did not start")
        return self

    def listen(self) -> socket.socket:
        """Bind; the addresses are known from now on. OSError if the port is taken."""
        listener = bind(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._hosts = openable_hosts(listener)
        return listener

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START_TIMEOUT)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def url(self, gateway: str | None = None) -> str:
        """Base URL of a gateway, or of the front page, as this machine opens it.

        The port is known once it runs.
        """
        prefix = "" if gateway is None else f"/{_gateway(gateway).name}"
        return f"http://{_bracketed(self._hosts[0])}:{self.port}{prefix}"

    @property
    def network_urls(self) -> list[str]:
        """The front page as other machines open it, where `host` is `0.0.0.0` or `::`."""
        return [f"http://{_bracketed(host)}:{self.port}" for host in self._hosts[1:]]

    def key(self, gateway: str) -> str:
        """The one API key the gateway accepts."""
        return _gateway(gateway).key

    def webhook_key(self, gateway: str) -> str | None:
        """What its callbacks are signed with; None where they are not."""
        return signing_key(_gateway(gateway).name, self.state.settings)

    @property
    def requests(self) -> list[RecordedRequest]:
        """What was asked of the gateways and how it was answered, oldest first."""
        return self.state.journal.entries()

    @property
    def clock(self) -> Clock:
        return self.state.clock

    def configure(self, **changes: Any) -> None:
        """Change settings while running, until the next reset."""
        self.state.configure(**changes)

    def reset(self) -> None:
        """Forget tasks, requests, faults and changed settings; fill up the accounts."""
        self.state.reset()

    def fault(
        self,
        name: str,
        *,
        gateway: str | None = None,
        operation: str | None = None,
        times: int | None = None,
        share: float | None = None,
        word: str | None = None,
        **parameters: Any,
    ) -> ArmedFault:
        """Arm a fault of the catalogue (`imagen4 sandbox --list-faults`).

        It strikes the next `times` requests, or that `share` of them, or those whose prompt
        contains `word`; with none of these given, the next request only.
        """
        return self.state.faults.arm(
            name,
            gateway=gateway,
            operation=operation,
            times=times,
            share=share,
            word=word,
            **parameters,
        )

    def clear_faults(self) -> None:
        """Good days again. Tasks that a fault has struck keep it."""
        self.state.faults.clear()

    @property
    def callbacks(self) -> list[Delivery]:
        """Attempts to deliver callbacks, oldest first."""
        return self.state.callback_sender.deliveries()

    def deliver_callbacks(self, timeout: float = 10.0) -> list[Delivery]:
        """Wait until every callback that is due by now was tried; returns `callbacks`.

        `timeout` is in real seconds; TimeoutError after that.
        """
        if self._server is not None and self._server.loop is not None:
            idle = self.state.callback_sender.wait_until_idle()
            asyncio.run_coroutine_threadsafe(idle, self._server.loop).result(timeout)
        return self.callbacks


class _SandboxServer(uvicorn.Server):
    """A server that says when it answers, and lets go of those it keeps waiting when it stops."""

    def __init__(self, config: uvicorn.Config, state: SandboxState) -> None:
        super().__init__(config)
        self.state = state
        self.loop: asyncio.AbstractEventLoop | None = None
        self.answering = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.answering.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.state.connections.release()
        await super().shutdown(sockets)


def server_for(state: SandboxState) -> _SandboxServer:
    """uvicorn without its own access log, which would write down whatever stands in a URL."""
    return _SandboxServer(
        uvicorn.Config(
            app_for(state),
            access_log=False,
            log_config=None,
            log_level="warning",
            lifespan="off",
            ws="none",
            http=protocol_for(state.connections),
            loop="asyncio",
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=2,
            server_header=False,
            proxy_headers=False,
        ),
        state,
    )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio switches Nagle's algorithm off only where it sees TCP,
    # and with it on, an answer written in two parts takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _gateway(name: str) -> SandboxGateway:
    if name not in SANDBOX_GATEWAYS:
        raise SettingError(f"no such gateway: {name!r}; there are {', '.join(SANDBOX_GATEWAYS)}")
    return SANDBOX_GATEWAYS[name]
