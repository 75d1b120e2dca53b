"""The report as SARIF 2.1.0, for code scanning: a result where each broken promise stands."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..._version import __version__
from ..checks.registry import CHECKS
from .spec_lines import find_spec_line

if TYPE_CHECKING:
    from .broken import Broken
    from .model import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(report: Report) -> str:
    driver = {
        "name": "imagen4 contract",
        "version": __version__,
        "rules": [
            {"id": name, "shortDescription": {"text": each.promise}}
            for name, each in CHECKS.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "results": [_result(report, each) for each in (*report.broken, *report.accepted)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _invocation(report: Report) -> dict[str, Any]:
    told = {
        "level": "error" if report.exit_code == 2 else "note",
        "message": _message(report.reason),
    }
    return {
        "executionSuccessful": report.exit_code != 2,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [told],
    }


def _result(report: Report, broken: Broken) -> dict[str, Any]:
    place = find_spec_line(broken.pointer, report.gateway, report.model, Path.cwd())
    location: dict[str, Any] = {"artifactLocation": {"uri": place.file}}
    if place.line is not None:
        location["region"] = {"startLine": place.line}
    suppressed = [{"kind": "external", "justification": broken.accepted}]
    identity = "\n".join((report.gateway, report.model, broken.check, broken.promise))
    return {
        "ruleId": broken.check,
        "level": "error",
        "message": _message(broken.told),
        "locations": [{"physicalLocation": location}],
        "suppressions": suppressed if broken.accepted else [],
        "partialFingerprints": {"promise/v1": sha256(identity.encode()).hexdigest()},
    }


def _message(text: str) -> dict[str, str]:
    return {"text": text}
