"""What many servers do either way, and the document does not leave open."""

import pytest

from contract.conftest import Hold
from imagen4.contract.reports import make_report
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.measure import Setting, meet
from sharpening.reference import Reference, Task

DEFECTS = {defect.name: defect for defect in CATALOGUE}
ALLOWED = "A create that the document allows is accepted."
ENDS = "Every task ends in success or fail."
BROKEN = {
    "ratio-may-be-null": "A create whose aspect_ratio is of another type is refused.",
    "seed-must-not-be-empty": ALLOWED,
    "extra-fields-refused": ALLOWED,
    "extra-fields-refused-around-input": ALLOWED,
    "every-third-never-ends": ENDS,
}


@pytest.mark.parametrize("style", ["observed", pytest.param("documented", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", BROKEN)
def test_what_the_document_decides_is_a_promise(name: str, style: str) -> None:
    """Found in quick, in both styles, and nothing else with it."""
    report = make_report(meet(Setting("kie", style), DEFECTS[name]))
    assert [each.promise for each in report.broken] == [BROKEN[name]]


def _taking(clock: Clock, usually: float, seconds: float) -> Reference:
    """Every fifth task takes so long."""
    server = Reference("kie", "observed", clock)
    server.generating = usually
    plain = server.state

    def state(task: Task) -> str:
        late = task.number % 5 == 0 and server.now() - task.created < seconds
        return "generating" if late else plain(task)

    server.state = state  # type: ignore[method-assign]  # one changed decision
    return server


@pytest.mark.parametrize(
    ("usually", "seconds"), [(1.0, 59.0), pytest.param(12.0, 1_000.0, marks=pytest.mark.slow)]
)
def test_a_task_that_is_slower_than_others_may_end_all_the_same(
    usually: float, seconds: float, clock: Clock, hold: Hold
) -> None:
    """Within a minute, or ten times as long as the others, or where quick cannot wait so long."""
    assert hold(_taking(clock, usually, seconds)).sorted.violations == []
