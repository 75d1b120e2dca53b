"""What every report says, before it is spelled."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ..checks.registry import CHECKS, Skipped
from ..deviations import deviation_in_words, registered
from ..notes import notes
from .grouping import group_broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..baseline import Baseline
    from ..deviations import Deviation
    from ..exchange import Intent
    from ..run import RunOutcome
    from ..trace import Trace
    from .broken import Broken

NOT_ALL_SEEN = "not all seen"
VERDICTS = {0: "conforms", 1: "violated", 2: "could not run"}


@dataclass(frozen=True)
class Known:
    """A registered deviation, seen or gone."""

    id: str
    text: str
    evidence: str
    times: int


@dataclass(frozen=True)
class Report:
    """All there is to say about a run."""

    verdict: str
    gateway: str
    model: str
    base_url: str
    profile: str
    style: str
    phase: str
    seed: int
    requests: int
    tasks: int
    paid: int
    seconds: float
    exit_code: int
    reason: str
    broken: tuple[Broken, ...]
    """The causes; what follows from each stands in it."""
    accepted: tuple[Broken, ...]
    """Broken, too, but not held against the server: the baseline has it."""
    no_longer: tuple[str, ...]
    """What the baseline accepts and is not broken any more."""
    deviations: tuple[Known, ...]
    gone: tuple[Known, ...]
    notes: tuple[str, ...]
    not_checked: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    """The checks that had nothing to look at."""
    unseen: tuple[str, ...]
    """What the verdict does not cover, counted."""

    @property
    def last_line(self) -> str:
        """What the run comes to, in one line; a verdict on less than everything says so."""
        if self.exit_code == 0 and self.unseen:
            return (
                f"{self.verdict} as far as seen: {self.reason}; not seen: {', '.join(self.unseen)}"
            )
        return f"{self.verdict}: {self.reason}"

    def broken_by(self, check: str) -> list[Broken]:
        return [each for each in self.broken if each.check == check]

    def why_silent(self, check: str) -> str:
        """Why a check that breaks nothing says nothing either; empty for what is kept."""
        for cause in reversed(self.broken):
            if any(each.check == check for each in cause.consequences):
                return f"follows from: {cause.promise}"
        return next((each.reason for each in self.skipped if each.check == check), "")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self, dict_factory=lambda each: {n: v for n, v in each if n != "exchanges"})


def reasons(skipped: Iterable[Skipped]) -> list[str]:
    """Why checks had nothing to look at, a reason a line, with their names."""
    names: dict[str, list[str]] = {}
    for each in skipped:
        names.setdefault(each.reason, []).append(each.check)
    return [f"{reason}: {', '.join(checks)}" for reason, checks in names.items()]


def make_report(outcome: RunOutcome, baseline: Baseline | None = None) -> Report:
    """The report of a run; what the baseline accepts, and has not expired, breaks nothing."""
    options, trace = outcome.options, outcome.trace
    found = [_held_against(each, baseline) for each in group_broken(outcome)]
    broken = tuple(each for each in found if not each.accepted)
    exit_code = outcome.exit_code_with(len(broken))
    asleep = exit_code == 2 and not (outcome.blocked or outcome.interrupted)
    return Report(
        verdict=NOT_ALL_SEEN if asleep else VERDICTS[exit_code],
        gateway=options.server.gateway,
        model=options.server.model,
        base_url=options.server.base_url,
        profile=options.profile,
        style=trace.style,
        phase=options.phase,
        seed=options.seed,
        requests=len(trace.exchanges),
        tasks=len(trace.tasks),
        paid=outcome.paid,
        seconds=round(outcome.seconds, 2),
        exit_code=exit_code,
        reason=_reason(outcome, broken),
        broken=broken,
        accepted=tuple(each for each in found if each.accepted),
        no_longer=() if outcome.interrupted else tuple(_no_longer(outcome, found, baseline)),
        deviations=_known_deviations(outcome),
        gone=tuple(_as_known(each, 0) for each in outcome.sorted.gone),
        notes=tuple(notes(trace)),
        not_checked=_with_times(f"{intent.what} ({why})" for intent, why in _left_out(trace)),
        skipped=outcome.skipped,
        unseen=tuple(_unseen(outcome)),
    )


def _held_against(broken: Broken, baseline: Baseline | None) -> Broken:
    """The same, with what the baseline says of it."""
    entry = baseline.entry_for(*broken.identity) if baseline else None
    if baseline is None or entry is None:
        return broken
    if baseline.lasts(entry):
        return replace(broken, accepted=entry.told)
    return replace(broken, seen=f"{broken.seen}; expired: {entry.told}")


def _no_longer(
    outcome: RunOutcome, found: list[Broken], baseline: Baseline | None
) -> Iterator[str]:
    skipped = {each.check for each in outcome.skipped}
    if baseline is not None:
        seen = (baseline.entry_for(*each.identity) for each in found)
        for entry in baseline.gone(filter(None, seen), skipped):
            yield f"{entry.promise} ({entry.reason})"


def _left_out(trace: Trace) -> list[tuple[Intent, str]]:
    return [*trace.unheard, *trace.skipped]


def _unseen(outcome: RunOutcome) -> Iterator[str]:
    """What was left out, and ends that did not come; in full those are findings."""
    trace = outcome.trace
    if outcome.asleep:
        yield f"{len(outcome.asleep)} of {len(CHECKS)} checks had nothing to look at"
    for why, times in Counter(why for _, why in _left_out(trace)).items():
        yield f"{times} request{'' if times == 1 else 's'} ({why})"
    running = [task for task in trace.tasks if task.records and not task.ended]
    if running and not trace.patient:
        yield f"the end of {len(running)} of {len(trace.tasks)} tasks (--phase full waits longer)"


def _reason(outcome: RunOutcome, broken: tuple[Broken, ...]) -> str:
    name = outcome.options.server.gateway
    first = broken[0].promise if broken else ""
    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    broke = f"{name} broke: {first}{more}" if broken else ""
    if outcome.interrupted:
        return "; until then ".join(filter(None, [outcome.interrupted, broke]))
    if broken:
        return broke
    if outcome.blocked:
        return outcome.blocked
    if outcome.exit_code_with(0) == 2:
        return f"nothing to look at for {', '.join(outcome.asleep)}"
    known = len(outcome.sorted.excused)
    checks, exchanges = len(CHECKS) - len(outcome.skipped), len(outcome.trace.exchanges)
    checked = f"{checks} checks on {exchanges} exchanges"
    return f"{name}, {checked}, {known} known deviation{'' if known == 1 else 's'}"


def _known_deviations(outcome: RunOutcome) -> tuple[Known, ...]:
    excused = outcome.sorted.excused
    return tuple(_as_known(e, len(excused[e.id])) for e in registered() if e.id in excused)


def _as_known(deviation: Deviation, times: int) -> Known:
    return Known(deviation.id, deviation_in_words(deviation), deviation.evidence, times)


def _with_times(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        line if times == 1 else f"{line} × {times}" for line, times in Counter(lines).items()
    )
