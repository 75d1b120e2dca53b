"""A gateway that is quick, and telemetry whose spans and measurements are kept in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from imagen4 import AsyncClient, Client, Polling
from imagen4.otel import Telemetry
from imagen4.sandbox import Sandbox

QUICKLY = Polling(pace=((inf, 0.02, 0.03),), backoff=0.01)
MODEL = "google/imagen4"


@dataclass
class Process:
    """What one process would have: clients, telemetry, and where that goes."""

    sandbox: Sandbox
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader])
        self.telemetry = Telemetry(
            tracer_provider=self.tracers, meter_provider=meters, **self.settings
        )

    def client(self, gateway: str = "kie", kind: type = Client) -> Any:
        return kind(
            gateway,
            api_key=self.sandbox.key(gateway),
            base_url=self.sandbox.url(gateway),
            polling=QUICKLY,
            on_event=self.telemetry,
        )

    def async_client(self) -> Any:
        return self.client(kind=AsyncClient)

    @property
    def spans(self) -> list[ReadableSpan]:
        """Those that have ended, in that order."""
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    @property
    def requests(self) -> list[ReadableSpan]:
        return self.named(f"generate_content {MODEL}")

    def points(self, metric: str) -> list[Any]:
        """What was measured under that name."""
        data = self.reader.get_metrics_data()
        every = data.resource_metrics[0].scope_metrics[0].metrics if data else []
        return [point for each in every if each.name == metric for point in each.data.data_points]


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=0.05, limits=False) as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def process(sandbox: Sandbox) -> Process:
    return Process(sandbox)


def said(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})
