"""All that a running sandbox remembers. Used from the server's loop and from the user's thread."""

import threading
from typing import Any

from attrs import define, evolve, field

from .bounded import Bounded
from .clock import Clock
from .courier import Courier
from .faults import FaultBook, Stage
from .faults.connection import Connections
from .faults.scripts import rescripted
from .gateways import GATEWAYS, Gateway
from .journal import Journal
from .limits import RateLimit
from .pictures import draw
from .profiles import PROFILES, Profile
from .settings import FIXED, SettingError, Settings
from .tasks import Task, new_tasks

MAX_PICTURES = 16 * 1024 * 1024
"""Bytes of drawn pictures that are kept; any other is drawn again."""


@define
class Account:
    """The one account of a gateway."""

    credits: float
    creates: RateLimit = field(factory=lambda: RateLimit(20, 10.0))
    """doc (kie): 20 creates per 10 s. apikley gives no numbers; the same is assumed."""
    polls: RateLimit = field(factory=lambda: RateLimit(10, 1.0))
    """doc (older pages): 10 recordInfo per second per key."""


class World:
    """The state behind both gateways."""

    def __init__(self, settings: Settings) -> None:
        self.initial = settings
        self.lock = threading.RLock()
        self.clock = Clock(settings.speed)
        self.connections = Connections()
        self.journal = Journal(settings.max_requests)
        self.courier = Courier(self)
        self.reset()

    def reset(self) -> None:
        """Forget everything, settings changed since the start included. Time goes on."""
        with self.lock:
            self.settings = self.initial
            self.clock.speed = self.settings.speed
            self.tasks: Bounded[tuple[str, str], Task] = new_tasks(self.settings.max_tasks)
            self._pictures: Bounded[tuple[str, int], bytes] = Bounded(500, MAX_PICTURES, len)
            self.accounts = {name: Account(self.settings.credits) for name in GATEWAYS}
            self.faults = FaultBook(self.settings.seed)
            self.courier.reset()
            self.journal.clear()

    def configure(self, **changes: Any) -> None:
        """Change settings while running, until the next reset. New credits refill the accounts."""
        fixed = [name for name in changes if name in FIXED]
        if fixed:
            raise SettingError(f"{fixed[0]} cannot be changed while the sandbox runs")
        with self.lock:
            self.settings = evolve(self.settings, **changes)
            self.clock.speed = self.settings.speed
            if "credits" in changes:
                for account in self.accounts.values():
                    account.credits = self.settings.credits

    @property
    def profile(self) -> Profile:
        return PROFILES[self.settings.profile]

    def account(self, gateway: Gateway) -> Account:
        return self.accounts[gateway.name]

    def add_task(self, task: Task) -> Task:
        """Keep a new task, with whatever fault strikes it written into its script."""
        armed = self.faults.claim(Stage.TASK, task.gateway, "createTask", lambda: task.prompt)
        kept = task if armed is None else rescripted(task, armed)
        self.tasks.put((kept.gateway, kept.id), kept)
        self.courier.plan(kept)
        return kept

    def picture(self, task: Task, index: int) -> bytes:
        """The PNG, drawn when it is first asked for. Slow: not for the event loop."""
        key = (task.look, index)
        drawn = self._pictures.get(key)
        if drawn is None:
            drawn = draw(task, index)
            with self.lock:
                self._pictures.put(key, drawn)
        return drawn

    def task(self, gateway: str, task_id: str) -> Task | None:
        return self.tasks.get((gateway, task_id))
