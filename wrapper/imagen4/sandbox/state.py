"""All that a running sandbox remembers. Used from the server's loop and from the user's thread."""

import threading
from dataclasses import replace
from typing import Any

from ..facts import GATEWAYS, GatewayFacts
from .bounded import BoundedDict
from .callback_sender import CallbackSender
from .callbacks import Delivery, callback_body, callback_headers, first_delivery, why_not_sent
from .clock import Clock
from .faults import FaultBook, InjectionPoint
from .faults.connection import OpenConnections
from .faults.deliveries import faulty_deliveries
from .faults.scripts import faulty_task
from .journal import Journal
from .limits import RateLimit
from .pictures import draw_picture
from .profiles import PROFILES, Profile
from .settings import FIXED, SandboxSettings, SettingError
from .tasks import SandboxTask

MAX_TASK_BYTES = 64 * 1024 * 1024
MAX_PICTURES = 16 * 1024 * 1024
"""Bytes of drawn pictures that are kept; any other is drawn again."""


class Account:
    """The one account of a gateway."""

    def __init__(self, balance: float, facts: GatewayFacts) -> None:
        self.credits = balance
        self.creates, self.polls = RateLimit(*facts.creates), RateLimit(*facts.polls)


class SandboxState:
    """The state behind both gateways."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.initial = settings
        self.lock = threading.RLock()
        self.clock = Clock(settings.speed)
        self.connections = OpenConnections()
        self.journal = Journal(settings.max_requests)
        self.callback_sender = CallbackSender(self.clock, self._fill_in)
        self.reset()

    def reset(self) -> None:
        """Forget everything, settings changed since the start included. Time goes on."""
        with self.lock:
            self.settings = self.initial
            self.clock.speed = self.settings.speed
            self.tasks: BoundedDict[tuple[str, str], SandboxTask] = BoundedDict(
                self.settings.max_tasks, MAX_TASK_BYTES, lambda task: task.weight
            )
            self._pictures: BoundedDict[tuple[str, int], bytes] = BoundedDict(
                500, MAX_PICTURES, len
            )
            balance = self.settings.credits
            self.accounts = {name: Account(balance, facts) for name, facts in GATEWAYS.items()}
            self.faults = FaultBook(self.settings.seed)
            self.callback_sender.reset()
            self.journal.clear()

    def configure(self, **changes: Any) -> None:
        """Change settings while running, until the next reset. New credits refill the accounts."""
        fixed = [name for name in changes if name in FIXED]
        if fixed:
            raise SettingError(f"{fixed[0]} cannot be changed while the sandbox runs")
        with self.lock:
            self.settings = replace(self.settings, **changes)
            self.clock.speed = self.settings.speed
            if "credits" in changes:
                for account in self.accounts.values():
                    account.credits = self.settings.credits

    @property
    def profile(self) -> Profile:
        return PROFILES[self.settings.profile]

    def task(self, gateway: str, task_id: str) -> SandboxTask | None:
        return self.tasks.get((gateway, task_id))

    def add_task(self, task: SandboxTask) -> SandboxTask:
        """Keep a new task, with whatever fault strikes it written into its script."""
        armed = self.faults.claim(InjectionPoint.TASK, task.gateway, lambda: task.prompt)
        kept = faulty_task(task, armed)
        self.tasks.put((kept.gateway, kept.id), kept)
        delivery = first_delivery(kept)
        if delivery is not None:
            armed = self.faults.claim(InjectionPoint.CALLBACK, task.gateway, lambda: task.prompt)
            self.callback_sender.plan(faulty_deliveries(delivery, armed))
        return kept

    def _fill_in(self, delivery: Delivery) -> str | None:
        """Write down what is about to be posted; the reason where nothing is."""
        task = self.task(delivery.gateway, delivery.task_id)
        reason = why_not_sent(delivery.url, self.settings.callback_hosts)
        if task is None or reason is not None:
            return reason or "not sent: the task was dropped"
        delivery.sent = self.clock.now()
        delivery.body = callback_body(task, self.profile, delivery.sent)
        delivery.headers = callback_headers(delivery, self.settings)
        return None

    def picture(self, task: SandboxTask, index: int) -> bytes:
        """The PNG, drawn when it is first asked for. Slow: not for the event loop."""
        key = (task.look, index)
        drawn = self._pictures.get(key)
        if drawn is None:
            drawn = draw_picture(task, index)
            with self.lock:
                self._pictures.put(key, drawn)
        return drawn
