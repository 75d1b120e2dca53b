"""Ask everything, follow every task to its end, write it all down."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from imagen4.contract.cases import allowed, forbidden, generated, kept, reads
from imagen4.contract.cases.build import poll
from imagen4.contract.credentials import Credential, worth_trying
from imagen4.contract.document import CREATE, Document
from imagen4.contract.exchange import Exchange, Expect, Intent, Planned
from imagen4.contract.follow import Follower, Patience
from imagen4.contract.promptness import is_slow, too_slow
from imagen4.contract.stateful import explore
from imagen4.contract.trace import Task, Trace, created_id, refuses_key
from imagen4.contract.transport import BudgetSpentError, Session

CREATES = {"quick": 20, "full": 100}
"""Allowed creates per run. Twenty pass at once under kie's documented rate."""
EXAMPLES = 60
NOT_THERE = (404, 405, 501)
MAX_TROUBLE = 3
"""Answers missing in a row after which the rest is not worth waiting for."""
MAX_SLOW = 15.0
"""Seconds of waiting beyond the bound, over the whole run, after which it is enough."""
GLANCE = 10
"""Requests between looks at the first tasks: to see them end while there is time to see more."""
RARER = 0.25
"""And this share of the time since the first create: fast tasks change early, slow ones late.

Each look is two polls, and where ten a second are answered, they are what takes the time.
"""


class EnoughError(Exception):
    """Asking on would only repeat what is known; the text says what that is."""


class NoGatewayError(Exception):
    """There is a web server, and neither operation."""


