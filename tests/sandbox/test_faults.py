"""A fault that does not strike, or strikes twice, makes every test built on it lie."""

import json
from typing import Any

import httpx
import pytest

from imagen4.sandbox import Sandbox, create_app
from imagen4.sandbox.faults import FAULTS, Stage
from imagen4.sandbox.faults.spec import listed, parsed
from imagen4.sandbox.settings import SettingError
from sandbox.conftest import CREATE, CREDIT, LINK, RECORD, Asker

BODY = {"model": "google/imagen4", "input": {"prompt": "a red fox"}}
CODES = sorted(name for name in FAULTS if name.startswith("code-"))


def spoilt(ask: Asker, name: str, **given: Any) -> httpx.Response:
    ask.sandbox.fault(name, **given)
    answer: httpx.Response = ask.send("POST", CREATE, json=BODY)
    return answer


def tasks(sandbox: Sandbox) -> int:
    return len(sandbox.world.tasks)


@pytest.mark.parametrize("name", CODES)
def test_every_documented_code_can_be_had_on_every_operation(
    kie: Asker, profile: str, name: str
) -> None:
    """In the profile's style, without the request being carried out."""
    code = int(name.removeprefix("code-"))
    requests = [("POST", CREATE), ("GET", f"{RECORD}?taskId=x"), ("GET", CREDIT), ("POST", LINK)]
    for method, path in requests:
        kie.sandbox.fault(name)
        answer = kie.send(method, path, json=BODY)
        assert answer.json()["code"] == code
        assert answer.status_code == {"observed": 200, "documented": code}[profile]
    assert tasks(kie.sandbox) == 0


def test_the_codes_are_those_of_the_documents_and_of_newer_pages() -> None:
    """All but 200, and 408 and 433, which the two documents do not list."""
    assert {int(name[5:]) for name in CODES} == {
        401, 402, 404, 408, 422, 429, 433, 455, 500, 501, 505,
    }  # fmt: skip


def test_a_code_can_come_as_any_http_status(kie: Asker) -> None:
    """Gateways differ: the envelope says one thing, a proxy in front may say another."""
    answer = spoilt(kie, "code-500", status=503, message="down")
    assert (answer.status_code, answer.json()["msg"]) == (503, "down")


def test_without_an_answer_the_task_exists_all_the_same(kie: Asker) -> None:
    """The worst case for money: accepted, paid for, and nobody says so."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending"):
        spoilt(kie, "no-answer", seconds=0.05)
    assert tasks(kie.sandbox) == 1
    assert kie.sandbox.requests[-1].status is None


def test_silence_outlasts_an_impatient_client(kie: Asker) -> None:
    """Until then not a byte comes."""
    with pytest.raises(httpx.ReadTimeout):
        spoilt_impatiently(kie)
    assert tasks(kie.sandbox) == 1


def spoilt_impatiently(kie: Asker) -> None:
    kie.sandbox.fault("no-answer")
    kie.send("POST", CREATE, json=BODY, timeout=0.05)


def test_a_reset_comes_after_receipt(kie: Asker) -> None:
    """TCP RST, with the task created."""
    with pytest.raises(httpx.ReadError, match="reset"):
        spoilt(kie, "reset")
    assert tasks(kie.sandbox) == 1


def test_a_cut_answer_ends_before_its_length(kie: Asker) -> None:
    """The connection closes half-way through the body."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        spoilt(kie, "cut-body")
    assert tasks(kie.sandbox) == 1


def test_latency_comes_before_the_right_answer(kie: Asker) -> None:
    """Late, but whole."""
    answer = spoilt(kie, "latency", seconds=0.05)
    assert answer.elapsed.total_seconds() >= 0.05
    assert answer.json()["code"] == 200


@pytest.mark.parametrize("name", ["cut-json", "bad-json", "bad-utf8", "empty-body"])
def test_broken_json_is_declared_as_json(kie: Asker, name: str) -> None:
    """And cannot be read; the task exists."""
    answer = spoilt(kie, name)
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError):
        json.loads(answer.content.decode())
    assert tasks(kie.sandbox) == 1


def test_wrong_json_is_no_envelope(kie: Asker) -> None:
    """A list, and a success without data."""
    assert isinstance(spoilt(kie, "wrong-json").json(), list)
    assert spoilt(kie, "null-data").json() == {"code": 200, "msg": "success", "data": None}


def test_a_proxy_answers_html(kie: Asker) -> None:
    """502 unless told otherwise."""
    answer = spoilt(kie, "html")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert spoilt(kie, "html", status=503).status_code == 503


def test_a_redirect_leads_to_another_origin(kie: Asker) -> None:
    """Nothing is created on the way."""
    answer = spoilt(kie, "redirect", to="http://127.0.0.1:9/x")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://127.0.0.1:9/x")
    assert tasks(kie.sandbox) == 0


STATES = {
    "stuck": ["waiting", "generating", "generating", "generating"],
    "unknown-state": ["waiting", "generating", "archived", "archived"],
    "fail": ["waiting", "generating", "fail", "fail"],
    "vanish": ["waiting", "422", "422", "422"],
    "late-record": ["422", "generating", "success", "success"],
    "slow-task": ["waiting", "generating", "generating", "success"],
}


