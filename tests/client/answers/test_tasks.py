"""Guards against misreading a task whose times, units or encodings differ from the documents."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagen4 import Task
from imagen4.core.records import (
    duration,
    finite_number,
    line_from,
    moment,
    result_links,
    task_from_record,
    usable_id,
)

CREATED = datetime(2026, 4, 30, 8, 53, 10, tzinfo=UTC)
COMPLETED = CREATED + timedelta(seconds=15)
ONE = ["https://x.example/1"]


def details(**fields: object) -> dict[str, Any]:
    return {"taskId": "t", "state": "waiting"} | fields


def read(record: dict[str, Any], asked: str | None = "t1", gateway: str = "kie") -> Task | None:
    decoded = {"code": 200, "data": record}
    return task_from_record(record, gateway, decoded, expected_id=asked)


@pytest.mark.parametrize("gateway", ["kie", "apikley"])
def test_a_live_answer_is_read_whole(gateway: str) -> None:
    """Every field, with the wire's units."""
    record = {
        "taskId": "t1",
        "model": "google/imagen4",
        "state": "success",
        "param": json.dumps({"input": json.dumps({"seed": "42"}), "model": "google/imagen4"}),
        "resultJson": '{"resultUrls":["https://x.example/1.png","https://x.example/2.png"]}',
        "failCode": None,
        "failMsg": None,
        "costTime": 15,
        "completeTime": 1777539205000,
        "createTime": 1777539190000,
        "updateTime": 1777539206000,
        "progress": 100,
        "creditsConsumed": 8.5,
    }
    task = read(record, gateway=gateway)
    assert task == Task(
        task_id="t1",
        state="success",
        gateway=gateway,
        model="google/imagen4",
        urls=("https://x.example/1.png", "https://x.example/2.png"),
        seed="42",
        fail_code=None,
        fail_message=None,
        progress=100.0,
        credits=8.5,
        cost_time=timedelta(seconds=15),
        created=datetime.fromtimestamp(1777539190, UTC),
        completed=datetime.fromtimestamp(1777539205, UTC),
        updated=datetime.fromtimestamp(1777539206, UTC),
    )
    assert task is not None
    assert task.raw == {"code": 200, "data": record}
    assert "param" not in repr(task)


@pytest.mark.parametrize(
    ("state", "flags"),
    [
        ("waiting", (True, False, False)),
        ("queuing", (True, False, False)),
        ("generating", (True, False, False)),
        ("success", (False, True, False)),
        ("fail", (False, False, True)),
        ("queued", (False, False, False)),
        ("failed", (False, False, False)),
        ("SUCCESS", (False, False, False)),
    ],
)
def test_only_documented_states_mean_something(state: str, flags: tuple[bool, bool, bool]) -> None:
    """Sibling APIs spell them differently; a guess could lose or invent a picture."""
    task = read({"taskId": "t1", "state": state})
    assert task is not None
    assert (task.running, task.succeeded, task.failed) == flags


def test_pictures_are_only_those_of_a_success() -> None:
    """A running task with URLs has none yet."""
    task = read({"state": "generating", "resultJson": '{"resultUrls":["https://x.example/1"]}'})
    assert task is not None
    assert task.urls == ()


