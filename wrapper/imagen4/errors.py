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

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from .core.ports import PartialResult, ResumableJob
    from .core.task import Task


class PassedOver(NamedTuple):
    """A gateway that did not serve a request, where a client has several."""

    gateway: str
    error: Imagen4Error
    """Why not: it lacks a field, refused the create, was not reached, or failed lately.

    Certainly nothing was paid there for this request.
    """


class Imagen4Error(Exception):
    """The root of the tree."""

    job: ResumableJob | None = None
    """The Job or AsyncJob with the tasks that exist: `job.wait()` goes on with them."""
    accepted: Literal["no", "maybe"] | None = None
    """Of a create: "no" if it certainly made no task, "maybe" if nobody can say; else None."""
    tried: bool = True
    """Of a create: False where the gateway was not even tried: by its page it lacks what is asked
    for, a turn or a free connection came too late, or another request had just failed there."""
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
        details = [f"{name} {value}" for name, value in known.items() if value]
        details += [f"not {name}: {error.message}" for name, error in self.passed_over]
        return f"{self.message} [{', '.join(details)}]" if details else self.message


class InvalidRequest(Imagen4Error):
    """The request, or a setting, cannot be served; refused here, or by the gateway (422).

    To do: correct what the message names; it says what is allowed.
    """


class ModelUnavailable(Imagen4Error):
    """The gateway does not have this model, or no longer. Nothing was created.

    To do: ask for one of `successors`, or for another of `imagen4 models`.
    """

    model: str | None = None
    successors: tuple[str, ...] = ()
    """What its maker names in its place, where that is known."""


class CreateStopped(Imagen4Error):
    """A listener raised at CreateStarting; what it raised is `__cause__`. Nothing was sent.

    A listener may also raise an error of this tree: that one is raised as it is.

    To do: what your listener wants; the request may be sent again.
    """

    accepted: Literal["no", "maybe"] | None = "no"


class AuthenticationError(Imagen4Error):
    """The gateway does not accept the key (401, 403).

    To do: check the key, and that it is this gateway's.
    """


class InsufficientCredits(Imagen4Error):
    """The account cannot pay for the task (402).

    To do: top up the account, then send the request again.
    """


class RateLimited(Imagen4Error):
    """Too many requests, still so at the deadline (429).

    To do: wait, and send it again; share a `Ledger` if several programs use the account.
    """

    retry_after: float | None = None
    """The gateway's wish in seconds, if it named one."""


class QuotaExceeded(Imagen4Error):
    """The key has a limit of its own, and it is used up (433).

    To do: raise the key's limit, or use another key.
    """


class GatewayUnavailable(Imagen4Error):
    """The gateway is in maintenance (455) or broken (5xx).

    To do: try again later; tasks that exist go on, and `job.wait()` has them.
    """


class FeatureDisabled(Imagen4Error):
    """The gateway has switched the feature off (505).

    To do: ask the gateway, or use another model.
    """


class TaskNotFound(Imagen4Error):
    """The gateway does not know this task, or not under this key.

    To do: check the id, the gateway and the key.
    """


class TaskFailed(Imagen4Error):
    """The gateway could not make the picture; it says why in `fail_code` and `fail_message`.

    To do: change the prompt, or send it again, which is paid again.
    """

    fail_code: str | None = None
    fail_message: str | None = None


class PartialFailure(Imagen4Error):
    """Some tasks of one request ended well and some did not.

    To do: save `result`, which has the pictures there are; `failures` holds an error for each
    other task.
    """

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
    """The wait is over, the task is not: nothing is lost, and nothing is paid again.

    To do: `job.wait()` goes on with it, also later: `client.job(*task_ids)`.
    """


class SubmissionUncertain(Imagen4Error):
    """A create was sent and nobody can say whether it was accepted; its cause is `__cause__`.

    `task_ids` and `job` hold the tasks of the same request that are certain.

    To do: look at the gateway's list of tasks before sending it again; with a ledger,
    `imagen4 resolve`.
    """

    accepted: Literal["no", "maybe"] | None = "maybe"
    sent_at: datetime | None = None
    """When it left (aware)."""
    record_id: str | None = None
    """An id that the answer held although it was no success: it may be that of a paid task."""


class UnexpectedResponse(Imagen4Error):
    """The answer breaks the documented form; `body` holds its beginning.

    To do: `job.wait()` where there are tasks; if it stays so, report it.
    """


class TransportError(Imagen4Error):
    """No complete answer came; `sent` says whether anything had left.

    To do: check network, proxy and certificates; `job.wait()` where there are tasks.
    """

    sent: bool = True
    """False where no byte of the request left us."""


class DownloadError(Imagen4Error):
    """The picture could not be fetched or saved.

    To do: save again: the picture is paid for, and its link good for about a day; then
    `client.job(*task_ids)`.
    """

    expired: bool = False
    """Whether its link is too old."""
    paths: tuple[Path | None, ...] = ()
    """From a result's `save`: where each picture is, None for those that failed."""


class LedgerError(Imagen4Error):
    """A ledger cannot be read or written, or forbids a create, which then was not sent.

    To do: do what the message says, say raise `max_credits`; then run the program again.
    """


class LedgerUnavailable(LedgerError):
    """A ledger cannot be opened, read or written just now: the database, or the way to it.

    To do: run the program again once its server or disk is back; the tasks are not lost.
    """
