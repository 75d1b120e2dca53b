"""The mutation script's own decisions: what it changes, what it counts, what it accepts."""

import json
from pathlib import Path

import pytest

from mutating.copying import undecorated
from mutating.survivors import (
    Equivalent,
    Survivor,
    Tally,
    changed_lines,
    equivalents,
    of_functions,
    spelled,
    together,
)

SOURCE = """
class Task:
    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @staticmethod
    def now() -> float:
        return 1.0


@first
@second(1)
def work() -> None:
    pass
"""
UNDECORATED = """
class Task:
    def running(self) -> bool:
        return self.state in RUNNING
    running = property(running)

    @staticmethod
    def now() -> float:
        return 1.0


def work() -> None:
    pass
work = first(second(1)(work))
"""


def test_decorators_are_applied_after_their_functions() -> None:
    """Apart from the two that mutmut can work with."""
    assert undecorated(SOURCE) == UNDECORATED


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("imagen4.core.task.xǁTaskǁrunning__mutmut_1", "core.task.Task.running"),
        ("imagen4.core.request.x_planned__mutmut_12", "core.request.planned"),
    ],
)
def test_a_mutant_is_named_after_its_function(name: str, place: str) -> None:
    """The number changes with every edit, so explanations go by place and change."""
    assert spelled(name) == place


def test_only_what_failed_a_test_counts_as_killed(tmp_path: Path) -> None:
    """A mutant that was not tried is neither killed nor a survivor."""
    codes = {"a": 1, "b": 36, "c": None, "d": 3}
    meta = tmp_path / "mutants" / "imagen4" / "task.py.meta"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"exit_code_by_key": codes}))
    found = of_functions(tmp_path, "task")
    assert (found.killed, found.untried, found.survivors, found.total) == (3, 1, [], 3)


def test_an_explanation_goes_by_place_and_change() -> None:
    """Either alone is not enough."""
    survivor = Survivor("core.task.Task.running", "return a", "return b or a")
    assert Equivalent("core.task.*", "b or a", "why").explains(survivor)
    assert not Equivalent("reading.*", "b or a", "why").explains(survivor)
    assert not Equivalent("core.task.*", "b or c", "why").explains(survivor)


def test_every_explanation_says_why() -> None:
    """The data file can be read, and gives reasons."""
    assert equivalents()
    assert [each for each in equivalents() if len(each.why) < 20 or not each.change] == []


def test_tallies_add_up() -> None:
    """The last line of the table is the sum of the others."""
    one, other = Tally("a", 3, 1, [Survivor("a.f", "x", "y")]), Tally("b", 6)
    total = together("all", [one, other])
    assert (total.killed, total.untried, total.total, total.percentage) == (9, 1, 10, 90.0)


def test_a_change_is_shown_without_the_heads_of_the_diff() -> None:
    """What was taken away, and what stands there now."""
    diff = ["--- a", "+++ b", "@@", "-    old", "+    new", "+    more"]
    assert changed_lines(diff) == ("old", "new more")
