"""A fault that does not strike, or strikes twice, makes every test built on it lie."""

from typing import Any

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH
from imagen4.sandbox import Sandbox, create_app
from imagen4.sandbox.faults import FAULTS, InjectionPoint
from imagen4.sandbox.faults.spec import fault_lines, parse_fault
from imagen4.sandbox.settings import SettingError
from sandbox.conftest import Asker
from sandbox.faulty import BODY, faulty_create


def test_by_default_the_next_request_is_struck(ask: Asker) -> None:
    """One, and no other."""
    assert faulty_create(ask, "code-455").json()["code"] == 455
    assert ask.send("POST", CREATE_PATH, json=BODY).json()["code"] == 200


def test_scope_by_number_gateway_and_operation(kie: Asker, apikley: Asker) -> None:
    """The next two polls of kie, whatever else is asked in between."""
    kie.sandbox.fault("code-455", gateway="kie", operation="recordInfo", times=2)
    task_id, other = kie.create(), apikley.create()
    assert [kie.state(task_id) for _ in range(3)] == ["455", "455", "waiting"]
    assert apikley.state(other) == "waiting"


def test_scope_by_word(kie: Asker) -> None:
    """Creates and polls of prompts that contain it, for as long as it is armed."""
    kie.sandbox.configure(limits=False)
    kie.sandbox.fault("code-455", operation="recordInfo", word="storm")
    calm, wild = kie.create("a calm sea"), kie.create("a STORM at sea")
    assert [kie.state(wild) for _ in range(12)] == ["455"] * 12
    assert kie.state(calm) == "waiting"
    kie.sandbox.clear_faults()
    assert kie.state(wild) == "waiting"


def test_scope_by_share_is_the_same_in_every_run(kie: Asker) -> None:
    """About the share that was asked for, by dice that start alike."""

    def struck() -> list[bool]:
        kie.sandbox.reset()
        kie.sandbox.configure(limits=False)
        kie.sandbox.fault("code-429", share=0.5)
        answers = [kie.send("GET", CREDITS_PATH).json()["code"] for _ in range(100)]
        return [code == 429 for code in answers]

    first = struck()
    assert 35 <= sum(first) <= 65
    assert struck() == first


def test_faults_strike_in_the_order_they_were_armed(kie: Asker) -> None:
    """Each in its turn."""
    kie.sandbox.fault("code-455")
    kie.sandbox.fault("code-429")
    codes = [kie.send("GET", CREDITS_PATH).json()["code"] for _ in range(3)]
    assert codes == [455, 429, 200]


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("earthquake", {}, "no such fault"),
        ("latency", {"gateway": "fal"}, "gateway must be one of kie, apikley"),
        ("latency", {"operation": "file"}, "operation must be one of createTask"),
        ("fail", {"operation": "recordInfo"}, "operation must be one of createTask"),
        ("latency", {"times": 0}, "times must be a whole number"),
        ("latency", {"times": 1.5}, "times must be a whole number"),
        ("latency", {"share": 2}, "share must be a number"),
        ("latency", {"word": ""}, "word must be a text"),
        ("latency", {"minutes": 2}, "latency has no parameter 'minutes'; it has: seconds"),
        ("latency", {"seconds": -1}, "seconds must be a number"),
        ("latency", {"seconds": "2"}, "seconds must be a number"),
        ("html", {"status": 99}, "status must be an HTTP status"),
        ("picture-count", {"count": 1.5}, "count must be a whole number"),
        ("fail", {"code": 500}, "code must be a text"),
    ],
)
def test_what_cannot_be_armed_is_refused(
    sandbox: Sandbox, name: str, given: dict[str, Any], reason: str
) -> None:
    """With an error that says what is allowed."""
    with pytest.raises(SettingError, match=reason):
        sandbox.fault(name, **given)


def test_faults_are_written_as_text() -> None:
    """Numbers become numbers; the rest stays text."""
    assert parse_fault("reset") == ("reset", {})
    assert parse_fault("no-answer:gateway=kie,times=2,seconds=5") == (
        "no-answer",
        {"gateway": "kie", "times": 2, "seconds": 5.0},
    )
    assert parse_fault("fail:word=storm at sea,share=0.5,code=500") == (
        "fail",
        {"word": "storm at sea", "share": 0.5, "code": "500"},
    )
    for wrong in ("reset:hard", "reset:times=many", "reset:hard=1"):
        with pytest.raises(SettingError):
            parse_fault(wrong)


def test_every_fault_is_listed_and_can_be_armed(sandbox: Sandbox) -> None:
    """By name, with what can be set; and every stage has some."""
    lines = list(fault_lines())
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert {fault.point for fault in FAULTS.values()} == set(InjectionPoint)
    for name, fault in FAULTS.items():
        sandbox.fault(name, **fault.parameters)


def test_faults_of_the_connection_need_one() -> None:
    """In process there is none, and the error says what to use."""
    app = create_app(speed=0)
    app.state.sandbox.faults.arm("reset")
    transport = httpx.ASGITransport(app)

    async def ask_in_process() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get(f"/kie{CREDITS_PATH}")

    import asyncio

    with pytest.raises(RuntimeError, match="real connection"):
        asyncio.run(ask_in_process())
