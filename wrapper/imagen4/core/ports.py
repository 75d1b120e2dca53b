"""What the decisions and the errors need of higher layers, as small protocols.

So that no import goes up, not even for typing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from threading import Event as Flag

    from ..facts import GatewayFacts, Rate
    from .answer import Call
    from .task import Task


class GatewayAdapter(Protocol):
    """A gateway, as far as the decisions know it."""

    @property
    def name(self) -> str: ...
    @property
    def facts(self) -> GatewayFacts: ...
    @property
    def creates(self) -> Rate: ...
    @property
    def polls(self) -> Rate: ...
    def input_schema(self, model: str) -> Mapping[str, Any]:
        """The model's schema of `input`: which fields there are, and their limits.

        Raises InvalidRequest for a model that the gateway's documents do not have.
        """

    def create(self, model: str, fields: Mapping[str, Any], callback_url: str | None) -> Call: ...
    def details(self, task_id: str) -> Call: ...
    def credits(self) -> Call: ...
    def fresh_link(self, url: str) -> Call | None:
        """The request for a new link to an expired picture, where the gateway has that."""


class Turn(NamedTuple):
    """When it is somebody's turn."""

    moment: float
    """On the session's clock."""
    taken: bool
    """Whether it is theirs; it is not where it is far ahead: ask again nearer to it."""


class SharedTurns(Protocol):
    """Turns that several processes take from one place."""

    @property
    def remote(self) -> bool:
        """Whether asking may take long: it is on a network."""

    def reserve(self, kind: str, rate: Rate, latest: float) -> Turn | None:
        """When the caller may send; None if that is after `latest`. Raises LedgerError."""


class Bell(Protocol):
    """What callbacks ring, on any thread, and what one job listens to."""

    @property
    def rung(self) -> bool:
        """Whether a callback came that was not taken yet."""

    @property
    def reliable(self) -> bool:
        """Whether callbacks can be expected to come."""

    def new_token(self) -> str:
        """For the URL of a create: a callback that carries it rings."""

    def expect(self, task_id: str) -> None:
        """Let callbacks about a task ring whose create had no such token."""

    def take(self) -> set[str]:
        """The tasks of which callbacks came since the last time."""

    def wake_with(self, wake: Callable[[], object] | None) -> None:
        """What is called at each ring, by the thread that rings; None for nothing."""

    def missed(self, task_id: str) -> None:
        """A task has ended, and no callback came."""


@runtime_checkable
class CallbackReceiver(Protocol):
    """Where callbacks come in."""

    @property
    def url(self) -> str | None:
        """Where the gateway reaches it; None while that is not known."""

    def bell(self, gateway: str) -> Bell:
        """For one job on that gateway."""


class Download(Protocol):
    """One picture's download, which goes on over as many attempts as it takes."""

    url: str
    stop: Flag | None
    """Set by another thread to end the download."""

    @property
    def left(self) -> float:
        """Seconds until the picture has taken too long."""

    def check_stop(self) -> None:
        """Raises DownloadError once `stop` is set."""

    def headers(self) -> dict[str, str]: ...
    def opened(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether a body is to be received now; False after a redirect."""

    def received(self, chunk: bytes) -> None: ...
    def finished(self) -> None: ...
    def abandon(self) -> None:
        """Leave nothing behind of a download that does not end although it was stopped."""


class ResumableJob(Protocol):
    """The job that an error knows: a `Job`, or an `AsyncJob`, whose methods are awaited."""

    @property
    def job_id(self) -> str: ...
    @property
    def gateway(self) -> str: ...
    @property
    def task_ids(self) -> tuple[str, ...]: ...
    def status(self) -> Any: ...
    def wait(self, timeout: float | None = None) -> Any: ...
    def events(self, timeout: float | None = None) -> Any: ...


class PartialImage(Protocol):
    """One of them: an `Image`, or an `AsyncImage`, whose methods are awaited."""

    @property
    def url(self) -> str: ...
    @property
    def task_id(self) -> str: ...
    @property
    def seed(self) -> str | None: ...
    @property
    def index(self) -> int: ...
    def save(self, path: Any, *, name: str | None = None) -> Any: ...
    def read(self) -> Any: ...


class PartialResult(Protocol):
    """The pictures that a partial failure has: a `Result`, or an `AsyncResult`."""

    @property
    def gateway(self) -> str: ...
    @property
    def images(self) -> Sequence[PartialImage]: ...
    @property
    def tasks(self) -> tuple[Task, ...]: ...
    @property
    def task_ids(self) -> tuple[str, ...]: ...
    @property
    def cost_time(self) -> timedelta | None: ...
    @property
    def created(self) -> datetime | None: ...
    @property
    def completed(self) -> datetime | None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[PartialImage]: ...
    def save(self, directory: Any) -> Any: ...
    def to_dict(self) -> dict[str, Any]: ...
