"""Hold the sandbox to the contract: both gateways, both profiles.

Each verdict is one line. With --repeat the whole is done again and again, and any
difference between two rounds is a failure: a verdict that changes is worse than none.
"""

import set_up  # noqa: F401  # first: what follows is not in every Python

# isort: split
import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

from imagen4.contract.reports import Report, make_report, render_text
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox
from imagen4.sandbox.settings import PROFILE_NAMES

SPEED = 1000.0
"""Sandbox seconds a second: no task keeps the suite waiting."""


def hold(profile: str, gateway: str, phase: str, seed: int) -> Report:
    """One run over real HTTP, on a sandbox of its own."""
    with Sandbox(profile=profile, speed=SPEED, limits=False) as sandbox:
        target = ServerUnderTest(gateway, sandbox.url(gateway), sandbox.key(gateway))
        return make_report(run_contract(RunOptions(target, seed=seed, phase=phase)))


def stable_part(made: Report) -> tuple[object, ...]:
    """What must not differ between two runs."""
    return made.exit_code, made.broken, tuple(each.id for each in made.deviations), made.notes


def rounds(repeat: int, phase: str, seed: int) -> Iterator[tuple[str, Report]]:
    """Each profile and gateway, as often as told, with a line for the eyes."""
    for _ in range(repeat):
        for profile in PROFILE_NAMES:
            for gateway in GATEWAYS:
                started = time.perf_counter()
                made = hold(profile, gateway, phase, seed)
                seconds = time.perf_counter() - started
                yield f"{profile:10} {seconds:4.1f} s  {made.last_line}", made


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--phase", choices=["quick", "full"], default="quick")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1)
    arguments = parser.parse_args()
    seen: dict[tuple[str, str], set[tuple[object, ...]]] = defaultdict(set)
    worst = 0
    for line, made in rounds(arguments.repeat, arguments.phase, arguments.seed):
        print(line if made.exit_code == 0 else render_text(made))
        seen[made.gateway, line.split()[0]].add(stable_part(made))
        worst = max(worst, made.exit_code)
    differing = sum(len(verdicts) > 1 for verdicts in seen.values())
    print(f"{arguments.repeat} round(s), {differing} of {len(seen)} verdicts differ")
    return worst or int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
