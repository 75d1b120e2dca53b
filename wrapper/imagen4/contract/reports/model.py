"""What every report says, before it is spelled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from imagen4.contract.checks.registry import CHECKS, Finding
from imagen4.contract.curl import curl
from imagen4.contract.deviations import registered, sentence
from imagen4.contract.notes import notes
from imagen4.contract.run import Outcome
from imagen4.contract.trace import operation_name

VERDICTS = {0: "conforms", 1: "violated", 2: "could not run"}


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept, with the smallest request that shows it."""

    check: str
    promise: str
    operation: str
    pointer: str
    seen: str
    times: int
    curl: str

    @property
    def told(self) -> str:
        """All of it, one thing a line."""
        return "\n".join((f"{self.operation}: {self.promise}", self.pointer, self.seen, self.curl))


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

    gateway: str
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
    deviations: tuple[Known, ...]
    gone: tuple[Known, ...]
    notes: tuple[str, ...]
    not_checked: tuple[str, ...]

    @property
    def last_line(self) -> str:
        """What the run comes to, in one line."""
        verdict = VERDICTS[self.exit_code]
        return f"{verdict}: {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        return {"verdict": VERDICTS[self.exit_code], **asdict(self)}


def report(outcome: Outcome) -> Report:
    """The report of a run."""
    options, trace = outcome.options, outcome.trace
    broken = _broken(outcome)
    return Report(
        gateway=options.target.gateway,
        base_url=options.target.base_url,
        profile=options.profile,
        style=trace.style,
        phase=options.phase,
        seed=options.seed,
        requests=len(trace.exchanges),
        tasks=len(trace.tasks),
        paid=outcome.paid,
        seconds=round(outcome.seconds, 2),
        exit_code=outcome.exit_code,
        reason=_reason(outcome, broken),
        broken=broken,
        deviations=_seen(outcome),
        gone=tuple(
            Known(each.id, sentence(each), each.evidence, 0) for each in outcome.sorted.gone
        ),
        notes=tuple(notes(trace)),
        not_checked=_counted(f"{intent.what} ({why})" for intent, why in trace.skipped),
    )


def _reason(outcome: Outcome, broken: tuple[Broken, ...]) -> str:
    name = outcome.options.target.gateway
    if broken:
        first = broken[0].promise
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        return f"{name} broke: {first}{more}"
    if outcome.blocked:
        return outcome.blocked
    known = len(outcome.sorted.excused)
    checked = f"{len(CHECKS)} checks on {len(outcome.trace.exchanges)} exchanges"
    missing = f", {len(outcome.trace.skipped)} requests not sent" if outcome.trace.skipped else ""
    return f"{name}, {checked}, {known} known deviation{'' if known == 1 else 's'}{missing}"


def _broken(outcome: Outcome) -> tuple[Broken, ...]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in outcome.sorted.violations:
        groups.setdefault((finding.promise, finding.pointer), []).append(finding)
    return tuple(_promise(outcome, group) for group in groups.values())


def _promise(outcome: Outcome, group: list[Finding]) -> Broken:
    smallest = min(group, key=lambda finding: len(finding.exchange.request.content or b""))
    target, request = outcome.options.target, smallest.exchange.request
    return Broken(
        smallest.check,
        smallest.promise,
        operation_name(request.path),
        smallest.pointer,
        smallest.seen,
        len(group),
        curl(request, target.base_url, target.variable),
    )


def _seen(outcome: Outcome) -> tuple[Known, ...]:
    return tuple(
        Known(each.id, sentence(each), each.evidence, len(outcome.sorted.excused[each.id]))
        for each in registered()
        if each.id in outcome.sorted.excused
    )


def _counted(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        line if times == 1 else f"{line} × {times}" for line, times in Counter(lines).items()
    )
