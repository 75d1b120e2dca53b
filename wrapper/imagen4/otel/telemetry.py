"""The listener."""

from __future__ import annotations

import atexit
import json
import time
from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from opentelemetry import metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .._version import __version__
from ..core.price import credits_of
from ..errors import TaskTimeout
from ..events import (
    CreateRefused,
    CreateStarting,
    CreateUncertain,
    GatewayPassedOver,
    PictureNotSaved,
    PictureSaved,
    PollFailed,
    RequestEnded,
    TaskCreated,
    TaskState,
)
from ..facts import GATEWAYS
from ..logs import logger
from .traced import TracedRequest, before, labels_of, mark_failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from ..async_job import AsyncJob
    from ..events import Event
    from ..job import Job
    from .traced import Attributes

W3C = TraceContextTextMapPropagator()
SECONDS = [0.01 * 2**step for step in range(17)]
"""The buckets of the conventions, and three more, up to eleven minutes: pictures take longer."""
OUTCOMES = {TaskCreated: "created", CreateRefused: "refused", CreateUncertain: "uncertain"}
DIGITS = 18
"""Of a seed: what has more may not fit into the 64 bits that OTLP has for a number."""
REMEMBERED = 10_000
"""Requests: what is waited for or saved later still becomes part of their traces."""


