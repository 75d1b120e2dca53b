"""Ask everything, follow every task to its end, write it all down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..facts.protocol import CREATE_PATH, DETAILS_PATH
from .cases import allowed, forbidden, generated, probes
from .cases.build import poll_case
from .cases.simpler import simpler
from .credentials import Credential, worth_trying
from .exchange import Case, Exchange, Expect, Subject, simplicity
from .follow import Follower, Patience
from .outlook import is_silent, operations_alike, outlook
from .promptness import is_slow, too_slow
from .stateful import explore
from .steps import EnoughError, take_steps
from .trace import TaskHistory, operation_name
from .transport import BudgetSpentError, Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CREATES = {"quick": 22, "full": 100}
"""Allowed creates per run. Twenty pass at once under kie's documented rate."""
ON_ONE_CONNECTION = 2
"""Of the allowed ones: as many as it takes for two answers that could be mixed up."""
EXAMPLES = 60
MAX_UNANSWERED = 3
"""Answers missing in a row after which the rest is not worth waiting for."""
MAX_SLOW = 15.0
"""Seconds of waiting beyond the bound, over the whole run, after which it is enough."""
GLANCE = 10
"""Requests between looks at the first tasks: to see them end while there is time to see more."""
RARER = 0.25
"""And this share of the time since the first create: fast tasks change early, slow ones late.

Each look is two polls, and where ten a second are answered, they are what takes the time.
"""


