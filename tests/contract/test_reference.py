"""What the suite is measured against: where it crashes, a baseline is red for its own mistake."""

import json
from itertools import product

import pytest

from contract.replay import Replay
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.clock import Clock
from sharpening.measure import Setting, prepared
from sharpening.reference import KEYS, STYLES, Incoming, Outgoing, Reference
from sharpness import baseline

NAMES = ("prompt", "seed", "num_images", "callBackUrl", "taskId", "state", "", "__class__")
VALUES = (
    *(None, True, 0, -(10**400), 1.5, 1e308, float("inf"), float("nan"), [], [[]], {}, {"a": 1}),
    *("", "0", "4", "\u0663", "1_0", "a few", "\ud800", "\0", "9" * 5_000, "é" * 5_001, "NaN"),
    *("//[", "https://[", "https://\ud800/", "https://x:99999/", "https://\u2100/"),
)
BODIES = (
    *(
        b"",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"NaN",
        b"9" * 5_000,
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
    ),
    *(json.dumps(value).encode() for value in VALUES),
)
QUERIES = ("", "0", "\0", "\ufffd", "x" * 60_000)


def _make(gateway: str, style: str) -> Reference:
    if style == "recorded":
        return Replay(gateway, Clock())
    return prepared(Setting(gateway, style))


def _ask(server: Reference, method: str, path: str, content: bytes = b"", **query: str) -> Outgoing:
    headers = {"authorization": f"Bearer {KEYS[server.gateway]}"}
    headers |= {"content-type": "application/json"}
    return server.answer(Incoming(method, path, query, headers, content))


def _contents() -> list[bytes]:
    """Bodies of all kinds, and good ones with each value under each name, inside and outside."""
    good = {"model": DEFAULT_MODEL, "input": {"prompt": "a red fox"}}
    pairs = [{name: value} for name, value in product(NAMES, VALUES)]
    changed = [good | pair for pair in pairs]
    changed += [good | {"input": {"prompt": "a red fox"} | pair} for pair in pairs]
    return [*BODIES, *(json.dumps(each).encode() for each in changed)]


@pytest.mark.parametrize("style", [*STYLES, "recorded"])
@pytest.mark.parametrize("gateway", ["kie", "apikley"])
def test_whatever_is_asked_is_answered(gateway: str, style: str) -> None:
    """No body, id, method nor path is a reason to raise, also not when the task has ended."""
    server = _make(gateway, style)
    for content in _contents():
        json.loads(_ask(server, "POST", CREATE_PATH, content).content)
    server.clock.sleep(100)
    for task_id in (*server.tasks, *QUERIES):
        json.loads(_ask(server, "GET", DETAILS_PATH, taskId=task_id).content)
    methods = product(("GET", "PUT", "HEAD", "TRACE"), (CREATE_PATH, "/"))
    assert {_ask(server, *each).status for each in methods} == {404}
    assert 100 < len(server.tasks) < len(_contents())


def test_a_finding_of_the_baseline_comes_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A red run says what to paste, and where the reference crashed."""

    def pictures(_server: Reference, _task: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(Reference, "pictures", pictures)
    told = "\n".join(baseline(Setting("kie", "observed", creates=2)))
    assert "curl -sS" in told
    assert "ZeroDivisionError" in told
    assert "in pictures" in told
