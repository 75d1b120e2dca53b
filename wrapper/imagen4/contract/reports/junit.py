"""The report as JUnit XML: one test case for each check, named by the promise that it holds.

The check's own name is the last part of the class name, by which viewers group.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # writes XML, reads none

from ..checks.registry import CHECKS

if TYPE_CHECKING:
    from .model import Report

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> str:
    suites = ET.Element("testsuites")
    suite = ET.SubElement(suites, "testsuite", name=f"imagen4 contract {report.gateway}")
    cases = [_case(suite, report, name) for name in CHECKS]
    if report.exit_code == 2:
        case = ET.SubElement(
            suite, "testcase", classname=_class(report, "run"), name="The check runs."
        )
        ET.SubElement(case, "error", message=_clean(report.reason))
        cases.append(0)
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(cases)))
    suite.set("skipped", str(len(report.skipped)))
    suite.set("errors", str(int(report.exit_code == 2)))
    suite.set("time", f"{report.seconds:.2f}")
    output = ET.SubElement(suite, "system-out")
    deviations = (f"{each.id}: {each.text}" for each in report.deviations)
    accepted = (f"{each.promise} {each.accepted}" for each in report.accepted)
    output.text = _clean("\n".join([*deviations, *accepted]))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _class(report: Report, check: str) -> str:
    return f"imagen4.contract.{report.gateway}.{check}"


def _case(suite: ET.Element, report: Report, name: str) -> int:
    """The number of failures of a check: 0 or 1."""
    promise = CHECKS[name].promise
    case = ET.SubElement(suite, "testcase", classname=_class(report, name), name=promise)
    if broken := report.broken_by(name):
        failure = ET.SubElement(case, "failure", message=_clean(broken[0].promise))
        failure.text = _clean("\n\n".join(each.told for each in broken))
        return 1
    if reason := report.why_silent(name):
        ET.SubElement(case, "skipped", message=_clean(reason))
    return 0


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold; a server may have sent any."""
    return NOT_XML.sub("�", text)
