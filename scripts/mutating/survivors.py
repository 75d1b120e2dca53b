"""The mutants that no test noticed, what they change, and why that may be."""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from mutating.copying import source_of

KILLED = (1, 3, 36, -24, 24, 152, 255)  # tests failed, pytest broke, or the time was up
UNTRIED = (None, 2, 34)
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SHOW = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
print(json.dumps({name: get_diff_for_mutant(name) for name in sys.argv[1:]}))
"""


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed: where it is, and the lines it takes away and puts there."""

    place: str
    before: str
    after: str


@dataclass
class Tally:
    """One module's mutants. untried: mutmut did not come to them."""

    module: str
    killed: int = 0
    untried: int = 0
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.killed + len(self.survivors)

    @property
    def percentage(self) -> float:
        return 100.0 * self.killed / self.total if self.total else 100.0


@dataclass(frozen=True)
class Equivalent:
    """Why a change makes no difference: `place` may hold *, `change` is part of what changed."""

    place: str
    change: str
    why: str

    def explains(self, survivor: Survivor) -> bool:
        return fnmatchcase(survivor.place, self.place) and self.change in survivor.after


def equivalents() -> list[Equivalent]:
    """The explanations in equivalent.toml."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return [Equivalent(**entry) for entry in entries]


def reason(survivor: Survivor, known: list[Equivalent]) -> str | None:
    return next((each.why for each in known if each.explains(survivor)), None)


def of_functions(place: Path, module: str) -> Tally:
    """What mutmut wrote down about a module."""
    found, alive = Tally(module), list[str]()
    path = place / "mutants" / f"{source_of(module)}.meta"
    codes = (
        json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"] if path.exists() else {}
    )
    for name, code in codes.items():
        if code in UNTRIED:
            found.untried += 1
        elif code in KILLED:
            found.killed += 1
        else:
            alive.append(name)
    found.survivors = shown(place, alive)
    return found


def shown(place: Path, names: list[str]) -> list[Survivor]:
    """What each of mutmut's mutants changes."""
    if not names:
        return []
    command = [sys.executable, "-c", SHOW, *names]
    output = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout
    return [
        Survivor(spelled(name), *changed_lines(diff.splitlines()))
        for name, diff in json.loads(output).items()
    ]


def spelled(name: str) -> str:
    """`imagen4.core.task.xǁTaskǁrunning__mutmut_1` as `core.task.Task.running`."""
    function = name.removeprefix("imagen4.").partition("__mutmut_")[0]
    return function.replace(".x_", ".").replace(".xǁ", ".").replace("ǁ", ".")


def of_constants(place: Path, module: str, total: int, sources: list[str]) -> Tally:
    """What is left of a module's mutants outside functions."""
    original = (place / source_of(module)).read_text(encoding="utf-8").splitlines()
    survivors = [
        Survivor(
            f"{module} (outside functions)",
            *changed_lines(list(difflib.unified_diff(original, source.splitlines(), n=0))),
        )
        for source in sources
    ]
    return Tally(module, total - len(survivors), 0, survivors)


def changed_lines(diff: list[str]) -> tuple[str, str]:
    """The lines taken away and the lines put there, each as one."""
    before = [line[1:].strip() for line in diff if line[:1] == "-" and line[:3] != "---"]
    after = [line[1:].strip() for line in diff if line[:1] == "+" and line[:3] != "+++"]
    return " ".join(before), " ".join(after)


def together(module: str, tallies: list[Tally]) -> Tally:
    """The sum of several tallies."""
    return Tally(
        module,
        sum(each.killed for each in tallies),
        sum(each.untried for each in tallies),
        [survivor for each in tallies for survivor in each.survivors],
    )
