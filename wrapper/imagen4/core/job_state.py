"""The tasks of one request, as far as they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from ..errors import InvalidRequest
from ..facts import protocol
from .envelope import parse_envelope
from .records import usable_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..errors import Imagen4Error, PassedOver
    from .answer import Answer
    from .effects import Send
    from .envelope import Envelope
    from .ports import Bell
    from .request import PlannedCreate
    from .task import Task

_ID_NAMES = (protocol.TASK_ID, protocol.TASK_ID_IN_SAMPLES, protocol.RECORD_ID)
# However it is quoted: JSON may stand in a text of JSON, or be something like it.
_ID_IN_TEXT = re.compile(
    rf"""\b(?:{"|".join(_ID_NAMES)})\\*["']?\s*:\s*(?:\\*["']([^"'\\]+)\\*["']|([0-9]+)\s*[,}}\]])"""
)

# No id, wherever one belongs: what programs write for "it went well" and for "nothing".
_WORD = re.compile(
    r"(ok|okay|yes|no|true|false|success|successful|successfully|succeeded|accepted|created|done"
    r"|submitted|received|queued|queuing|waiting|pending|processing|generating|running|started"
    r"|finished|completed|fail|failed|error|null|nil|none|nan|undefined|n/?a)[.!]*",
    re.IGNORECASE,
)
# Nor is, as all of `data`, a link, JSON in a text, or a sentence of nothing but words.
_TEXT = re.compile(r".*(?:://|[{}\[\]\"]).*|[A-Za-z'-]+[.,:;!?]*(\s+[A-Za-z'-]+[.,:;!?]*)+")


@dataclass(slots=True)
class JobState:
    """One request's tasks, as far as they are known, and the create that is under way."""

    job_id: str
    index: int = 0
    """The request's place among many."""
    key: str = ""
    """By what a ledger finds the request again: our id, unless it is to be continued."""
    keys_elsewhere: tuple[str, ...] = ()
    """By what it would be found at the client's other gateways."""
    number: int = 1
    """Which of the creates is under way, from 1."""
    taken_up: tuple[int, ...] = ()
    """Which of them an earlier process has made."""
    gateway: str = ""
    """Where its tasks are, once a call works on them."""
    tag: str | None = None
    """The caller's own name for the request."""
    started: float = 0.0
    """When (monotonic) the call under way began."""
    model: str = ""
    """Of the creates; "" of tasks that were created elsewhere."""
    patience: float = inf
    """How long, in seconds, it may take."""
    elsewhere: bool = False
    """Whether another gateway can be tried, as long as no task exists."""
    failed_lately: Callable[[], Imagen4Error | None] = lambda: None
    """Why its gateway failed another request since this one turned to it: an error to raise."""
    passed_over: tuple[PassedOver, ...] = ()
    """The gateways that did not serve the request."""
    plans: tuple[PlannedCreate, ...] = ()
    callback_url: str | None = field(default=None, repr=False)
    bell: Bell | None = field(default=None, repr=False)
    """What callbacks about its tasks ring."""
    recorded: bool = False
    """Whether a ledger keeps its creates."""
    balance: float | None = None
    """Before the create under way, where nothing else was."""
    prompts: tuple[str, ...] = field(default=(), repr=False)
    task_ids: list[str] = field(default_factory=list)
    seeds: dict[str, str | None] = field(default_factory=dict)
    """Of each task, where we know it."""
    last_seen: dict[str, float] = field(default_factory=dict)
    """When (monotonic) each task was last known to exist."""
    ended: dict[str, Task] = field(default_factory=dict)
    """Tasks whose final state was read."""
    create: Send | None = None
    told: tuple[str, ...] = ()
    """Ids that the log has, since the call under way was interrupted."""

    def take_up(self, number: int, seed: str | None, task: Task, now: float) -> None:
        """Enter a task that an earlier process has created."""
        self.add(task.task_id, seed, now)
        self.taken_up += (number,)
        if self.bell is not None:
            self.bell.expect(task.task_id)
        if task.succeeded:
            self.ended[task.task_id] = task

    @property
    def begun_here(self) -> bool:
        """Whether each of its creates told the gateway where its callback is awaited."""
        return bool(self.plans) and not self.taken_up

    def add(self, task_id: str, seed: str | None, now: float) -> None:
        self.task_ids.append(task_id)
        self.seeds[task_id] = seed
        self.last_seen[task_id] = now
        self.create = None

    @property
    def create_id(self) -> str | None:
        """The id in the answer to the create under way, as far as that was read."""
        create = self.create
        read = (create.answer or create.partial) if create else None
        return id_in(read) if read else None

    def known_ids(self) -> tuple[str, ...]:
        """All task ids, also one in an answer that arrived but was not read yet."""
        found = self.create_id
        fresh = (found,) if found and found not in self.task_ids else ()
        return (*self.task_ids, *fresh)

    @property
    def create_is_out(self) -> bool:
        """Whether a create may have left, and has no answer yet."""
        create = self.create
        return create is not None and create.started and create.answer is None


def id_in(answer: Answer) -> str | None:
    """An id that an answer names, whatever its code says; possibly that of a paid task."""
    envelope = parse_envelope(answer)
    named = [named_id(envelope.record.get(name)) for name in _ID_NAMES]
    named += [created_id(envelope) if envelope.succeeded else None]
    if any(named):
        return next(filter(None, named))
    # It may be cut short behind the id, or hold it where nobody expects it.
    text = answer.body.decode("utf-8", "replace")
    found = (named_id(each[1] or each[2]) for each in _ID_IN_TEXT.finditer(text))
    return next(filter(None, found), None)


def created_id(envelope: Envelope) -> str | None:
    """The id of the task that a success is about; some gateways send nothing else as data."""
    data = envelope.data
    if isinstance(data, dict):
        return named_id(data.get(protocol.TASK_ID))
    found = named_id(data)
    return None if found and _TEXT.fullmatch(found) else found


def named_id(value: object) -> str | None:
    found = usable_id(value)
    return None if found and _WORD.fullmatch(found.strip()) else found


def resume_job(job_id: str, task_ids: tuple[str, ...]) -> JobState:
    """The state of tasks created earlier, each of them once. Raises InvalidRequest."""
    ids = [each for each in map(usable_id, task_ids) if each is not None]
    if not ids or len(ids) < len(task_ids):
        raise InvalidRequest("A job is taken up by the ids of its tasks, one or more")
    return JobState(job_id, task_ids=list(dict.fromkeys(ids)))
