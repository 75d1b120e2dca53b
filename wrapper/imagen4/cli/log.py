"""The log on standard error."""

import logging

import click


def to_stderr(level: str) -> None:
    """From that level on; "" is nothing at all. Raises UsageError for what is no level."""
    level = level.strip().upper()
    if not level:
        return
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise click.UsageError("IMAGEN4_LOG must be debug, info, warning or error")
    # Our own logger only: libraries' debug logs may hold headers, and so the key.
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("imagen4")
    logger.addHandler(handler)
    logger.setLevel(level)
