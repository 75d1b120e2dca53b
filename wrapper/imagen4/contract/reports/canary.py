"""What a canary has seen, and what moved since the runs before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..document import shortened
from ..history import moved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...facts import GatewayFacts
    from ..history import Sighting
    from .model import Report


def canary_alarms(now: Sighting, past: Sequence[Sighting], facts: GatewayFacts) -> list[str]:
    """What somebody has to look at, beside broken promises."""
    listed, told = facts.prices.get(now.model), [now.problem] if now.problem else []
    if listed is not None and now.credits not in (None, listed.credits):
        told.append(f"charged {now.credits:g} credits, listed {listed.credits:g}")
    return [*told, *(move.told for move in moved(now, past) if move.alarm)]


def render_canary(
    report: Report, now: Sighting, past: Sequence[Sighting], alarms: Sequence[str]
) -> str:
    """For a terminal; the last line is the verdict."""
    return "\n".join(_canary_lines(report, now, past, alarms))


def _canary_lines(
    report: Report, now: Sighting, past: Sequence[Sighting], alarms: Sequence[str]
) -> Iterator[str]:
    yield f"canary: {now.gateway}, {now.model} at {report.base_url}, {now.at}"
    for name in ("envelope", "record"):
        yield f"{name}: {shortened(', '.join(getattr(now, name))) or 'not seen'}"
    yield f"credits: {'not known' if now.credits is None else f'{now.credits:g}'}"
    yield f"picture: {now.picture or now.problem}"
    ended = "no end seen" if now.task_seconds is None else f"ended after {now.task_seconds:g} s"
    yield f"latency: create answered after {now.create_seconds:g} s, {ended}"
    moves = [*moved(now, past)]
    if past:
        yield f"moved since {past[-1].at} ({len(past)} before): {'' if moves else 'nothing'}"
    yield from (f"  · {move.told}" for move in moves)
    for broken in report.broken:
        yield from ("", f"✗ {broken.told}")
    yield ""
    if alarms and report.exit_code == 0:
        yield f"violated: {'; '.join(alarms)}"
    else:
        yield report.last_line