@pytest.mark.parametrize(
    ("record", "asked", "expected"),
    [
        ({"taskId": "t1", "state": "fail"}, "t1", "t1"),
        ({"state": "fail"}, "t1", "t1"),
        ({"taskId": None, "state": "fail"}, "t1", "t1"),
        ({"taskId": "t1", "state": "fail"}, None, "t1"),
        ({"taskId": 7, "state": "fail"}, "7", "7"),
        ({"taskId": "t2", "state": "fail"}, "t1", None),
        ({"state": "fail"}, None, None),
        ({"taskId": "t1"}, "t1", None),
        ({"taskId": "t1", "state": 3.5}, "t1", "t1"),
        ({"taskId": "t1", "state": []}, "t1", None),
    ],
)
def test_an_answer_must_be_about_the_task_that_was_asked_for(
    record: dict[str, Any], asked: str | None, expected: str | None
) -> None:
    """It may leave the id out, but not name another one."""
    task = read(record, asked)
    assert (task.task_id if task else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ("!~", "!~"), ("x" * 256, "x" * 256), (12, "12"), ("x" * 257, None), ("", None),
     ("a b", "a b"), ("é任务", "é任务"), (10**18, str(10**18)), (2**53 + 1, "9007199254740993"),
     (" ", None), ("a\n", None), ("a\u2028b", None), ("a\u202eb", None), ("\ud800", None),
     (0, None), (-1, None), (10**256, None), (True, None), (1.0, None), (None, None),
     (["a"], None)],
)  # fmt: skip
def test_an_id_must_fit_on_one_line(value: object, expected: str | None) -> None:
    """Its shape is not promised, so anything printable goes."""
    assert usable_id(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (" a \n b ", "a b"), ("", None), ("\x00", None), (None, None), (422, "422"),
     (1.5, "1.5"), (422.0, "422"), (1234567890, "1234567890"),
     (1234567890.0, "1234567890"), (True, None), ([], None), ({}, None), (float("nan"), None)],
)  # fmt: skip
def test_text_is_one_line_or_nothing(value: object, expected: str | None) -> None:
    """failCode is a string on the wire; a number would do."""
    assert line_from(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1.0), (1.5, 1.5), ("2", 2.0), ("x", None), (None, None), (True, None), ([], None),
     (float("inf"), None), ("nan", None), (10**400, None)],
)  # fmt: skip
def test_a_number_is_finite(value: object, expected: float | None) -> None:
    """JSON readers let NaN and Infinity through."""
    assert finite_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1777539190339, datetime(2026, 4, 30, 8, 53, 10, 339000, tzinfo=UTC)),
        ("1777539190339", datetime(2026, 4, 30, 8, 53, 10, 339000, tzinfo=UTC)),
        (None, None),
        ("soon", None),
        (1e300, None),
        (-1e18, None),
    ],
)
def test_times_are_unix_milliseconds(value: object, expected: datetime | None) -> None:
    """Aware, in UTC; what is out of range is unknown."""
    assert moment(value) == expected


@pytest.mark.parametrize(
    ("value", "created", "completed", "expected"),
    [
        (15, CREATED, COMPLETED, 15.0),
        (15000, CREATED, COMPLETED, 15.0),
        (15000, None, None, 15000.0),
        (15000, CREATED, None, 15000.0),
        (1500, CREATED, COMPLETED, 1500.0),
        (1501, CREATED, COMPLETED, 1.501),
        (3, CREATED, CREATED, 3.0),
        (3, COMPLETED, CREATED, 3.0),
        (0, CREATED, COMPLETED, 0.0),
        (0.25, None, None, 0.25),
        (-1, None, None, None),
        (1e12, None, None, None),
        (None, None, None, None),
        ("x", None, None, None),
    ],
)
def test_cost_time_is_in_seconds_unless_that_cannot_be(
    value: object, created: datetime | None, completed: datetime | None, expected: float | None
) -> None:
    """Seconds on the wire, milliseconds in the documents: the task's own times decide."""
    found = duration(value, created, completed)
    assert (found.total_seconds() if found is not None else None) == expected


