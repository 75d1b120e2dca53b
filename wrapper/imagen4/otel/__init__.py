"""Traces and metrics for OpenTelemetry, made from the events: pip install 'imagen4[otel]'.

    from imagen4.otel import Telemetry

    client = Client("kie", on_event=Telemetry())

Each request is a span `generate_content MODEL` with children `create`, `wait` and `download`, the
error, if it ended in one, and, beside what the GenAI semantic conventions ask for:

    imagen4.task_ids                   the gateway's ids of its tasks
    imagen4.credits                    what they cost, in the gateway's credits
    imagen4.credits.source             who says so: charged, or price list

Metrics, by provider and model:

    gen_ai.client.operation.duration   seconds from a request's beginning to its result or error
    imagen4.creates                    creates, by imagen4.outcome: created, refused or uncertain
    imagen4.credits                    credits of the tasks created, by the gateway's price list

What begins with gen_ai is as in the conventions, which are not stable yet.
"""

from ..extras import needing

with needing("otel", __name__):
    from .telemetry import Telemetry

__all__ = ["Telemetry"]
