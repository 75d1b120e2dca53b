"""Ask everything, follow every task to its end, write it all down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..facts.protocol import CREATE_PATH, DETAILS_PATH
from .cases import allowed, forbidden, generated, probes
from .cases.build import poll_case
from .cases.simpler import simpler
from .checks.requests import blocked_by_account
from .credentials import Credential, worth_trying
from .endurance import Endurance
from .exchange import Case, Exchange, Expect, Subject, simplicity
from .follow import Follower, Patience
from .stateful import explore
from .steps import EnoughError, take_steps
from .transport import BudgetSpentError, Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .trace import TaskHistory

CREATES = {"quick": 22, "full": 100}
"""Allowed creates per run. Twenty pass at once under kie's documented rate."""
ON_ONE_CONNECTION = 2
"""Of the allowed ones: as many as it takes for two answers that could be mixed up."""
EXAMPLES = 60
GLANCE = 10
"""Requests between looks at the first tasks: to see them end while there is time to see more."""


@dataclass
class Conversation:
    """One run."""

    sender: Sender
    phase: str
    seed: int
    patience: Patience
    seconds: float
    """For asking; after that tasks are only followed to their ends."""
    _creates: int = 0

    def __post_init__(self) -> None:
        self._trace = self.sender.trace
        self._document = self._trace.document
        self._endurance = Endurance(self._trace, self.seconds, self.sender.channel.timeout)
        self._follower = Follower(self._document, self._send, self.sender.clock, self.patience)

    def hold(self) -> None:
        """Everything, in a fixed order: the most telling first, then tasks, which take time."""
        steps = (*self._about_creates(), *self._about_all_else(), *self._about_ends())
        try:
            take_steps(steps, self._endurance.stop)
        finally:
            self._trace.stopped = stopped = self._endurance.stopped
            followed = not stopped and DETAILS_PATH not in self._endurance.left_out
            self._trace.patient = self.patience.full and followed

    def _about_creates(self) -> list[Callable[[], object]]:
        creates = allowed.at_the_limits(self._document)
        return [
            lambda: self._ask(probes.unknown_tasks()[:2]),
            self._generate_cases,
            lambda: self._create([allowed.plainest(self._document)]),
            self._look_ahead,
            self._create_at_once,
            lambda: self._over_one_connection(creates[:ON_ONE_CONNECTION]),
            self._endurance.leave_out_what_is_alike,
            lambda: self._create(creates[ON_ONE_CONNECTION:]),
            lambda: self._create(allowed.may_fail(self._document) if self._trace.loopback else []),
        ]

    def _about_all_else(self) -> list[Callable[[], object]]:
        plainest = allowed.plainest(self._document)
        wrong_keys = [
            each for each in probes.WRONG_KEYS if worth_trying(each, self.sender.channel.key)
        ]
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
        if DETAILS_PATH in self._endurance.left_out:
            return []
        tasks = self._trace.tasks
        return [each for each in tasks if each.created.intent.expect is not Expect.REFUSE]

    @property
    def _free(self) -> bool:
        """Whether creates cost nothing."""
        return self.sender.budget.left is None

    def _ask(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self._try(case)

    def _try(self, case: Case, task_id: str = "") -> Exchange | None:
        """Send it, unless it is enough; looks at the first tasks now and then."""
        why_not, sent = self._endurance.why_not(case.request.path), len(self._trace.exchanges)
        if not why_not:
            try:
                exchange = self._send(case, task_id)
                if exchange.number % GLANCE == 0:
                    self._follower.glance(self._tasks)
            except BudgetSpentError:
                why_not = "it might be paid for, and the budget is spent"
            except EnoughError as enough:
                why_not = str(enough)
                self._endurance.stop(why_not)
            else:
                return exchange
        if len(self._trace.exchanges) == sent:
            self._trace.skipped.append((case.intent, why_not))
        return None

    def _send(self, case: Case, task_id: str = "") -> Exchange:
        if self._endurance.stopped:
            raise EnoughError(self._endurance.stopped)
        began = self.sender.clock()
        exchange = self.sender.send(case, task_id)
        self._endurance.asked_for(self.sender.clock() - began)
        self._endurance.watch(exchange)
        return exchange

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
            self._try(poll_case(link, task_id, created.intent.pointer), task_id)

    def _look_ahead(self) -> None:
        """What was refused for the account is asked once more, as later on: it may be over."""
        if blocked_by_account(self._trace) and self.sender.budget.left != 0:
            self._create([allowed.plainest(self._document)])
        self._endurance.look_ahead()

    def _create_at_once(self) -> None:
        """Only where it is free: two that go wrong would both be paid."""
        cases = allowed.at_once(self._document)
        if not self._free or self._endurance.enough:
            self._create(cases)
            return
        self._creates += len(cases)
        exchanges = self.sender.send_at_once(cases)
        for exchange in exchanges:
            self._endurance.watch(exchange)
        for exchange in exchanges:
            self._poll_first(exchange)

    def _over_one_connection(self, creates: list[Case]) -> None:
        """Creates and reads, then keys that open nothing between two that are good."""
        link = self._document.link
        with self.sender.channel.one_connection():
            self._create(creates)
            if link and self._tasks:
                for case, task_id in probes.keys_in_turn(link, self._tasks[-1].id):
                    self._try(case, task_id)

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
            if self.sender.channel.gives_away(case.request):
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
        if self.phase == "full" and self._free and not self._endurance.enough:
            explore(self._document, self.sender, self.seed, self._endurance.watch)