@pytest.mark.parametrize(
    ("result_json", "response", "expected"),
    [
        ('{"resultUrls":["https://x.example/1"]}', None, ONE),
        ({"resultUrls": ONE}, None, ONE),
        ("", {"resultUrls": ONE}, ONE),
        ("{", {"resultUrls": ONE}, ONE),
        ('{"resultUrls":[]}', {"resultUrls": ONE}, ONE),
        ('{"resultUrls":[null,"",7,"https://x.example/1"]}', None, ONE),
        # Never seen, but paid for, and nothing else that they could mean.
        ('{"resultUrls":"https://x.example/1"}', None, ONE),
        ('{"resultUrls":[{"url":"https://x.example/1","width":9},{}]}', None, ONE),
        ('{"resultUrls":"[\\"https://x.example/1\\"]"}', None, ONE),
        ('"{\\"resultUrls\\":[\\"https://x.example/1\\"]}"', None, ONE),
        ('\ufeff{"resultUrls":["https://x.example/1"]}', None, ONE),
        ('["https://x.example/1"]', None, ONE),
        ("https://x.example/1", None, ONE),
        ("", ONE, ONE),
        ("", '{"resultUrls":["https://x.example/1"]}', ONE),
        ("https://x.example/1 ", [7], ["https://x.example/1 "]),
        ('{"resultObject":{}}', None, []),
        ('{"resultUrls":["https://x.exam', None, []),
        ("[]", "x", []),
        (None, [], []),
        (7, 7, []),
    ],
)
def test_urls_are_found_where_the_gateway_puts_them(
    result_json: object, response: object, expected: list[str]
) -> None:
    """In resultJson, as JSON text; newer answers hold it decoded as well."""
    record = {"resultJson": result_json, "response": response}
    assert result_links(record) == (expected, expected)
    assert result_links({}) == ([], [])


@pytest.mark.parametrize(
    ("param", "expected"),
    [
        ('{"input":"{\\"seed\\":\\"7\\"}"}', "7"),
        ('{"input":{"seed":7}}', "7"),
        ({"input": {"seed": "7"}}, "7"),
        ('{"input":{"seed":1234567890}}', "1234567890"),
        ('{"input":{"seed":1234567890.0}}', "1234567890"),
        ('{"input":{"seed":12345678901234567891}}', "12345678901234567891"),
        ({"input": {"seed": "7" * 400}}, "7" * 400),
        ({"input": {"seed": " a  b"}}, " a  b"),
        ({"input": {"seed": ""}}, None),
        ({"input": {"seed": [7]}}, None),
        ('{"input":{}}', None),
        ('{"input":"{"}', None),
        ('{"input":7}', None),
        ("[]", None),
        ("", None),
        (None, None),
    ],
)
def test_the_seed_is_read_from_json_inside_json(param: object, expected: str | None) -> None:
    """However deep the gateway encodes it."""
    task = task_from_record(details(param=param), "kie", None)
    assert task is not None
    assert task.seed == expected


def test_a_task_may_be_told_by_id_and_state_alone() -> None:
    """Everything else that an answer does not hold is None."""
    assert task_from_record(details(), "kie", "raw") == Task("t", "waiting", "kie", raw="raw")


@pytest.mark.parametrize(
    ("cost", "seconds"), [(12, 12), (12_000, 12), (1_200, 1_200), (1_201, 1.201)]
)
def test_a_cost_a_hundred_times_the_tasks_own_time_was_in_milliseconds(
    cost: float, seconds: float
) -> None:
    """Both of the task's times are needed to tell."""
    times = {"createTime": 1_765_000_000_000, "completeTime": 1_765_000_012_000}
    task = task_from_record(details(costTime=cost, **times), "kie", None)
    assert task is not None
    assert task.cost_time is not None
    assert task.cost_time.total_seconds() == seconds
    for name in times:
        half = task_from_record(details(costTime=cost, **{**times, name: None}), "kie", None)
        assert half is not None
        assert half.cost_time is not None
        assert half.cost_time.total_seconds() == cost


def test_pictures_that_are_no_texts_are_no_pictures() -> None:
    """Then the decoded result is looked at."""
    other = {"resultUrls": ["https://a.example/1.png", "", 7]}
    given = details(resultJson='{"resultUrls": [7, null]}', response=other, state="success")
    task = task_from_record(given, "kie", None)
    assert task is not None
    assert task.urls == ("https://a.example/1.png",)
