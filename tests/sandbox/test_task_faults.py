"""What each fault makes of a task's life, its result and its pictures."""

import json

import httpx
import pytest

from sandbox.conftest import Asker

STATES = {
    "stuck": ["generating", "generating", "generating", "generating"],
    "unknown-state": ["waiting", "waiting", "archived", "archived"],
    "fail": ["waiting", "waiting", "fail", "fail"],
    "vanish": ["waiting", "422", "422", "422"],
    "late-record": ["422", "waiting", "success", "success"],
    "slow-task": ["waiting", "waiting", "waiting", "success"],
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
