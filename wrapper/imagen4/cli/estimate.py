"""What creates cost: told before they are sent, and after, as far as the gateway said it."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from .. import Request, Task
from ..core.price import credits_of
from ..core.request import PlannedCreate, plan_creates
from ..core.task import number_of_pictures
from ..errors import InvalidRequest
from ..events import CreateStarting, Event, GatewayPassedOver
from ..facts import DEFAULT_MODEL, GATEWAYS
from ..gateways import adapter_for
from . import exits

dry_run = click.option("--dry-run", is_flag=True, help="Say what it would cost, and send nothing.")


COUNTS = ("tasks", "pictures", "unknown")


class Estimate:
    """Creates and their price by the gateway's list; `unknown` of them are not on it."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self.tasks = self.pictures = self.unknown = 0
        self._known = 0.0

    def add(self, model: str, create: PlannedCreate) -> None:
        price = credits_of(GATEWAYS[self._gateway], model, create.pictures)
        self.tasks += 1
        self.pictures += create.pictures
        self.unknown += price is None
        self._known += price or 0.0

    @property
    def credits(self) -> float | None:
        """Of those whose price is known; None where it is of none."""
        return None if self.tasks and self.unknown == self.tasks else self._known

    @property
    def dollars(self) -> float | None:
        return in_dollars(self._gateway, self.credits)

    @property
    def price(self) -> str:
        """In words."""
        if self.credits is None:
            return f"a price that {self._gateway} does not publish"
        return money(self._gateway, self.credits)

    def as_json(self) -> dict[str, Any]:
        names = ("tasks", "pictures", "credits", "dollars", "unknown")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        listed = "" if self.credits is None else " by the price list"
        pictures = number_of_pictures(self.pictures)
        return f"{number_of_tasks(self.tasks)}, {pictures}: {self.price}{listed}"


def number_of_tasks(count: int) -> str:
    """In words."""
    return f"{count} task{'' if count == 1 else 's'}"


class Total:
    """Of several gateways, whose credits are not each other's."""

    def __init__(self, at: Mapping[str, Estimate]) -> None:
        self.at = at

    @property
    def used(self) -> Mapping[str, Estimate]:
        """Those that have something to pay; the first one where none has."""
        used = {name: each for name, each in self.at.items() if each.tasks}
        return used or dict(list(self.at.items())[:1])

    def as_json(self) -> dict[str, Any]:
        """As of one; of several, each of those that are used, too, and no sum of their credits."""
        used = {name: each.as_json() for name, each in self.used.items()}
        one, *others = used.values()
        if len(self.at) == 1:
            return one
        sums = {name: sum(each[name] for each in used.values()) for name in COUNTS}
        dollars = [each["dollars"] for each in used.values()]
        spent = None if None in dollars else sum(dollars)
        credits_ = None if others else one["credits"]
        return {**one, **sums, "credits": credits_, "dollars": spent, "gateways": used}


def estimate_of(gateway: str, model: str, creates: Sequence[PlannedCreate]) -> Estimate:
    estimate = Estimate(gateway)
    for create in creates:
        estimate.add(model, create)
    return estimate


def estimates_of(gateways: Sequence[str], request: Request) -> dict[str, Estimate]:
    """At each gateway that has the model and the fields. Raises InvalidRequest where none has."""
    found, lacking = {}, []
    for gateway in gateways:
        model = request.model or DEFAULT_MODEL
        try:
            schema = adapter_for(gateway).input_schema(model)
            creates = plan_creates(request, schema, f"{model} on {gateway}")
            found[gateway] = estimate_of(gateway, model, creates)
        except InvalidRequest as error:
            lacking.append(error)
    if not found:
        raise lacking[0]
    return found


def print_estimates(estimates: Mapping[str, Estimate], *, as_json: bool) -> None:
    """On standard output, since it is the result of a dry run.

    Of the gateway that is asked first, and of the others that may be asked instead.
    """
    first, *others = estimates.values()
    if as_json:
        each = {name: estimate.as_json() for name, estimate in estimates.items()}
        more = {"gateways": each} if others else {}
        click.echo(json.dumps(first.as_json() | more, indent=2))
    else:
        for name, estimate in estimates.items():
            click.echo(f"{name}: {estimate}" if others else str(estimate))


def told_first(
    estimates: Mapping[str, Estimate], tell: Callable[[Event], None]
) -> Callable[[Event], None]:
    """The listener, and before it the price, when a gateway's first create is about to leave."""
    left = dict(estimates)

    def listener(event: Event) -> None:
        if isinstance(event, CreateStarting) and event.gateway in left:
            exits.tell(str(left.pop(event.gateway)))
        elif isinstance(event, GatewayPassedOver):
            exits.tell(f"{event.passed.gateway} does not serve this: {event.passed.error.message}")
        tell(event)

    return listener


def in_dollars(gateway: str, credits_: float | None) -> float | None:
    """None where nobody has said what a credit costs."""
    rate = GATEWAYS[gateway].dollars_per_credit
    return None if rate is None or credits_ is None else credits_ * rate


def money(gateway: str, credits_: float) -> str:
    """Credits, and what they are in dollars."""
    dollars = in_dollars(gateway, credits_)
    return f"{credits_:g} credits" + ("" if dollars is None else f" (${dollars:.2f})")


def charged(tasks: Sequence[Task]) -> float | None:
    """Credits that tasks cost, as the gateway told of all of them."""
    told = [task.credits for task in tasks if task.credits is not None]
    return sum(told) if told and len(told) == len(tasks) else None
