"""Most clients of the gateway verify callbacks by another rule than the documented one."""

import base64
import hashlib
import hmac
import inspect
import io
import json
import textwrap
from typing import Any

import pytest

import imagen4.callbacks
from client.play import GATEWAYS, KINDS, Script, details, envelope, play, succeeded
from client.signed_callbacks import BODY, NOW, WEBHOOK_KEY, signed
from imagen4 import Client, InvalidRequest, Task, TaskNotFound, UnexpectedResponse, callbacks


def verified(
    headers: Any = None, body: bytes | str = BODY, key: str = WEBHOOK_KEY, **more: Any
) -> bool:
    headers = signed() if headers is None else headers
    return callbacks.verify(headers, body, WEBHOOK_KEY, **{"now": lambda: NOW} | more)


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
     '{"data":{"taskId":7.5,"state":"x"}}', '{"data":{"taskId":"a b","state":"x"}}'],
)  # fmt: skip
def test_what_is_no_callback_is_an_unexpected_response(body: bytes | str) -> None:
    """Anybody can POST anything to a public URL."""
    with pytest.raises(UnexpectedResponse, match="The callback does not describe a task"):
        callbacks.parse(body)


def test_a_genuine_callback_is_verified() -> None:
    """base64(HMAC-SHA256(key, taskId + "." + timestamp)), whatever form the headers have."""
    headers = signed()
    assert headers["X-Webhook-Signature"] == "K5YREoFGW5T1mw0aFTXR7RAL0hmhpyHlyqNIyTcGx10="
    assert verified(headers)
    assert verified({name.lower(): value for name, value in headers.items()})
    assert verified(list(headers.items()))
    assert verified([(name.lower().encode(), value.encode()) for name, value in headers.items()])
    assert verified(body=BODY.encode())


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "nothing"),
        ({"X-Webhook-Timestamp": str(NOW)}, "no signature"),
        ({"X-Webhook-Signature": signed()["X-Webhook-Signature"]}, "no timestamp"),
        (signed("t2"), "another task"),
        (signed(key="other"), "another key"),
        (signed() | {"X-Webhook-Timestamp": str(NOW + 1)}, "another time"),
        (signed(timestamp=f"{NOW}.0"), "not in seconds"),
        (signed(timestamp=f"-{NOW}"), "negative"),
        (signed(timestamp=f" {NOW}"), "padded"),
        (signed(timestamp="1777539206²"), "odd digits"),
        (signed(timestamp="9" * 13), "too long"),
        (signed() | {"X-Webhook-Signature": ""}, "empty"),
        (signed() | {"X-Webhook-Signature": "é\ud800"}, "not ASCII"),
        (
            signed()
            | {
                "X-Webhook-Signature": hmac.new(
                    WEBHOOK_KEY.encode(), f"t1.{NOW}".encode(), hashlib.sha256
                ).hexdigest()
            },
            "hex",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_not_signed_by_the_rule_is_refused(headers: dict[str, str], why: str) -> None:
    """Each part of the rule counts."""
    assert why
    assert not verified(headers)


@pytest.mark.parametrize("key", ["", " ", "\n", None, b"", b"whk-1234", 7])
def test_without_a_key_nothing_can_be_verified(key: Any) -> None:
    """Of a variable that is not set, say: anybody could sign with an empty key."""
    forged = signed(key=key if isinstance(key, str) else "")
    with pytest.raises(InvalidRequest, match="the webhook key of the account"):
        callbacks.verify(forged, BODY, key, now=lambda: NOW)


@pytest.mark.parametrize("missing", ["X-Webhook-Signature", "X-Webhook-Timestamp"])
@pytest.mark.parametrize("value", [None, 7, ["x"]])
def test_a_header_that_is_no_text_is_none(missing: str, value: Any) -> None:
    """As from `request.headers.get(...)`: the callback is refused like one without it."""
    assert not verified(signed() | {missing: value})
    assert not verified([*(signed() | {missing: value}).items()])
    assert verified([(None, None), *signed().items()])


@pytest.mark.parametrize(
    ("timestamp", "tolerance", "expected"),
    [(NOW, 300, True), (NOW - 300, 300, True), (NOW - 301, 300, False), (NOW + 300, 300, True),
     (NOW + 301, 300, False), (NOW - 5, 4, False), (NOW - 5, 5, True), (NOW, 0, True)],
)  # fmt: skip
def test_a_signature_has_an_age_limit(timestamp: int, tolerance: float, expected: bool) -> None:
    """Either way: a clock may be wrong, but not by much."""
    assert verified(signed(timestamp=timestamp), tolerance=tolerance) is expected


def test_the_age_limit_is_five_minutes() -> None:
    """Of our choosing, since the documents name none."""
    assert verified(signed(timestamp=NOW - 300))
    assert not verified(signed(timestamp=NOW - 301))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"taskId": "t1"}, True),
        ({"task_id": "t1"}, True),
        ({"taskId": "t1", "task_id": "t1"}, True),
        ({"taskId": "t2", "task_id": "t1"}, False),
        ({"taskId": "t1", "task_id": "t2"}, False),
        ({"taskId": "t1", "task_id": None}, False),
        ({"taskId": ["t1"]}, False),
        ({}, False),
    ],
)
def test_both_places_of_the_id_are_known_and_must_agree(
    data: dict[str, Any], expected: bool
) -> None:
    """Otherwise one could be signed while the other is believed."""
    assert verified(body=json.dumps({"data": data})) is expected


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"data":7}', b"\xff"])
def test_a_body_that_cannot_be_read_is_not_genuine(body: bytes) -> None:
    """There is no id that could have been signed."""
    assert not verified(body=body)


