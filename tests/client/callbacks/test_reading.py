"""Guards against a callback that gives another task than polling, or a library's own error."""

import json
from typing import Any

import pytest

from client.play import GATEWAYS, PICTURES, Script, details, play, succeeded
from client.signed_callbacks import BODY
from imagen4 import Client, InvalidRequest, Task, UnexpectedResponse, callbacks


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_callback_gives_the_task_that_polling_gives(gateway: str) -> None:
    """The same object, from a body that has an update time on top."""
    polled = play("sync", Script(polls=[succeeded("t1")]), lambda c: c.job("t1").status())[0]
    task = callbacks.parse(BODY, gateway)  # type: ignore[arg-type]
    assert isinstance(task, Task)
    assert task.updated is not None
    same = ("task_id", "state", "urls", "created", "completed", "cost_time", "model")
    assert all(getattr(task, name) == getattr(polled, name) for name in same)
    assert task.raw == json.loads(BODY)


def test_a_callback_of_a_failure_is_a_task_too() -> None:
    """It comes with code 501."""
    data = {"taskId": "t1", "state": "fail", "failCode": "422", "failMsg": "no", "resultJson": None}
    task = callbacks.parse(json.dumps({"code": 501, "msg": "failed", "data": data}).encode())
    assert (task.failed, task.fail_code, task.fail_message, task.urls) == (True, "422", "no", ())


def test_a_callback_of_a_failure_does_not_quote_its_prompt() -> None:
    """It is read by whoever takes callbacks, and what they print is read by more."""
    param = json.dumps({"input": json.dumps({"prompt": "Jane Doe at sea"})})
    body = details("t1", "fail", param=param, failMsg="refused: Jane Doe at sea").content
    assert callbacks.parse(body).fail_message == "refused: [hidden]"


def test_the_id_may_be_spelled_as_in_the_documents_sample() -> None:
    """`task_id`, though what is sent is `taskId`."""
    task = callbacks.parse(json.dumps({"data": {"task_id": "t9", "state": "fail"}}))
    assert task.task_id == "t9"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", "\ud800", '{"data":null}', '{"data":[]}', '{"data":{}}',
     '{"data":{"taskId":"t1"}}', '{"data":{"state":"success"}}',
     '{"data":{"taskId":7.5,"state":"x"}}', '{"data":{"taskId":" ","state":"x"}}'],
)  # fmt: skip
def test_what_is_no_callback_is_an_unexpected_response(body: bytes | str) -> None:
    """Anybody can POST anything to a public URL."""
    with pytest.raises(UnexpectedResponse, match="The callback does not describe a task"):
        callbacks.parse(body)


def test_a_callback_that_tells_of_no_task_is_an_answer_of_sorts() -> None:
    """The error says what it holds; it came by HTTP, so its status counts as 200."""
    with pytest.raises(UnexpectedResponse) as caught:
        callbacks.parse(b'{"code": 200}')
    error = caught.value
    assert error.message == "The callback does not describe a task"
    assert (error.http_status, error.code, error.body) == (200, 200, '{"code": 200}')


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_body_may_be_any_bytes(kind: Any) -> None:
    """Frameworks differ in what they hand over."""
    body = succeeded("t1").content
    assert callbacks.parse(kind(body)).task_id == "t1"
    assert callbacks.task_id_in(callbacks.body_bytes(kind(body))) == "t1"


@pytest.mark.parametrize("body", [None, {}, 3])
def test_what_is_no_body_is_said_to_be_none(body: Any) -> None:
    """A decoded body, say: its bytes are what was sent."""
    with pytest.raises(InvalidRequest, match="bytes or text"):
        callbacks.parse(body)
    with pytest.raises(InvalidRequest, match="bytes or text"):
        callbacks.verify({}, body, "webhook-key")


def test_callbacks_are_part_of_the_public_names() -> None:
    """As `imagen4.callbacks`, without an import of its own."""
    import imagen4 as package

    assert package.callbacks is callbacks
    assert Client.confirm.__doc__


@pytest.mark.parametrize("code", [401, 500, 501])
def test_a_callback_whose_code_is_no_success_tells_of_none(code: int) -> None:
    """Whatever state it names."""
    data = {"taskId": "t1", "state": "success", "resultJson": PICTURES}
    with pytest.raises(UnexpectedResponse, match="its state is success"):
        callbacks.parse(json.dumps({"code": code, "msg": "", "data": data}))
    failed = {"taskId": "t1", "state": "fail"}
    assert callbacks.parse(json.dumps({"code": code, "data": failed})).failed
