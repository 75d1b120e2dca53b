"""Mutation testing of the client's decisions: would the tests notice a change?

    python scripts/mutation.py                            everything that [tool.mutmut] names
    python scripts/mutation.py 'imagen4.core.task.*'      some mutants, by mutmut's names

mutmut takes a module's name from its path and knows only `src/` as a folder to leave out of it.
So it runs in a folder of its own in which `src` leads to wrapper/. That folder stays: there,
`mutmut show NAME` and `mutmut browse` explain what survived.

Exit code 1: the tests noticed less than 90 % of the mutants. Otherwise mutmut's own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".mutmut_cache"
LINKS = ("generated", "specs", "scripts", "tests", "README.md", "pyproject.toml")
THRESHOLD = 0.9


def main(mutants: list[str]) -> int:
    """Run mutmut on these mutants, or on all; list the ones that no test noticed."""
    prepare()
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    for command in (["run", *mutants], ["results"], ["export-cicd-stats"]):
        code = subprocess.run([mutmut, *command], cwd=PLACE, check=False).returncode
        if code != 0:
            return code
    share = noticed(json.loads((PLACE / "mutants" / "mutmut-cicd-stats.json").read_text()))
    print(f"{share:.1%} of the mutants noticed")
    return int(share < THRESHOLD)


def prepare() -> None:
    """Start afresh: mutmut would keep a verdict although a test has changed since."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    (PLACE / "src").symlink_to(ROOT / "wrapper")
    for name in LINKS:
        (PLACE / name).symlink_to(ROOT / name)


def noticed(counts: dict[str, int]) -> float:
    """The share of mutants that failed a test, among those that were tried."""
    killed = counts["killed"] + counts["timeout"]
    return killed / max(1, killed + counts["survived"] + counts["no_tests"] + counts["suspicious"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