def test_the_signature_says_nothing_about_the_content() -> None:
    """That is the documented rule, and the docstring says so: a forged URL passes."""
    forged = BODY.replace("files.example", "evil.example")
    assert verified(body=forged)
    assert "NOTHING else" in (callbacks.verify.__doc__ or "")


def test_the_comparison_takes_constant_time() -> None:
    """A comparison that stops early tells how much of a guess was right."""
    assert "hmac.compare_digest(" in inspect.getsource(callbacks.verify)


@pytest.mark.parametrize("kind", KINDS)
def test_confirm_reads_the_task_again(kind: str) -> None:
    """So it is the gateway's word that counts, not the callback's."""
    claimed = callbacks.parse(BODY)
    script = Script(polls=[details("t1", "generating")])
    task = play(kind, script, lambda c: c.confirm(claimed))
    assert (task.task_id, task.state, task.urls) == ("t1", "generating", ())
    assert script.requests[0].url.params["taskId"] == "t1"
    with pytest.raises(TaskNotFound):
        play(kind, Script(polls=[envelope(422)]), lambda c: c.confirm(claimed))


class Confirming:
    """Stands in for Client in the docstring's example."""

    def __init__(self, gateway: str) -> None:
        assert gateway == "kie"

    def confirm(self, task: Task) -> Task:
        return task


@pytest.mark.parametrize(
    ("timestamp", "status"), [(NOW, "200 OK"), (NOW - 999, "401 Unauthorized")]
)
def test_the_example_of_the_docstring_runs(
    timestamp: int, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A WSGI application that verifies, confirms and answers, in the words of the docstring."""
    doc = imagen4.callbacks.__doc__ or ""
    block = textwrap.dedent(doc[doc.index("    from imagen4") : doc.index("Callbacks may come")])
    assert len([line for line in block.splitlines() if line.startswith("    ")]) <= 10
    monkeypatch.setattr(imagen4, "Client", Confirming)
    monkeypatch.setitem(callbacks.verify.__kwdefaults__, "now", lambda: NOW)
    handled: list[Task] = []
    space: dict[str, Any] = {"WEBHOOK_KEY": WEBHOOK_KEY, "handle": handled.append}
    exec(block, space)  # noqa: S102 - our own docstring
    headers = signed(timestamp=timestamp)
    environ: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
    }
    environ |= {"CONTENT_LENGTH": str(len(BODY)), "wsgi.input": io.BytesIO(BODY.encode())}
    answers: list[tuple[str, list[Any]]] = []
    assert space["app"](environ, lambda *answer: answers.append(answer)) == []
    assert answers == [(status, [])]
    assert [task.task_id for task in handled] == (["t1"] if timestamp == NOW else [])


def test_callbacks_are_part_of_the_public_names() -> None:
    """As `imagen4.callbacks`, without an import of its own."""
    import imagen4 as package

    assert package.callbacks is callbacks
    assert Client.confirm.__doc__


def test_a_callback_that_tells_of_no_task_is_an_answer_of_sorts() -> None:
    """The error says what it holds; it came by HTTP, so its status counts as 200."""
    with pytest.raises(UnexpectedResponse) as caught:
        callbacks.parse(b'{"code": 200}')
    error = caught.value
    assert error.message == "The callback does not describe a task"
    assert (error.http_status, error.code, error.body) == (200, 200, '{"code": 200}')


@pytest.mark.parametrize(
    ("age", "genuine"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_callback_may_be_five_minutes_old(age: int, genuine: bool) -> None:
    """Or come from a clock that is as much ahead."""
    digest = hmac.new(b"key", b"t.1000000", hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    headers = {"X-Webhook-Timestamp": "1000000", "X-Webhook-Signature": signature}
    body = '{"data": {"taskId": "t"}}'
    assert callbacks.verify(headers, body, "key", now=lambda: 1_000_000.0 + age) is genuine


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_body_may_be_any_bytes(kind: Any) -> None:
    """Frameworks differ in what they hand over."""
    body = succeeded("t1").content
    assert callbacks.parse(kind(body)).task_id == "t1"
    assert callbacks.task_id_in(callbacks.as_bytes(kind(body))) == "t1"


@pytest.mark.parametrize("body", [None, {}, 3])
def test_what_is_no_body_is_said_to_be_none(body: Any) -> None:
    """A decoded body, say: its bytes are what was sent."""
    with pytest.raises(InvalidRequest, match="bytes or text"):
        callbacks.parse(body)
    with pytest.raises(InvalidRequest, match="bytes or text"):
        callbacks.verify({}, body, "webhook-key")
