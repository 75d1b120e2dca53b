"""A stand-in that answers otherwise than the gateways do teaches its users wrong habits."""

import json
import re
from typing import Any

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH, DETAILS_PATH
from imagen4.sandbox import Sandbox
from sandbox.conftest import Asker

BODY = {"model": "google/imagen4", "input": {"prompt": "a red fox", "seed": "7"}}
SEEN_KEYS = [
    "taskId",
    "model",
    "state",
    "param",
    "resultJson",
    "failCode",
    "failMsg",
    "costTime",
    "completeTime",
    "createTime",
]


def test_a_create_is_answered_as_seen_on_the_wire(ask: Asker) -> None:
    """HTTP 200, code 200, and the id twice: 32 hexadecimal digits."""
    answer = ask.send("POST", CREATE_PATH, json=BODY)
    task_id = answer.json()["data"]["taskId"]
    assert answer.status_code == 200
    assert re.fullmatch("[0-9a-f]{32}", task_id)
    assert answer.json() == {
        "code": 200,
        "msg": "success",
        "data": {"taskId": task_id, "recordId": task_id},
    }


def test_answers_carry_the_headers_of_the_wire(ask: Asker) -> None:
    """A ray, a session cookie, and nothing that says when to come again."""
    answer = ask.send("POST", CREATE_PATH, json={})
    assert answer.headers["server"] == "cloudflare"
    assert answer.headers["cf-ray"]
    assert answer.headers["set-cookie"].startswith("JSESSIONID=")
    assert "retry-after" not in answer.headers
    ask.sandbox.configure(profile="documented")
    assert "set-cookie" not in ask.send("POST", CREATE_PATH, json={}).headers


def test_answers_are_gzipped_in_chunks_for_whoever_takes_gzip(ask: Asker) -> None:
    """As every recorded answer; the documents say nothing of it, and others get it as it is."""
    answers = {
        offered: ask.send("GET", CREDITS_PATH, headers={"accept-encoding": offered})
        for offered in ("gzip", "br, GZIP;q=0.5", "identity", "gzip;q=0", "")
    }
    encodings = [answer.headers.get("content-encoding") for answer in answers.values()]
    assert encodings == ["gzip", "gzip", None, None, None]
    assert answers["gzip"].headers["transfer-encoding"] == "chunked"
    assert "content-length" in answers["identity"].headers
    assert {answer.text for answer in answers.values()} == {answers["gzip"].text}
    ask.sandbox.configure(profile="documented")
    assert "content-encoding" not in ask.send("GET", CREDITS_PATH).headers


def test_a_create_is_answered_as_documented(ask: Asker) -> None:
    """The id alone, in the form of the documents' example, and never the same again."""
    ask.sandbox.configure(profile="documented")
    answers = [ask.send("POST", CREATE_PATH, json=BODY).json()["data"] for _ in range(3)]
    ids = [answer["taskId"] for answer in answers]
    assert all(set(answer) == {"taskId"} for answer in answers)
    assert all(re.fullmatch(r"task_google_\d{13}", task_id) for task_id in ids)
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("settings", "states"),
    [
        pytest.param({}, ["waiting"] * 8 + ["success"] * 2, id="seen"),
        pytest.param({"waiting": 0}, ["generating"] * 6 + ["success"], id="seen where none waits"),
        pytest.param(
            {"profile": "documented"},
            ["waiting", "queuing"] + ["generating"] * 6 + ["success"] * 2,
            id="documented",
        ),
    ],
)
def test_a_task_moves_through_the_states_that_are(
    ask: Asker, settings: dict[str, Any], states: list[str]
) -> None:
    """Seen was one running state for all of the time; documented are all three."""
    ask.sandbox.configure(**settings)
    task_id = ask.create()
    for state in states:
        assert ask.state(task_id) == state
        ask.sandbox.clock.advance(1)


def test_tasks_can_end_at_once(ask: Asker) -> None:
    """For those who wait on the wall's clock and do not want to."""
    ask.sandbox.configure(waiting=0, generating=0)
    record = ask.record(ask.create())
    assert (record["state"], record["costTime"]) == ("success", 0)


def test_a_running_record_has_the_keys_and_nulls_of_the_wire(ask: Asker) -> None:
    """Exactly the ten keys, null where nothing is known yet, resultJson empty."""
    record = ask.record(ask.create())
    assert list(record) == SEEN_KEYS
    assert record["resultJson"] == ""
    assert [record[key] for key in SEEN_KEYS[5:9]] == [None] * 4


def test_a_finished_record_counts_seconds_as_the_wire_does(ask: Asker) -> None:
    """costTime in whole seconds, some of which are one too few; failCode null."""
    record = ask.finished()
    assert list(record) == SEEN_KEYS
    assert (record["failCode"], record["failMsg"]) == (None, None)
    assert record["completeTime"] - record["createTime"] in (7999, 8000)
    costs = {ask.finished()["costTime"] for _ in range(30)}
    assert costs == {7, 8}
    assert ask.record(record["taskId"]) == record


