"""Mutation testing of the client's decisions: would the tests notice a change?

    python scripts/mutation.py                     every module
    python scripts/mutation.py core.request core.waiting     some modules
    python scripts/mutation.py --constants core.polling and what stands outside functions (slow)

mutmut changes one thing at a time in a copy of the client, outside the checkout, and runs the
tests that reach it. It leaves tables, limits and defaults outside functions alone: with
--constants, they are changed in the same way, each mutant meeting every test.
Prints how many mutants of each module the tests noticed, then the survivors with the reason
from mutating/equivalent.toml why they make no difference, or "not explained".

Exit code 1: less than 90 % noticed, or a survivor that nobody has explained. 2: cannot run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from mutating.copying import prepare
from mutating.survivors import (
    Tally,
    equivalents,
    of_constants,
    of_functions,
    reason,
    together,
)

ROOT = Path(__file__).parents[1]
THRESHOLD = 90.0
# The modules that decide and do no I/O.
MODULES = (
    *("callbacks", "configuration", "errors"),
    *("core.account", "core.batch", "core.checks", "core.effects", "core.envelope"),
    *("core.many", "core.origins", "core.pacing", "core.polling", "core.reading"),
    *("core.redaction", "core.request", "core.settings", "core.submission", "core.task"),
    *("core.waiting", "downloads.formats", "downloads.transfer", "gateways.adapter"),
)


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="imagen4-mutation-") as name:
        place = Path(name)
        prepare(ROOT, place, options.modules)
        if not functions_mutated(place, options.jobs):
            print("mutmut could not run: do the tests pass?")
            return 2
        found = [of_functions(place, module) for module in options.modules]
        if options.constants:
            found += constants_mutated(place, options.modules, options.jobs)
    tallies = [
        together(module, [each for each in found if each.module == module])
        for module in options.modules
    ]
    report(tallies)
    return 0 if accepted(together("all", tallies)) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--constants", action="store_true", help="also tables, limits, defaults")
    options = parser.parse_args()
    unknown = set(options.modules) - set(MODULES)
    if unknown:
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    options.modules = options.modules or list(MODULES)
    return options


def environment() -> dict[str, str]:
    """For processes in the copy: the plugin comes from here, the client from there."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}


def functions_mutated(place: Path, jobs: int) -> bool:
    """Run mutmut in the copy; whether it came to its end."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
    with (place / "mutmut.log").open("w+", encoding="utf-8") as log:
        code = subprocess.run(
            command, cwd=place, env=environment(), stdout=log, stderr=log, check=False
        ).returncode
        if code != 0:
            log.seek(0)
            print("\n".join(log.read().splitlines()[-40:]), file=sys.stderr)
    return code == 0


def constants_mutated(place: Path, modules: list[str], jobs: int) -> list[Tally]:
    """Mutate what stands outside functions, the quickest tests first."""
    stats = json.loads((place / "mutants" / "mutmut-stats.json").read_text(encoding="utf-8"))
    durations: dict[str, float] = stats["duration_by_test"]
    order = place / "order.json"
    order.write_text(json.dumps(sorted(durations, key=lambda name: durations[name])))
    command = [sys.executable, "-m", "mutating.constants", str(order), str(jobs), *modules]
    run = subprocess.run(
        command, cwd=place, env=environment(), check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(run.stdout)
    return [of_constants(place, module, *found[module]) for module in modules]


def report(tallies: list[Tally]) -> None:
    """The table, then the survivors."""
    print(f"{'module':<20}{'mutants':>8}{'killed':>8}{'survived':>10}{'%':>8}")
    for each in [*tallies, together("all", tallies)]:
        numbers = f"{each.total:>8}{each.killed:>8}{len(each.survivors):>10}"
        print(f"{each.module:<20}{numbers}{each.percentage:>8.1f}")
    known = equivalents()
    for survivor in together("all", tallies).survivors:
        print(f"{survivor.place}: {reason(survivor, known) or 'not explained'}")
        print(f"    - {survivor.before}\n    + {survivor.after}")


def accepted(total: Tally) -> bool:
    """Whether enough was noticed, everything was tried, and the rest is explained."""
    known = equivalents()
    explained = all(reason(survivor, known) for survivor in total.survivors)
    return total.percentage >= THRESHOLD and explained and not total.untried


if __name__ == "__main__":
    sys.exit(main())
