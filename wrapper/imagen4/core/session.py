"""One gateway with a client's settings: what every decision needs, and nothing that does I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..facts import Rate
from .checks import seconds
from .durations import Durations
from .origins import is_loopback, link_as_sent, may_download
from .pacing import Pacer
from .redaction import clue

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from .job_state import JobState
    from .polling import Polling
    from .ports import GatewayAdapter, SharedTurns


@dataclass(eq=False, slots=True)
class Session:
    """A client's settings, and the pacers that all its calls share."""

    adapter: GatewayAdapter
    model: str
    """Of requests that name none."""
    base_url: str
    key: str = field(repr=False)
    """For the gateway, and to cut it out of texts."""
    timeout: float
    """Seconds for one HTTP exchange."""
    polling: Polling
    allow_http: bool
    clock: Callable[[], float]
    """Monotonic."""
    now: Callable[[], datetime]
    """The time of day, with its zone."""
    random: Callable[[], float]
    """Numbers in [0, 1)."""
    new_id: Callable[[], str]
    """A new job's id."""
    new_token: Callable[[], str]
    """What nobody can guess."""
    recorded: bool
    """Whether a ledger keeps every create."""
    name: str = field(init=False)
    """The gateway's."""
    on_loopback: bool = field(init=False)
    """Whether the gateway is on this machine."""
    key_clue: bytes = field(init=False, repr=False)
    """What shows in small letters that a text may hold the key."""
    quiet: bool = field(default=True, init=False)
    """Whether nothing can be in flight, nor was since the balance was last asked for."""
    alone: JobState | None = field(default=None, init=False)
    """The job whose create is the only one since the balance was asked for."""
    under_way: dict[str, JobState] = field(default_factory=dict, init=False)
    """What calls are working on now, by job id."""
    durations: Durations = field(default_factory=Durations, init=False)
    """Of tasks that ended."""
    creates: Pacer = field(init=False)
    polls: Pacer = field(init=False)
    turns: SharedTurns | None = field(default=None, init=False)
    """Where all who use the account take turns, after those that the pacers give."""

    def __post_init__(self) -> None:
        self.name = self.adapter.name
        self.on_loopback = is_loopback(urlsplit(self.base_url).hostname)
        self.key_clue = clue(self.key).lower().encode()
        creates, polls, paced = self.adapter.creates, self.adapter.polls, self.polling.paced
        self.creates = Pacer(creates if paced else Rate(creates.times, 0.0), "creates")
        # One by one rather than in bursts: polls of many tasks spread out.
        self.polls = Pacer(Rate(1, polls.seconds / polls.times if paced else 0.0), "polls")

    def secrets(self, job: JobState) -> tuple[str, ...]:
        """What no text about the job may show."""
        return (self.key, *job.prompts)

    def begin(self, job: JobState, timeout: float | None) -> float:
        """Note that a call about the job begins now; the moment to give up, on the clock."""
        job.patience = seconds(self.polling.timeout if timeout is None else timeout, "timeout")
        job.started = self.clock()
        return job.started + job.patience

    def identity(self, job: JobState) -> tuple[str, str, int, str | None, float]:
        """What every event about the job begins with."""
        return self.name, job.job_id, job.index, job.tag, self.clock() - job.started


def followed(session: Session, link: str) -> str | None:
    """A picture's link as it is sent; None if it leads nowhere, or where nobody is to go."""
    sent = link_as_sent(link)
    allowed = sent is not None and may_download(
        sent, allow_http=session.allow_http, from_loopback=session.on_loopback
    )
    return sent if allowed else None
