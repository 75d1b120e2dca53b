"""Whose key pays: several accounts of one gateway, each with its own rate and budget."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from threading import Condition
from typing import TYPE_CHECKING

from ..client import Client
from ..core.origins import checked_key
from ..errors import InvalidRequest
from ..events import CreateRefused, CreateStarting, CreateUncertain, TaskCreated
from ..ledger.spending import Spending

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..core.session import Session
    from ..events import Event, Listener
    from ..ledger import Ledger
    from ..ledger.recorder import Recorder
    from ..literals import Gateway
    from .orders import Order

REST = 60.0  # seconds for which an account without credits, or with a refused key, is left alone


@dataclass(slots=True)
class PayingAccount:
    """One key, known by the name of the environment variable that holds it."""

    name: str
    client: Client
    recorder: Recorder
    rests_until: float = 0.0

    @property
    def session(self) -> Session:
        return self.client._session

    def let_rest(self) -> None:
        self.rests_until = self.session.clock() + REST

    @property
    def rests(self) -> bool:
        return self.session.clock() < self.rests_until


class Accounts:
    """The accounts of a worker, and which of them pays for an order.

    names: VARIABLE, or VARIABLE=CREDITS for at most so many credits. on_event: called with each
    event. Raises InvalidRequest for a variable that is not set, or given twice, or credits that
    are no number.
    """

    def __init__(
        self,
        names: Sequence[str],
        gateway: Gateway,
        base_url: str | None,
        ledger: Ledger,
        *,
        allow_http: bool = False,
        on_event: Listener | None = None,
    ) -> None:
        self.unanswered = Unanswered(on_event)
        self.every: list[PayingAccount] = []
        self._chosen = Counter[str]()
        self._limits: dict[float, Spending] = {}
        for each in names:
            name, equals, credits_ = each.partition("=")
            if self.get(name) is not None:  # of two budgets only one would count
                raise InvalidRequest(f"accounts: {name} is given twice")
            client = Client(
                gateway,
                api_key=key_in(name),
                base_url=base_url,
                allow_http=allow_http,
                on_event=self.unanswered,
            )
            ledger.share_turns([client._session])
            ledger.share_durations([client._session])
            budgets = (Spending(credits_in(credits_), name),) if equals else ()
            recorder = replace(ledger.recorder([client._session]), account=name, budgets=budgets)
            self.every.append(PayingAccount(name, client, recorder))

    @property
    def base_url(self) -> str:
        """The same for all of them."""
        return self.every[0].session.base_url

    def get(self, name: str) -> PayingAccount | None:
        """None: this worker was not given its key."""
        return next((each for each in self.every if each.name == name), None)

    def choose(self, refused: Collection[str]) -> str | None:
        """The one that was chosen least often, of those that did not refuse it and do not rest."""
        fit = [each.name for each in self.every if each.name not in refused and not each.rests]
        if not fit:
            return None
        name = min(fit, key=lambda each: self._chosen[each])
        self._chosen[name] += 1
        return name

    def recorder(self, account: PayingAccount, order: Order) -> Recorder:
        """Writes down what is done for an order, within what the order and the account allow."""
        budgets = account.recorder.budgets
        if (limit := order.max_credits) is not None:
            budgets = (self._limits.setdefault(limit, Spending(limit)), *budgets)
        return replace(account.recorder, batch=order.batch, budgets=budgets)


class Unanswered:
    """Creates that are out, until their answers are written down: the ledger is told before.

    others: told after it.
    """

    def __init__(self, others: Listener | None = None) -> None:
        self._jobs: set[str] = set()
        self._changed = Condition()
        self._others = others

    def __call__(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, CreateStarting):
                self._jobs.add(event.job_id)
            elif isinstance(event, (TaskCreated, CreateRefused, CreateUncertain)):
                self._jobs.discard(event.job_id)
                self._changed.notify_all()
        if self._others is not None:
            self._others(event)

    def wait(self, patience: float) -> None:
        """Until there are none, or so many seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs, patience)


def key_in(variable: str) -> str:
    """The key that the environment has under that name; it is never written anywhere."""
    key = os.environ.get(variable)
    if not key or not key.strip():
        raise InvalidRequest(f"accounts: the environment has no {variable}")
    return checked_key(key, variable, f"accounts: the key in {variable}")


def credits_in(text: str) -> float:
    try:
        budget = float(text)
    except ValueError:
        budget = -1.0
    if not 0 <= budget < float("inf"):
        raise InvalidRequest("accounts: after the = stands a number of credits, 0 or more")
    return budget