def test_a_running_documented_record_leaves_out_what_is_not_known(ask: Asker) -> None:
    """The documents know no null: empty strings, and no times that have not come yet."""
    ask.sandbox.configure(profile="documented")
    record = ask.record(ask.create())
    assert (record["failCode"], record["failMsg"], record["resultJson"]) == ("", "", "")
    assert "completeTime" not in record
    assert "costTime" not in record
    assert record["updateTime"] == record["createTime"]


def test_a_finished_documented_record_counts_milliseconds(ask: Asker) -> None:
    """costTime in milliseconds, updateTime and completeTime alike."""
    ask.sandbox.configure(profile="documented")
    record = ask.finished()
    assert record["costTime"] == record["completeTime"] - record["createTime"] >= 7999
    assert record["updateTime"] == record["completeTime"]


def test_param_repeats_the_request(ask: Asker) -> None:
    """Doubly encoded on the wire, once in the documents; unknown fields included."""

    def param(profile: str) -> Any:
        ask.sandbox.configure(profile=profile)
        return json.loads(ask.record(ask.create("a fox", shutter="slow"))["param"])

    inputs = {"prompt": "a fox", "shutter": "slow"}
    assert list(param("observed")) == ["input", "model"]
    assert json.loads(param("observed")["input"]) == inputs
    assert param("documented")["input"] == inputs


def test_a_number_out_of_a_list_of_texts_is_kept_as_a_number(apikley: Asker) -> None:
    """As the wire kept thirteen of thirteen; texts that are free stay as they were."""
    record = apikley.finished("7", num_images="2", seed="007")
    kept = json.loads(json.loads(record["param"])["input"])
    assert kept == {"prompt": "7", "num_images": 2, "seed": "007"}


def test_a_task_is_known_to_its_own_gateway_only(kie: Asker, apikley: Asker, profile: str) -> None:
    """The other gateway has never heard of it."""
    task_id = kie.create()
    assert kie.state(task_id) == "waiting"
    assert apikley.state(task_id) == {"observed": "422", "documented": "404"}[profile]


def test_credits_are_spent_and_run_out(ask: Asker, profile: str) -> None:
    """8 a create; what is not covered any more is refused with 402 and costs nothing."""
    ask.sandbox.configure(credits=20)
    ask.create()
    ask.create()
    refused = ask.send("POST", CREATE_PATH, json=BODY)
    assert refused.json()["code"] == 402
    assert refused.status_code == {"observed": 200, "documented": 402}[profile]
    assert ask.send("GET", CREDITS_PATH).json() == {"code": 200, "msg": "success", "data": 4.0}


def test_a_refused_create_costs_nothing(ask: Asker) -> None:
    """Neither an invalid one nor one with a wrong key is paid for."""
    ask.send("POST", CREATE_PATH, json={})
    ask.send("POST", CREATE_PATH, json=BODY, key="wrong")
    assert ask.send("GET", CREDITS_PATH).json()["data"] == 100_000.0


def test_creates_over_the_limit_are_refused_until_time_has_passed(ask: Asker, profile: str) -> None:
    """20 in 10 s; the 21st is 429 and creates nothing; ten seconds later it goes on."""
    for _ in range(20):
        ask.create()
    refused = ask.send("POST", CREATE_PATH, json=BODY)
    assert refused.json()["code"] == 429
    assert refused.status_code == {"observed": 200, "documented": 429}[profile]
    ask.sandbox.clock.advance(9.9)
    assert ask.send("POST", CREATE_PATH, json=BODY).json()["code"] == 429
    ask.sandbox.clock.advance(0.1)
    ask.create()


def test_polls_over_the_limit_are_refused_until_time_has_passed(ask: Asker) -> None:
    """10 in a second for the account, whatever the task."""
    tasks = [ask.create(), ask.create()]
    states = [ask.state(tasks[turn % 2]) for turn in range(11)]
    assert states == ["waiting"] * 10 + ["429"]
    ask.sandbox.clock.advance(1)
    assert ask.state(tasks[0]) == "waiting"


def test_limits_can_be_switched_off(ask: Asker) -> None:
    """For suites that ask faster than anybody would be let."""
    ask.sandbox.configure(limits=False)
    task_id = [ask.create() for _ in range(30)][-1]
    assert {ask.state(task_id) for _ in range(30)} == {"waiting"}


def test_the_oldest_tasks_are_forgotten(http: httpx.Client) -> None:
    """A sandbox that runs for weeks keeps the newest tasks only."""
    with Sandbox(speed=0, max_tasks=5) as small:
        kie = Asker(small, http, "kie")
        tasks = [kie.create() for _ in range(7)]
        assert [kie.state(task) for task in tasks] == ["422"] * 2 + ["waiting"] * 5


def test_num_images_counts_where_the_gateway_has_it(kie: Asker, apikley: Asker) -> None:
    """apikley makes as many pictures as asked for; kie does not know the field."""

    def urls(ask: Asker) -> list[str]:
        result: list[str] = json.loads(ask.finished(num_images="3")["resultJson"])["resultUrls"]
        return result

    assert len(urls(apikley)) == 3
    assert len(urls(kie)) == 1


def test_repeated_taskid_is_refused(ask: Asker, profile: str) -> None:
    """Two ids in one poll are no answerable question."""
    task_id = ask.create()
    answer = ask.send("GET", f"{DETAILS_PATH}?taskId={task_id}&taskId={task_id}").json()
    assert answer["code"] == 422