@dataclass
class Conversation:
    """One run."""

    sender: Sender
    phase: str
    seed: int
    patience: Patience
    seconds: float
    """For asking; after that tasks are only followed to their ends."""
    _asking: float = 0.0
    """Seconds between requests and answers: what this machine does meanwhile is not counted."""
    _creates: int = 0
    _slow: float = 0.0
    """Seconds spent on slow answers."""
    _unanswered: int = 0
    """In a row."""
    _first_task: float | None = None
    _glanced: float = 0.0
    _left_out: dict[str, str] = field(default_factory=dict)
    """The operations that are not asked any more, by path, and why."""
    _stopped: str = ""
    """Why nothing more is sent; empty as long as it is."""

    def __post_init__(self) -> None:
        self._trace = self.sender.trace
        self._document = self._trace.document
        self._follower = Follower(self._document, self._send, self.sender.clock, self.patience)

    def hold(self) -> None:
        """Everything, in a fixed order: the most telling first, then tasks, which take time."""
        steps = (*self._about_creates(), *self._about_all_else(), *self._about_ends())
        try:
            take_steps(steps, self._stop)
        finally:
            followed = not self._stopped and DETAILS_PATH not in self._left_out
            self._trace.patient = self.patience.full and followed
            self._trace.stopped = self._stopped

    def _stop(self, why: str) -> None:
        self._stopped = why

    def _about_creates(self) -> list[Callable[[], object]]:
        creates = allowed.at_the_limits(self._document)
        return [
            lambda: self._ask(probes.unknown_tasks()[:2]),
            self._generate_cases,
            lambda: self._create([allowed.plainest(self._document)]),
            self._look_ahead,
            self._create_at_once,
            lambda: self._over_one_connection(creates[:ON_ONE_CONNECTION]),
            self._leave_out_what_is_alike,
            lambda: self._create(creates[ON_ONE_CONNECTION:]),
            lambda: self._create(allowed.may_fail(self._document) if self._trace.loopback else []),
        ]

    def _about_all_else(self) -> list[Callable[[], object]]:
        plainest = allowed.plainest(self._document)
        wrong_keys = [each for each in probes.WRONG_KEYS if worth_trying(each, self.sender.key)]
        return [
            lambda: self._ask([*probes.unknown_tasks()[2:], *probes.without_id()]),
            lambda: self._ask(self._about_first_task(wrong_keys)),
            lambda: self._ask(forbidden.forbidden_creates(self._document, free=self._free)),
            lambda: self._ask(probes.wrong_keys_for_create(plainest, wrong_keys)),
            lambda: self._ask(probes.other_methods(plainest)),
            self._try_more,
            self._ask_generated,
            self._explore,
            self._find_what_is_at_fault,
        ]

    def _about_ends(self) -> list[Callable[[], object]]:
        return [
            lambda: self._follower.follow(self._tasks),
            lambda: self._ask(self._about_ended_task()),
            lambda: self._follower.look_again(self._tasks),
            self._confirm_time_out,
        ]

    @property
    def _tasks(self) -> list[TaskHistory]:
        """The tasks worth following: not those that should never have been created."""
        if DETAILS_PATH in self._left_out:
            return []
        tasks = self._trace.tasks
        return [each for each in tasks if each.created.intent.expect is not Expect.REFUSE]

    @property
    def _free(self) -> bool:
        """Whether creates cost nothing."""
        return self.sender.budget.left is None

    @property
    def _enough(self) -> str:
        """Why nothing more is asked; empty as long as it is."""
        over = self._asking >= self.seconds
        return self._stopped or (f"{self.seconds:.0f} s of asking were over" if over else "")

    def _why_not(self, path: str) -> str:
        """Why this operation is not asked any more; empty as long as it is."""
        return self._enough or self._left_out.get(path, "")

    def _ask(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self._try(case)

    def _try(self, case: Case, task_id: str = "") -> Exchange | None:
        """Send it, unless it is enough; looks at the first tasks now and then."""
        why_not, sent = self._why_not(case.request.path), len(self._trace.exchanges)
        if not why_not:
            try:
                exchange = self._send(case, task_id)
                if exchange.number % GLANCE == 0:
                    self._glance()
            except BudgetSpentError:
                why_not = "it might be paid for, and the budget is spent"
            except EnoughError as enough:
                why_not = self._stopped = str(enough)
            else:
                return exchange
        if len(self._trace.exchanges) == sent:
            self._trace.skipped.append((case.intent, why_not))
        return None

    def _send(self, case: Case, task_id: str = "") -> Exchange:
        if self._stopped:
            raise EnoughError(self._stopped)
        began = self.sender.clock()
        exchange = self.sender.send(case, task_id)
        self._asking += self.sender.clock() - began
        self._watch(exchange)
        return exchange

    def _watch(self, exchange: Exchange) -> None:
        """Stop when the server has stopped answering, or is slow as a rule."""
        self._unanswered = self._unanswered + 1 if exchange.error else 0
        if exchange.error and is_silent(self._trace, exchange.request.path):
            name = operation_name(exchange.request.path)
            self._left_out[exchange.request.path] = f"{name} has never answered"
        if self._unanswered >= MAX_UNANSWERED:
            raise EnoughError(f"no answer {MAX_UNANSWERED} times in a row: {exchange.error}")
        if is_slow(self._trace, exchange):
            self._slow += min(exchange.seconds, self.sender.timeout)
        # What is slow now and then is waited for, within the time there is for asking.
        if self._slow > MAX_SLOW and (exchange.timed_out or too_slow(self._trace)):
            raise EnoughError(f"slow answers cost {self._slow:.0f} s")

    def _glance(self) -> None:
        now = self.sender.clock()
        if now - self._glanced >= RARER * (now - (self._first_task or now)):
            self._glanced = now
            self._follower.look(self._tasks[:2])

    def _create(self, cases: Iterable[Case]) -> None:
        """Creates, each with the first poll of what it made at once behind it."""
        for case in cases:
            if self._free and self._creates >= CREATES[self.phase]:
                return
            self._creates += 1
            if created := self._try(case):
                self._poll_first(created)

    def _poll_first(self, created: Exchange) -> None:
        task_id, link = created.created_id, self._document.link
        if task_id and link:
            self._first_task = self._first_task or self.sender.clock()
            self._try(poll_case(link, task_id, created.intent.pointer), task_id)

    def _create_at_once(self) -> None:
        """Only where it is free: two that go wrong would both be paid."""
        cases = allowed.at_once(self._document)
        if not self._free or self._enough:
            self._create(cases)
            return
        self._creates += len(cases)
        exchanges = self.sender.send_at_once(cases)
        for exchange in exchanges:
            self._watch(exchange)
        for exchange in exchanges:
            self._poll_first(exchange)

    def _over_one_connection(self, creates: list[Case]) -> None:
        """Creates and reads, then keys that open nothing between two that are good."""
        link = self._document.link
        with self.sender.one_connection():
            self._create(creates)
            if link and self._tasks:
                for case, task_id in probes.keys_in_turn(link, self._tasks[-1].id):
                    self._try(case, task_id)

    def _look_ahead(self) -> None:
        """After the first few answers: to stop if all others would say the same."""
        self._stopped = self._stopped or outlook(self._trace)

    def _leave_out_what_is_alike(self) -> None:
        """Of an operation that gives one answer whatever it is asked, no more is to be learned."""
        for path in operations_alike(self._trace):
            self._left_out[path] = f"{operation_name(path)} answers everything alike"

    def _about_first_task(self, wrong_keys: list[Credential]) -> list[Case]:
        """What can be asked about a task that exists; with no task, about one that does not."""
        tasks = self._trace.tasks
        task_id = tasks[0].id if tasks else probes.NO_SUCH_TASK
        near = probes.near_misses(task_id) if tasks else []
        keys = probes.wrong_keys_for_record(task_id, wrong_keys)
        return [*near, *keys, *probes.no_key_for_no_task()]

    def _about_ended_task(self) -> list[Case]:
        """What was read before may lie in a cache that knows no keys."""
        ended = [task.id for task in self._tasks if task.ended]
        which = [Credential.NONE, Credential.WRONG]
        return probes.wrong_keys_for_record(ended[0], which) if ended else []

    def _try_more(self) -> None:
        if self.phase == "full" and self._free:
            self._create(allowed.one_thing_at_a_time(self._document))
            self._create(allowed.repeated(self._document, self.seed))

    def _confirm_time_out(self) -> None:
        """A single time-out may be this machine's; asked again, where that costs nothing."""
        late = [each for each in self._trace.exchanges if each.timed_out]
        if len(late) == 1 and (self._free or late[0].request.path != CREATE_PATH):
            self._ask([Case(late[0].request, late[0].intent)])

    def _generate_cases(self) -> list[Case]:
        """Takes a second or more the first time: done before there are tasks.

        In the middle of it nobody would look, and tasks of a fast server were over unseen.
        """
        phases = generated.EVERYTHING if self.phase == "full" else generated.DETERMINISTIC
        return generated.generated_cases(self._document, phases, self.seed, EXAMPLES)

    def _ask_generated(self) -> None:
        full = self.phase == "full"
        for case in self._generate_cases():
            if self.sender.gives_away(case.request):
                continue
            if case.intent.expect is Expect.REFUSE:
                self._try(case)
            elif full or case.intent.expect is Expect.ACCEPT:
                self._create([case])

    def _find_what_is_at_fault(self) -> None:
        """Of the simplest create that was refused and should not: first a field, then a letter."""
        for _ in range(2):
            creates = self._trace.expecting(Expect.ACCEPT, Subject.PARAMETER)
            refused = [each.request for each in creates if each.verdict.refused]
            if not self._free or not refused or len(refused) == len(creates):
                return
            for case in simpler(self._document, min(refused, key=simplicity).body):
                tried = self._try(case)
                if tried and tried.verdict.refused:
                    break

    def _explore(self) -> None:
        if self.phase == "full" and self._free and not self._enough:
            explore(self._document, self.sender, self.seed, self._watch)