@dataclass
class Conversation:
    """One run. What was not sent is in `skipped`, each with the reason."""

    session: Session
    document: Document
    loopback: bool
    phase: str
    seed: int
    patience: Patience
    seconds: float
    """For asking; after that tasks are only followed to their ends."""
    profile: str = "auto"
    skipped: list[tuple[Intent, str]] = field(default_factory=list)
    _creates: int = 0
    _slow: float = 0.0
    _trouble: int = 0
    _first_task: float | None = None
    _glanced: float = 0.0
    _stopped: str = ""

    def __post_init__(self) -> None:
        self._deadline = self.session.clock() + self.seconds
        self._follower = Follower(self.document, self._send, self.session.clock, self.patience)

    def hold(self) -> Trace:
        """Everything, in a fixed order: the most telling first, then tasks, which take time."""
        credentials = [each for each in reads.WRONG_KEYS if worth_trying(each, self.session.key)]
        first, creates = allowed.first(), allowed.allowed(self.document)
        steps: list[Callable[[], object]] = [
            lambda: self._ask(reads.unknown_tasks()[:2]),
            self._plan_generated,
            lambda: self._create(first),
            self._refuse_to_go_on_without_gateway,
            self._refuse_to_go_on_without_key,
            self._create_at_once,
            lambda: self._over_one_connection(creates[: kept.CREATES]),
            lambda: self._create_all(creates[kept.CREATES :]),
            lambda: self._create_all([allowed.may_fail()] if self.loopback else []),
            lambda: self._ask([*reads.unknown_tasks()[2:], *reads.without_id()]),
            lambda: self._ask(self._about_first_task(credentials)),
            lambda: self._ask(forbidden.forbidden(self.document)),
            lambda: self._ask(reads.wrong_keys_for_create(first, credentials)),
            lambda: self._ask(reads.other_methods(first)),
            self._try_more,
            self._generated,
            self._explore,
            lambda: self._follower.follow(self._tasks()),
            lambda: self._ask(self._about_ended_task()),
            lambda: self._follower.look_again(self._tasks()),
            self._confirm_time_out,
        ]
        for step in steps:
            self._step(step)
        return self._trace(patient=self.patience.full and not self._stopped)

    def _step(self, step: Callable[[], object]) -> None:
        try:
            step()
        except EnoughError as enough:
            self._stopped = str(enough)

    def _trace(self, *, patient: bool = False) -> Trace:
        return Trace(
            self.document,
            self.session.exchanges,
            self.loopback,
            self.profile,
            patient,
            tuple(self.skipped),
            self.session.limited,
        )

    def _tasks(self) -> list[Task]:
        """The tasks worth following: not those that should never have been created."""
        tasks = self._trace().tasks
        return [task for task in tasks if task.created.intent.expect is not Expect.REFUSE]

    def _ask(self, plans: Iterable[Planned]) -> None:
        for plan in plans:
            self._try(plan)

    def _try(self, plan: Planned, task: str = "") -> Exchange | None:
        if self._enough:
            self.skipped.append((plan.intent, self._enough))
            return None
        sent = len(self.session.exchanges)
        try:
            exchange = self._send(plan, task)
            if exchange.number % GLANCE == 0:
                self._glance()
        except BudgetSpentError:
            self.skipped.append((plan.intent, "it might be paid for, and the budget is spent"))
        except EnoughError as enough:
            self._stopped = str(enough)
            if len(self.session.exchanges) == sent:
                self.skipped.append((plan.intent, self._stopped))
        else:
            return exchange
        return None

    def _glance(self) -> None:
        now = self.session.clock()
        if now - self._glanced >= RARER * (now - (self._first_task or now)):
            self._glanced = now
            self._follower.look(self._tasks()[:2])

    @property
    def _enough(self) -> str:
        """Why nothing more is asked; empty as long as it is."""
        over = self.session.clock() >= self._deadline
        return self._stopped or (f"{self.seconds:.0f} s of asking were over" if over else "")

    def _send(self, plan: Planned, task: str = "") -> Exchange:
        if self._stopped:
            raise EnoughError(self._stopped)
        exchange = self.session.send(plan, task)
        self._watch(exchange)
        return exchange

    def _watch(self, exchange: Exchange) -> None:
        """Stop when the server has stopped answering, or is slow as a rule."""
        self._trouble = self._trouble + 1 if exchange.trouble else 0
        if is_slow(self.document, exchange, loopback=self.loopback):
            self._slow += min(exchange.seconds, self.session.timeout)
        if self._trouble >= MAX_TROUBLE:
            raise EnoughError(f"no answer {MAX_TROUBLE} times in a row: {exchange.trouble}")
        if self._slow > MAX_SLOW and (exchange.timed_out or self._too_slow):
            raise EnoughError(f"slow answers cost {self._slow:.0f} s")

    @property
    def _too_slow(self) -> bool:
        """What is slow now and then is waited for, within the time there is for asking."""
        return bool(too_slow(self.document, self.session.exchanges, loopback=self.loopback))

    def _create_all(self, plans: Iterable[Planned]) -> None:
        for plan in plans:
            self._create(plan)

    def _create(self, plan: Planned) -> None:
        """A create, and at once the first poll of what it made."""
        free = self.session.budget.left is None
        if free and self._creates >= CREATES[self.phase]:
            return
        self._creates += 1
        exchange = self._try(plan)
        if exchange:
            self._poll_first(exchange)

    def _poll_first(self, created: Exchange) -> None:
        task_id, link = created_id(created), self.document.link
        if task_id and link:
            self._first_task = self._first_task or self.session.clock()
            self._try(poll(link, task_id, created.intent.pointer), task_id)

    def _create_at_once(self) -> None:
        """Only where it is free: two that go wrong would both be paid."""
        plans = allowed.at_once(self.document)
        if self.session.budget.left is not None or self._enough:
            self._create_all(plans)
            return
        self._creates += len(plans)
        exchanges = self.session.send_at_once(plans)
        for exchange in exchanges:
            self._watch(exchange)
        for exchange in exchanges:
            self._poll_first(exchange)

    def _over_one_connection(self, creates: list[Planned]) -> None:
        """Creates and reads, then keys that open nothing between two that are good."""
        link = self.document.link
        with self.session.one_connection():
            self._create_all(creates)
            tasks = self._tasks()
            for plan, task_id in kept.keys_in_turn(link, tasks[-1].id) if link and tasks else []:
                self._try(plan, task_id)

    def _refuse_to_go_on_without_gateway(self) -> None:
        """A wrong path breaks every promise, and says nothing about a gateway."""
        asked = self.session.exchanges
        if all(each.verdict.status in NOT_THERE and not each.payload for each in asked):
            raise NoGatewayError(f"HTTP {asked[0].verdict.status} for both operations")

    def _refuse_to_go_on_without_key(self) -> None:
        """With a key that opens nothing, every other request would say the same."""
        if refuses_key(self.session.exchanges):
            self._stopped = "the key was refused"

    def _about_first_task(self, credentials: list[Credential]) -> list[Planned]:
        """What can be asked about a task that exists; with no task, about one that does not."""
        tasks = self._trace().tasks
        task_id = tasks[0].id if tasks else "imagen4-contract-no-such-task"
        near = reads.near_misses(task_id) if tasks else []
        keys = reads.wrong_keys_for_record(task_id, credentials)
        return [*near, *keys, *reads.no_key_for_no_task()]

    def _try_more(self) -> None:
        if self.phase == "full" and self.session.budget.left is None:
            self._create_all(allowed.more(self.document))
            self._create_all(allowed.again(self.document, self.seed))

    def _confirm_time_out(self) -> None:
        """A single time-out may be this machine's; asked again, where that costs nothing."""
        late = [each for each in self.session.exchanges if each.timed_out]
        if len(late) == 1 and (self.session.budget.left is None or late[0].request.path != CREATE):
            self._ask([Planned(late[0].request, late[0].intent)])

    def _about_ended_task(self) -> list[Planned]:
        """What was read before may lie in a cache that knows no keys."""
        ended = [task.id for task in self._tasks() if task.ended]
        which = [Credential.NONE, Credential.WRONG]
        return reads.wrong_keys_for_record(ended[0], which) if ended else []

    def _plan_generated(self) -> list[Planned]:
        """Takes a second or more the first time: done before there are tasks.

        In the middle of it nobody would look, and tasks of a fast server were over unseen.
        """
        phases = generated.EVERYTHING if self.phase == "full" else generated.DETERMINISTIC
        return generated.generated(self.document, phases, self.seed, EXAMPLES)

    def _generated(self) -> None:
        full = self.phase == "full"
        for plan in self._plan_generated():
            if self.session.gives_away(plan.request):
                continue
            if plan.intent.expect is Expect.REFUSE:
                self._try(plan)
            elif full or plan.intent.expect is Expect.ACCEPT:
                self._create(plan)

    def _explore(self) -> None:
        if self.phase == "full" and self.session.budget.left is None and not self._enough:
            explore(self.document, self.session, self.seed, self._watch)
