"""Every error that leaves this package.

    Imagen4Error
    ├── InvalidRequest           refused, by us before anything is sent or by the gateway (422)
    ├── ModelUnavailable         the gateway does not have the model, or no longer; has successors
    ├── CreateStopped            a listener stopped a create before it was sent
    ├── AuthenticationError      the key is not accepted (401, 403)
    ├── InsufficientCredits      402
    ├── RateLimited              429, still at the deadline
    ├── QuotaExceeded            433, a sub-key's own limit
    ├── GatewayUnavailable       455 (maintenance), 5xx
    ├── FeatureDisabled          505
    ├── TaskNotFound             the gateway does not know the task id
    ├── TaskFailed               the gateway could not make the picture
    ├── PartialFailure           some tasks of one request failed, `result` holds the others
    ├── TaskTimeout              our clock ran out; the task goes on, `job` takes it up again
    ├── SubmissionUncertain      a create may or may not have been accepted: it was not repeated
    ├── UnexpectedResponse       an answer that cannot be understood
    ├── TransportError           no answer
    ├── DownloadError            a picture could not be fetched or saved
    └── LedgerError              a ledger cannot be read or written, or forbids a create
        └── LedgerUnavailable    its database cannot be reached just now, or refuses

Where known, each carries `gateway`, `task_ids`, `code` (the envelope's), `http_status`,
`message`, `body` (the start of the answer) and `job`; and the error of a create says in
`accepted` whether it may have made a task. None holds the key or the prompt: both are cut
out of whatever the gateway said.

Errors can be pickled and copied, say out of a worker process. `job` stays behind, since it
holds the client with its connections and the key: `Client.job(*task_ids)` takes it up again.
"""

# ruff: noqa: N818 - the names say what happened; that they are errors, their base class says
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from .core.ports import PartialResult, ResumableJob
    from .core.task import Task
    from .events import PassedOver


class Imagen4Error(Exception):
    """The root of the tree."""

    job: ResumableJob | None = None
    """The Job or AsyncJob with the tasks that exist: `job.wait()` goes on with them."""
    accepted: Literal["no", "maybe"] | None = None
    """Of a create: "no" if it certainly made no task, "maybe" if nobody can say; else None."""
    passed_over: tuple[PassedOver, ...] = ()
    """Of a client with several gateways: which others did not serve the request, and why."""

    def __init__(
        self,
        message: str,
        *,
        gateway: str | None = None,
        task_ids: tuple[str, ...] = (),
        code: int | None = None,
        http_status: int | None = None,
        body: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.gateway = gateway
        self.task_ids = task_ids
        self.code = code
        self.http_status = http_status
        self.body = body

    def __reduce__(self) -> tuple[Any, ...]:
        plain = {name: value for name, value in vars(self).items() if name != "job"}
        return type(self), self.args, plain

    def __str__(self) -> str:
        refused_here = isinstance(self, (InvalidRequest, CreateStopped, RateLimited))
        asked = self.http_status is not None or not refused_here
        known = {
            "gateway": self.gateway if asked else None,
            "code": self.code,
            "HTTP": self.http_status,
            "task": ", ".join(self.task_ids),
        }
        details = ", ".join(f"{name} {value}" for name, value in known.items() if value)
        return f"{self.message} [{details}]" if details else self.message


class InvalidRequest(Imagen4Error):
    """The request, or a setting, cannot be served; the message says what is allowed."""


class ModelUnavailable(Imagen4Error):
    """The gateway does not have this model, or no longer. Nothing was created."""

    model: str | None = None
    successors: tuple[str, ...] = ()
    """What its maker names in its place, where that is known."""


class CreateStopped(Imagen4Error):
    """A listener raised at CreateStarting; what it raised is `__cause__`. Nothing was sent.

    A listener may also raise an error of this tree: that one is raised as it is.
    """

    accepted: Literal["no", "maybe"] | None = "no"


class AuthenticationError(Imagen4Error):
    """The gateway does not accept the key."""


class InsufficientCredits(Imagen4Error):
    """The account cannot pay for the task."""


class RateLimited(Imagen4Error):
    """Too many requests."""

    retry_after: float | None = None
    """The gateway's wish in seconds, if it named one."""


class QuotaExceeded(Imagen4Error):
    """The key has a limit of its own, and it is used up."""


class GatewayUnavailable(Imagen4Error):
    """The gateway is in maintenance or broken."""


class FeatureDisabled(Imagen4Error):
    """The gateway has switched the feature off."""


class TaskNotFound(Imagen4Error):
    """The gateway does not know this task, or not under this key."""


class TaskFailed(Imagen4Error):
    """The gateway gave up on the task."""

    fail_code: str | None = None
    fail_message: str | None = None


class PartialFailure(Imagen4Error):
    """Some tasks ended well and some did not."""

    result: PartialResult | None = None
    """The Result or AsyncResult with the pictures there are; None in a pickled or copied error."""
    tasks: Sequence[Task] = ()
    """The tasks that ended well."""
    failures: tuple[Imagen4Error, ...] = ()
    """One error for each other task."""

    def __reduce__(self) -> tuple[Any, ...]:
        kind, args, plain = super().__reduce__()
        return kind, args, {name: value for name, value in plain.items() if name != "result"}


class TaskTimeout(Imagen4Error):
    """The wait is over, the task is not: `job.wait()` goes on with it, nothing is paid again."""


class SubmissionUncertain(Imagen4Error):
    """A create was sent and nobody can say whether it was accepted; its cause is `__cause__`.

    `task_ids` and `job` hold the tasks of the same request that are certain.
    """

    accepted: Literal["no", "maybe"] | None = "maybe"
    sent_at: datetime | None = None
    """When it left (aware)."""
    record_id: str | None = None
    """An id that the answer held although it was no success: it may be that of a paid task."""


class UnexpectedResponse(Imagen4Error):
    """The answer breaks the documented form; `body` holds its beginning."""


class TransportError(Imagen4Error):
    """No complete answer came."""

    sent: bool = True
    """False where no byte of the request left us."""


class DownloadError(Imagen4Error):
    """The picture could not be fetched or saved."""

    expired: bool = False
    """Whether its link is too old."""
    paths: tuple[Path | None, ...] = ()
    """From a result's `save`: where each picture is, None for those that failed."""


class LedgerError(Imagen4Error):
    """A ledger cannot be read or written, or forbids a create, which then was not sent."""


class LedgerUnavailable(LedgerError):
    """A ledger cannot be opened, read or written just now: the database, or the way to it."""