class Telemetry:
    """A listener (`on_event=`) that makes spans and measurements of what clients do.

    tracer_provider, meter_provider: instead of OpenTelemetry's global ones.
    prompts: whether prompts are written into the spans, as `gen_ai.input.messages`.
    parent: says of a request's first event under which traceparent (W3C) the request stands, see
        `hand_over`; None for the span that is current there.
    by_tag: makes all that is done for one tag one trace, whatever process does it, without
        anything being handed over. A name, the same in all of them, for where tags are not used
        twice, such as that of the batch. Such a trace is always sampled, and a call that runs out
        of time does not end the request's span.

    One serves any number of clients and threads. What goes wrong in here is logged, and stops no
    create.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        prompts: bool = False,
        parent: Callable[[Event], str | None] | None = None,
        by_tag: str | None = None,
    ) -> None:
        self._tracer = trace.get_tracer("imagen4", __version__, tracer_provider)
        meter = metrics.get_meter("imagen4", __version__, meter_provider)
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration",
            "s",
            "From a request's beginning to its result or error.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._creates = meter.create_counter("imagen4.creates", "{create}", "Creates answered.")
        self._credits = meter.create_counter("imagen4.credits", "{credit}", "Credits spent.")
        self._prompts, self._parent, self._by_tag = prompts, parent, by_tag
        self._lock = Lock()
        self._requests: OrderedDict[str, TracedRequest] = OrderedDict()
        atexit.register(self.close)

    def __call__(self, event: Event) -> None:
        try:
            with self._lock:
                self._note(self._request(event), event, time.time_ns())
        except Exception:
            logger.warning("%s: an event without telemetry", event.gateway, exc_info=True)

    def hand_over(self, job: Job | AsyncJob) -> str:
        """A request's traceparent, for the process that goes on with it; here its span ends.

        Returns "" where nothing is known of the request, or no tracing is set up.
        """
        carrier: dict[str, str] = {}
        with self._lock:
            if (request := self._requests.get(job.job_id)) is not None:
                W3C.inject(carrier, request.context)
                end(request, time.time_ns())
        return carrier.get("traceparent", "")

    def close(self) -> None:
        """End the spans that are still open, as happens at the end of the program."""
        with self._lock:
            while self._requests:
                end(self._requests.popitem()[1], time.time_ns())

    def _request(self, event: Event) -> TracedRequest:
        """Known from an earlier event, or from now on."""
        name = f"tag {event.tag}" if self._is_by_tag(event) else event.job_id
        known = self._requests.get(name)
        if known is not None and not (known.ended and isinstance(event, CreateStarting)):
            return known
        now = time.time_ns()
        request = TracedRequest.start(self._tracer, event, self._context(event), now)
        self._requests[name] = request
        if len(self._requests) > REMEMBERED:
            end(self._requests.popitem(last=False)[1], now)
        return request

    def _is_by_tag(self, event: Event) -> bool:
        return self._by_tag is not None and event.tag is not None

    def _context(self, event: Event) -> Context | None:
        """In which the request stands; None for what is current."""
        given = self._parent(event) if self._parent is not None else None
        if not given and self._is_by_tag(event):
            made = sha256(f"{self._by_tag}\0{event.tag}".encode()).hexdigest()
            given = f"00-{made[:32]}-{made[32:48]}-01"
        return W3C.extract({"traceparent": given}) if given else None

    def _note(self, request: TracedRequest, event: Event, now: int) -> None:
        match event:
            case CreateStarting():
                self._create_starting(request, event, now)
            case TaskCreated() | CreateRefused() | CreateUncertain():
                self._create_ended(request, event, now)
            case TaskState() | PollFailed():
                began = max(request.answered, before(now, event.elapsed))
                request.wait_began = request.wait_began or began
                if isinstance(event, TaskState):
                    request.seen(event.task)
            case GatewayPassedOver(passed=passed):
                why = {"error.type": type(passed.error).__name__}
                about = {"gen_ai.provider.name": passed.gateway, **why}
                request.span.add_event("imagen4.gateway_passed_over", about, now)
            case PictureSaved() | PictureNotSaved():
                error = event.error if isinstance(event, PictureNotSaved) else None
                about = {"gen_ai.response.id": event.task_id or ""}
                request.child("download", before(now, event.elapsed), now, about, error)
            case RequestEnded():
                self._request_ended(request, event, now)

    def _create_starting(self, request: TracedRequest, event: CreateStarting, now: int) -> None:
        request.create_began = now
        request.price = credits_of(GATEWAYS[event.gateway], event.model, event.pictures)
        request.of_model(event.model)
        request.pictures[event.number] = event.pictures
        if event.seed is not None and event.seed.isdecimal() and len(event.seed) <= DIGITS:
            request.span.set_attribute("gen_ai.request.seed", int(event.seed))
        if self._prompts:
            part = {"type": "text", "content": str(event.fields.get("prompt", ""))}
            said = json.dumps([{"role": "user", "parts": [part]}], ensure_ascii=False)
            request.span.set_attribute("gen_ai.input.messages", said)

    def _create_ended(
        self,
        request: TracedRequest,
        event: TaskCreated | CreateRefused | CreateUncertain,
        now: int,
    ) -> None:
        request.answered = now
        labels = labels_of(event, request.model)
        about: Attributes = {"imagen4.outcome": OUTCOMES[type(event)]}
        self._creates.add(1, {**labels, **about})
        if event.task_id is not None:
            about["gen_ai.response.id"] = event.task_id
        if isinstance(event, TaskCreated):
            request.created(event.gateway, str(event.task_id))
            self._credits.add(request.price or 0, labels)
        about["gen_ai.provider.name"] = event.gateway
        error = None if isinstance(event, TaskCreated) else event.error
        request.child("create", request.create_began, now, about, error)

    def _request_ended(self, request: TracedRequest, event: RequestEnded, now: int) -> None:
        if isinstance(event.error, TaskTimeout) and self._is_by_tag(event):
            return
        if request.wait_began is not None:
            request.child("wait", request.wait_began, now, {}, event.error)
        elif request.ended or event.error is None:  # the result was known before
            request.end(now)
            return
        request.wait_began = None
        labels = labels_of(event, request.model)
        if event.error is not None:
            request.span.set_attribute("gen_ai.provider.name", event.gateway)
            labels["error.type"] = type(event.error).__name__
            mark_failed(request.span, event.error)
        self._duration.record((now - request.began) / 1e9, labels)
        request.end(now)


def end(request: TracedRequest, now: int) -> None:
    """A span processor may raise, which is nobody's business here but the log's."""
    try:
        request.end(now)
    except Exception:
        logger.warning("A span's end failed", exc_info=True)
