"""A record read again says the same; how its JSON texts are written is nobody's business."""

import json
from typing import Any

import pytest

from contract.conftest import FEW
from sharpening.defect import Defect, recording
from sharpening.measure import Setting, caught_by, meet
from sharpening.reference import STYLES, Task


def _again(text: str, turn: int) -> str:
    """The same JSON, in another order and with other blanks at every other read."""
    value = json.loads(text)
    if isinstance(value.get("input"), str):
        value["input"] = _again(value["input"], turn)
    pairs = list(value.items())
    return json.dumps(dict(pairs[::-1] if turn % 2 else pairs), indent=turn % 3 or None)


def _written_anew(record: dict[str, Any], task: Task) -> None:
    for name in ("param", "resultJson"):
        if record[name]:
            record[name] = _again(record[name], task.polls)


@pytest.mark.parametrize(("gateway", "style"), [("kie", "observed"), ("apikley", "documented")])
def test_json_written_anew_is_no_change(gateway: str, style: str) -> None:
    """Order of names and blanks differ from read to read, `input` inside `param` included."""
    anew = Defect("anew", "record", recording(_written_anew))
    assert meet(Setting(gateway, style, creates=FEW), anew).sorted.violations == []


def _more(record: dict[str, Any], task: Task) -> None:
    told = json.loads(record["param"])
    inside = told["input"]
    if isinstance(inside, str):
        told["input"] = json.dumps(json.loads(inside) | {"reads": task.polls})
    else:
        told["input"] = inside | {"reads": task.polls}
    record["param"] = json.dumps(told)


@pytest.mark.parametrize("style", STYLES)
def test_a_change_deep_inside_param_is_one(style: str) -> None:
    """What `input` holds is compared, not passed over, be it an object or its text."""
    changing = Defect("changing", "record", recording(_more))
    assert caught_by(meet(Setting("kie", style, creates=FEW), changing).sorted.violations) == [
        "lasting"
    ]
