"""One request's span with its children, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opentelemetry import trace

from ..errors import Imagen4Error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer
    from opentelemetry.util.types import AttributeValue

    from ..core.task import Task
    from ..events import Event

    Attributes = dict[str, AttributeValue]

OPERATION = "generate_content"


@dataclass(slots=True)
class TracedRequest:
    """Times are Unix nanoseconds."""

    tracer: Tracer
    span: Span
    context: Context
    """In which its children stand."""
    began: int
    model: str = ""
    pictures: dict[int, int] = field(default_factory=dict)
    """How many each of its creates asks for."""
    create_began: int = 0
    price: float | None = None
    """Of the create that is out, in credits, by the price list."""
    answered: int = 0
    """When its last create was."""
    wait_began: int | None = None
    ended: bool = False
    tasks: dict[str, float | None] = field(default_factory=dict)
    """What each costs, by the price list, in credits."""
    charged: dict[str, float] = field(default_factory=dict)

    @classmethod
    def start(cls, tracer: Tracer, event: Event, parent: Context | None, now: int) -> TracedRequest:
        """parent: None for what is current."""
        began = before(now, event.elapsed)
        about = {**labels_of(event), "gen_ai.output.type": "image"}
        kind = trace.SpanKind.CLIENT
        span = tracer.start_span(OPERATION, parent, kind, about, start_time=began)
        return cls(tracer, span, trace.set_span_in_context(span), began)

    def of_model(self, model: str) -> None:
        self.model = model
        self.span.update_name(f"{OPERATION} {model}")
        self.span.set_attribute("gen_ai.request.model", model)

    def created(self, gateway: str, task_id: str) -> None:
        self.tasks[task_id] = self.price
        self.span.set_attribute("gen_ai.provider.name", gateway)

    def seen(self, task: Task) -> None:
        """A task's state was read."""
        self.tasks.setdefault(task.task_id, None)
        if task.credits is not None:
            self.charged[task.task_id] = task.credits
        if not self.model and task.model:
            self.of_model(task.model)

    def child(
        self,
        name: str,
        began: int,
        ended: int,
        about: Mapping[str, AttributeValue],
        error: Exception | None = None,
    ) -> None:
        """A span for what has just ended."""
        span = self.tracer.start_span(name, self.context, attributes=about, start_time=began)
        if error is not None:
            mark_failed(span, error)
        span.end(ended)

    def end(self, now: int) -> None:
        """Once; what comes later is still part of the trace."""
        if self.ended:
            return
        self.ended = True
        if (pictures := sum(self.pictures.values())) > 1:
            self.span.set_attribute("gen_ai.request.choice.count", pictures)
        if self.tasks:
            self.span.set_attribute("imagen4.task_ids", tuple(self.tasks))
        for costs, source in ((self.charged, "charged"), (self.tasks, "price list")):
            known = [cost for cost in costs.values() if cost is not None]
            if known and len(known) == len(self.tasks):
                self.span.set_attribute("imagen4.credits", sum(known))
                self.span.set_attribute("imagen4.credits.source", source)
                break
        self.span.end(now)


def before(now: int, elapsed: float) -> int:
    """So many seconds earlier."""
    return now - int(elapsed * 1_000_000_000)


def labels_of(event: Event, model: str = "") -> Attributes:
    """What the conventions want to be said of every operation."""
    about = {"gen_ai.operation.name": OPERATION, "gen_ai.provider.name": event.gateway}
    return {**about, **({"gen_ai.request.model": model} if model else {})}


def mark_failed(span: Span, error: Exception) -> None:
    """An error of ours quotes no prompt and no key; of any other, only the name is safe."""
    words = error.message if isinstance(error, Imagen4Error) else None
    span.set_status(trace.StatusCode.ERROR, words)
    span.set_attribute("error.type", type(error).__name__)
