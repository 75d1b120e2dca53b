"""What a report gives to paste is the simplest request that shows it, and it does show it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract.foreign import reported, serving
from imagen4.contract.reports import Report, make_report
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.measure import Setting, meet
from sharpening.reference import KEYS, Reference

DEFECTS = {defect.name: defect for defect in CATALOGUE}
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "defects",
    [
        ["prompt-on-one-line", "ratio-may-be-null", "no-key-needed-to-read", "result-not-json"],
        ["success-is-completed"],
        pytest.param(["every-task-fails"], marks=SLOW),
    ],
    ids=lambda names: names[0],
)
def test_what_is_pasted_gives_the_answer_that_was_judged(
    defects: list[str], tmp_path: Path
) -> None:
    """In bash, against the server that still runs, with the key in the environment only.

    A new task has not ended yet when it is first asked for; nobody sleeps until it has.
    """
    stand_in = tmp_path / "sleep"
    stand_in.write_text("#!/bin/sh\n")
    stand_in.chmod(0o755)
    clock = Clock()
    server = Reference("kie", "observed", clock)
    server.waiting, server.generating = 0.0, 0.004
    for name in defects:
        DEFECTS[name].apply(server)
    with serving(InProcess(server).handle_request) as url:
        target = ServerUnderTest("kie", url, KEYS["kie"])
        seams = Seams(None, clock.now, clock.sleep, server.now)
        report = make_report(run_contract(RunOptions(target), seams))
        assert len(report.broken) >= len(defects)
        for broken in report.broken:
            seen = [json.loads(each.answer.content) for each in broken.exchanges if each.answer]
            assert _gist(_pasted(broken.commands, tmp_path)) in map(_gist, seen)


def _pasted(commands: tuple[str, ...], first: Path) -> Any:
    script = "\n".join(commands)
    assert KEYS["kie"] not in script
    environment = {"PATH": f"{first}:/usr/local/bin:/usr/bin:/bin", "KIE_API_KEY": KEYS["kie"]}
    ran = subprocess.run(
        ["bash", "-ec", script], env=environment, capture_output=True, timeout=60, check=True
    )
    return json.loads(ran.stdout)


def _gist(answer: Any) -> tuple[object, ...]:
    """All that another task of the same kind has in common with this one."""
    data = answer.get("data") or {}
    return answer["code"], answer["msg"], data.get("state"), sorted(data)


def _report(name: str, phase: str = "quick") -> Report:
    return make_report(meet(Setting("kie", "observed", phase), DEFECTS[name]))


@pytest.mark.parametrize(
    "name",
    [
        "every-task-fails",
        "key-in-every-message",
        *(pytest.param(name, marks=SLOW) for name in ("fail-code-missing", "result-not-json")),
    ],
)
def test_what_every_task_shows_is_shown_by_the_plainest(name: str) -> None:
    """Fewest fields, shortest body; never by the prompt that a filter may stop."""
    (broken,) = _report(name).broken
    assert len(broken.commands[0]) < 420
    assert "forbidden" not in broken.commands[0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("prompt-without-joiners", '"A red fox in the snow \u200d"'),
        ("seed-must-not-be-empty", '"seed": ""'),
        pytest.param("prompt-on-one-line", r'"A red fox in the snow \n"', marks=SLOW),
        pytest.param("seed-only-digits", '"seed": "s"', marks=SLOW),
    ],
)
def test_a_refused_create_is_boiled_down_to_what_is_at_fault(name: str, shown: str) -> None:
    """One field, and of its text one character, where creates cost nothing."""
    (broken,) = _report(name).broken
    assert shown in broken.commands[0]
    assert len(broken.commands[0]) < 240


def test_what_a_few_characters_do_to_a_record_is_not_shown_by_thousands() -> None:
    """Of the prompts with an ampersand in them, the shortest."""

    def escaped(server: Reference) -> None:
        plain = server.param
        server.param = lambda task: plain(task).replace("&", "&amp;")  # type: ignore[method-assign]

    (broken,) = reported(escaped).broken
    assert "seq" not in broken.commands[0]
