"""Measure what `imagen4 contract` detects: a table of defects and what caught them.

Each defect of the catalogue is put into a conforming reference server, for both gateways
and both styles, and the suite is run against it; then against the conforming server
with thirty seeds. Fails if a defect gets through that the phase has to catch, or if
there is any finding on the conforming server.
"""

import set_up  # noqa: F401  # first: what follows is not in every Python

# isort: split
import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain

from imagen4.contract.reports import make_report
from imagen4.contract.server import CouldNotRunError
from imagen4.facts import GATEWAYS
from sharpening.catalogue import CATALOGUE
from sharpening.defect import Defect
from sharpening.measure import Setting, caught_by, hold, meet, prepared, settings
from sharpening.reference import STYLES

SEEDS = 30
QUICK_SHARE = 0.9


@dataclass(frozen=True)
class Detection:
    """What became of one defect: the settings it got through, and who caught it elsewhere."""

    name: str
    missed: tuple[str, ...]
    checks: tuple[str, ...]
    seconds: float


def detection(number: int, phase: str) -> Detection:
    """Meet a defect (by its place in the catalogue) in all its settings."""
    defect = CATALOGUE[number]
    started = time.perf_counter()
    missed, checks = [], []
    for setting in settings(defect, phase):
        try:
            outcome = meet(setting, defect)
        except CouldNotRunError as error:
            # Who answers 404 to everything has no operation left to judge, and is told so.
            checks.append(str(error).partition(":")[0])
            continue
        if outcome.exit_code != 1:
            missed.append(f"{setting.gateway}/{setting.style}")
        checks += caught_by(outcome.sorted.violations)
    seconds = time.perf_counter() - started
    return Detection(defect.name, tuple(missed), tuple(dict.fromkeys(checks)), seconds)


def baseline(setting: Setting) -> list[str]:
    """What is told of a conforming server, each with all it takes to see it; there must be none."""
    server = prepared(setting)
    report = make_report(hold(setting, server))
    found = [each.told for each in report.broken]
    found += ["".join(traceback.format_exception(each)) for each in server.crashes]
    return [f"{setting}: {each}" for each in found]


def baselines(seeds: int) -> list[Setting]:
    """Conforming servers, in full: quick does not depend on the seed."""
    return [
        Setting(gateway, style, "full", seed)
        for seed in range(seeds)
        for gateway in GATEWAYS
        for style in STYLES
    ]


def show(defect: Defect, result: Detection) -> str:
    """One line of the table."""
    if not result.missed:
        verdict = ", ".join(result.checks[:3])
    elif defect.full_only:
        verdict = f"survives: {defect.full_only}"
    else:
        verdict = f"SURVIVES in {', '.join(result.missed)}"
    return f"{defect.area:8} {result.name:34} {verdict}"


def totals(rows: list[Detection], phase: str) -> str:
    caught = [not result.missed for result in rows]
    areas = Counter(defect.area for defect in CATALOGUE)
    spread = ", ".join(f"{count} {area}" for area, count in areas.items())
    share = f"{sum(caught)} of {len(rows)} ({sum(caught) / len(rows):.1%})"
    return f"{phase}: {share} defects caught in every setting; {spread}"


def failures(rows: list[Detection], false_alarms: int, phase: str) -> Iterable[str]:
    survivors = [
        defect.name
        for defect, result in zip(CATALOGUE, rows, strict=True)
        if result.missed and not (phase == "quick" and defect.full_only)
    ]
    if survivors:
        yield f"{len(survivors)} defects survive: {', '.join(survivors)}"
    if false_alarms:
        yield f"{false_alarms} findings on the conforming server"
    if sum(not result.missed for result in rows) < QUICK_SHARE * len(rows):
        yield f"fewer than {QUICK_SHARE:.0%} are caught"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--phase", choices=["quick", "full"], default="quick")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    started = time.perf_counter()
    with ProcessPoolExecutor(arguments.workers) as pool:
        numbers = range(len(CATALOGUE))
        rows = list(pool.map(detection, numbers, [arguments.phase] * len(CATALOGUE)))
    plans = baselines(arguments.seeds)
    # Processes of their own: nothing that a defect did to its process may touch the baseline.
    with ProcessPoolExecutor(arguments.workers) as pool:
        alarms = list(chain.from_iterable(pool.map(baseline, plans, chunksize=10)))
    for defect, result in zip(CATALOGUE, rows, strict=True):
        print(show(defect, result))
    print(totals(rows, arguments.phase))
    runs = f"{len(plans)} full runs, {arguments.seeds} seeds"
    print(f"baseline: {runs}, on conforming servers: {len(alarms)} findings")
    print(f"{time.perf_counter() - started:.0f} s")
    problems = list(failures(rows, len(alarms), arguments.phase))
    problems += alarms
    for problem in problems:
        print(f"sharpness: {problem}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
