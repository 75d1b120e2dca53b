"""Traces and metrics for OpenTelemetry, made from the events: pip install 'imagen4[otel]'.

    from imagen4.otel import Telemetry

    client = Client("kie", on_event=Telemetry())

Each request is a span `generate_content MODEL` with children `create`, `wait` and `download`. On
it stand the tasks (`imagen4.task_ids`), what they cost (`imagen4.credits`, and by whom that is
said: `imagen4.credits.source`) and the error, if it ended in one. Metrics:

    gen_ai.client.operation.duration   seconds from a request's beginning to its result or error
    imagen4.creates                    creates by `imagen4.outcome`: created, refused, uncertain
    imagen4.credits                    credits of the tasks created, by the gateway's price list

What begins with `gen_ai` is as in the GenAI semantic conventions, which are not stable yet.
"""

try:
    import opentelemetry.trace  # noqa: F401
except ModuleNotFoundError as missing:
    needed = "imagen4.otel needs OpenTelemetry; run: pip install 'imagen4[otel]'"
    raise ModuleNotFoundError(needed, name=missing.name) from None

from .telemetry import Telemetry

__all__ = ["Telemetry"]
