"""A server whose time is not ours."""

from email.utils import formatdate

from contract.conftest import FEW
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.measure import ELSEWHERE, NOWHERE
from sharpening.reference import KEYS, Incoming, Outgoing, Reference


class Shifted(Reference):
    """Has a clock that began `ahead` of ours and goes `speed` times as fast."""

    def __init__(self, clock: Clock, ahead: float, speed: float = 1.0, *, dated: bool) -> None:
        super().__init__("kie", "observed", clock)
        self.ahead, self.speed, self.dated = ahead, speed, dated

    def now(self) -> float:
        return super().now() + self.ahead + self.clock.now() * (self.speed - 1)

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        if self.dated:
            outgoing.headers["date"] = formatdate(self.now(), usegmt=True)
        return outgoing


def checks_on(server: Shifted, clock: Clock) -> set[str]:
    """A few creates tell what time it is; how fast it goes shows only in a whole run."""
    url = ELSEWHERE if server.speed == 1 else NOWHERE
    target = ServerUnderTest("kie", url, KEYS["kie"])
    ours = Reference("kie", "observed", clock).now
    outcome = run_contract(
        RunOptions(target, max_paid=FEW), Seams(InProcess(server), clock.now, clock.sleep, ours)
    )
    return {finding.check for finding in outcome.sorted.violations}