@pytest.mark.parametrize("name", STATES)
def test_task_faults_rewrite_the_life_of_one_task(kie: Asker, name: str) -> None:
    """States at 0, 5, 10 and 200 seconds; the next task is a right one again."""
    kie.sandbox.fault(name)
    struck, spared = kie.create(), kie.create()
    states = []
    for pause in (5, 5, 190, 0):
        states.append(kie.state(struck))
        kie.sandbox.clock.advance(pause)
    assert states == STATES[name]
    assert kie.state(spared) == "success"


def test_states_can_come_out_of_order(kie: Asker) -> None:
    """Back to waiting after generating, then success."""
    kie.sandbox.fault("out-of-order")
    task_id = kie.create()
    states = []
    for _ in range(9):
        kie.sandbox.clock.advance(1)
        states.append(kie.state(task_id))
    assert states == ["waiting", *["generating"] * 3, *["waiting"] * 3, "success", "success"]


def test_a_task_can_be_stuck_in_any_state(kie: Asker) -> None:
    """In waiting it never gets further."""
    kie.sandbox.fault("stuck", state="waiting")
    task_id = kie.create()
    kie.sandbox.clock.advance(1000)
    assert kie.state(task_id) == "waiting"


def test_a_failed_task_says_why(kie: Asker, profile: str) -> None:
    """failCode is a text; resultJson is empty; times as the profile has them."""
    kie.sandbox.fault("fail", code="500", message="no luck")
    record = kie.finished()
    assert (record["failCode"], record["failMsg"], record["resultJson"]) == ("500", "no luck", "")
    assert record.get("costTime") is None
    assert (record.get("completeTime") is None) == (profile == "observed")


def test_a_result_can_be_short_or_broken(kie: Asker) -> None:
    """Success without a picture, and success that cannot be read."""
    kie.sandbox.fault("picture-count")
    assert json.loads(kie.finished()["resultJson"]) == {"resultUrls": []}
    kie.sandbox.fault("picture-count", count=6)
    assert len(json.loads(kie.finished()["resultJson"])["resultUrls"]) == 6
    kie.sandbox.fault("broken-result")
    with pytest.raises(json.JSONDecodeError):
        json.loads(kie.finished()["resultJson"])


def result_url(kie: Asker) -> str:
    url: str = json.loads(kie.finished()["resultJson"])["resultUrls"][0]
    return url


def test_downloads_can_be_slow_or_cut(kie: Asker) -> None:
    """A slow one is whole in the end; a cut one ends before its length."""
    url = result_url(kie)
    right = kie.http.get(url).content
    kie.sandbox.fault("slow-download", seconds=0.1)
    slow = kie.http.get(url)
    assert slow.content == right
    assert slow.elapsed.total_seconds() >= 0.05
    kie.sandbox.fault("cut-download")
    with pytest.raises(httpx.RemoteProtocolError):
        kie.http.get(url)


def test_a_picture_can_be_gone_or_no_picture(kie: Asker) -> None:
    """With the status asked for, or an HTML page under HTTP 200."""
    url = result_url(kie)
    kie.sandbox.fault("gone", status=410)
    assert kie.http.get(url).status_code == 410
    kie.sandbox.fault("not-a-picture")
    assert kie.http.get(url).text.startswith("<html>")
    assert kie.http.get(url).content.startswith(b"\x89PNG")


def test_by_default_the_next_request_is_struck(ask: Asker) -> None:
    """One, and no other."""
    assert spoilt(ask, "code-455").json()["code"] == 455
    assert ask.send("POST", CREATE, json=BODY).json()["code"] == 200


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
        answers = [kie.send("GET", CREDIT).json()["code"] for _ in range(100)]
        return [code == 429 for code in answers]

    first = struck()
    assert 35 <= sum(first) <= 65
    assert struck() == first


def test_faults_strike_in_the_order_they_were_armed(kie: Asker) -> None:
    """Each in its turn."""
    kie.sandbox.fault("code-455")
    kie.sandbox.fault("code-429")
    codes = [kie.send("GET", CREDIT).json()["code"] for _ in range(3)]
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
    assert parsed("reset") == ("reset", {})
    assert parsed("no-answer:gateway=kie,times=2,seconds=5") == (
        "no-answer",
        {"gateway": "kie", "times": 2, "seconds": 5.0},
    )
    assert parsed("fail:word=storm at sea,share=0.5,code=500") == (
        "fail",
        {"word": "storm at sea", "share": 0.5, "code": "500"},
    )
    for wrong in ("reset:hard", "reset:times=many", "reset:hard=1"):
        with pytest.raises(SettingError):
            parsed(wrong)


def test_every_fault_is_listed_and_can_be_armed(sandbox: Sandbox) -> None:
    """By name, with what can be set; and every stage has some."""
    lines = list(listed())
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert {fault.stage for fault in FAULTS.values()} == set(Stage)
    for name, fault in FAULTS.items():
        sandbox.fault(name, **fault.parameters)


def test_faults_of_the_connection_need_one() -> None:
    """In process there is none, and the error says what to use."""
    app = create_app(speed=0)
    app.state.world.faults.arm("reset")
    transport = httpx.ASGITransport(app)

    async def ask_in_process() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get(f"/kie{CREDIT}")

    import asyncio

    with pytest.raises(RuntimeError, match="real connection"):
        asyncio.run(ask_in_process())
