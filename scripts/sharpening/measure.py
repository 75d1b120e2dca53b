"""Run the contract suite against the reference, whole or with a defect, without a socket."""

from dataclasses import dataclass

from imagen4.contract.checks import Finding
from imagen4.contract.document import Document
from imagen4.contract.run import RunOptions, RunOutcome, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts import GATEWAYS
from sharpening.clock import Clock
from sharpening.defect import Defect
from sharpening.in_process import InProcess
from sharpening.reference import KEYS, STYLES, Reference

NOWHERE = "http://127.0.0.1:9"
ELSEWHERE = "https://staging.invalid"


@dataclass(frozen=True)
class Setting:
    """One way of meeting a defect."""

    gateway: str
    style: str
    phase: str = "quick"
    seed: int = 0
    profile: str = "auto"
    creates: int | None = None
    """How many it has, where each costs; None: as many as it likes, where they are free."""


def settings(defect: Defect, phase: str = "quick") -> list[Setting]:
    """Both gateways in both styles, as far as the defect exists there."""
    return [
        Setting(gateway, style, phase)
        for gateway in GATEWAYS
        for style in STYLES
        if gateway in defect.gateways and style in defect.styles
    ]


def meet(
    setting: Setting, defect: Defect | None = None, document: Document | None = None
) -> RunOutcome:
    """One run against the reference in this setting, on a clock of its own."""
    return hold(setting, prepared(setting, defect), document)


def prepared(setting: Setting, defect: Defect | None = None) -> Reference:
    """The reference in this setting, whole or with a defect."""
    server = Reference(setting.gateway, setting.style, Clock())
    if defect is not None:
        defect.apply(server)
    return server


def hold(setting: Setting, server: Reference, document: Document | None = None) -> RunOutcome:
    url = NOWHERE if setting.creates is None else ELSEWHERE
    target = ServerUnderTest(setting.gateway, url, KEYS[setting.gateway])
    paid = setting.creates or 0
    options = RunOptions(target, setting.profile, setting.seed, setting.phase, max_paid=paid)
    clock = server.clock
    return run_contract(
        options, Seams(InProcess(server), clock.now, clock.sleep, server.now), document
    )


def caught_by(violations: list[Finding]) -> list[str]:
    """Names of the checks that complained, the first to do so first."""
    return list(dict.fromkeys(finding.check for finding in violations))
