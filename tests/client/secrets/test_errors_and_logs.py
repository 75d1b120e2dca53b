"""Guards against key or prompt in errors, tracebacks and logs when the gateway repeats them."""

import json
import logging
import re
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client.loopback import RESET, Loopback, Received, http
from client.play import (
    KEY,
    KINDS,
    OPERATIONS,
    PROMPT,
    QUICK,
    Script,
    created,
    details,
    envelope,
    play,
)
from client.steps import core
from imagen4 import Imagen4Error, SubmissionUncertain
from imagen4.core.answer import Answer
from imagen4.core.balance import read_balance
from imagen4.core.redaction import HIDDEN

ECHOES: dict[str, Any] = {
    "in the message": envelope(401, None, f"the key {KEY} and {PROMPT} are bad"),
    "in a broken body": httpx.Response(500, text=f"<p>{KEY}</p><p>{PROMPT}</p>"),
    "in the data": envelope(500, {"param": json.dumps({"input": json.dumps({"prompt": PROMPT})})}),
    "in a strange answer": httpx.Response(200, json=[KEY, PROMPT]),
    "nowhere": httpx.ReadTimeout(f"while reading {KEY}"),
    "in what httpx says": httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"),
}
SPELLED = "sk/5b1d0c9e+not<to>be&seen"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["generate", *OPERATIONS])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_errors_tracebacks_and_logs_show_neither_key_nor_prompt(
    kind: str, operation: str, echo: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the gateway repeats them."""
    action = (OPERATIONS | {"generate": lambda client: client.generate(PROMPT)})[operation]
    polls = [echo]
    if operation == "recordInfo":  # a job taken up knows no prompt, so only the key can be hidden
        polls = [httpx.Response(401, text=KEY)]
    script = Script(creates=[echo], polls=polls, others=[echo])
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Imagen4Error) as caught:
        play(kind, script, action, polling=QUICK)
    chain = "".join(traceback.format_exception(caught.value))
    error = caught.value
    while error is not None:
        shown = (
            [str(error), repr(error), str(vars(error))] if isinstance(error, Imagen4Error) else []
        )
        assert all(KEY not in each for each in shown)
        if operation in ("generate", "createTask"):
            assert all(PROMPT not in each for each in shown)
        error = error.__cause__  # type: ignore[assignment]
    assert KEY not in chain
    assert KEY not in caplog.text
    assert PROMPT not in caplog.text


def test_a_reset_connection_is_reported_without_its_request() -> None:
    """The library's exception holds the request, whose headers hold the key."""
    with Loopback(lambda _: RESET) as server, pytest.raises(SubmissionUncertain) as caught:
        play("sync", None, lambda c: c.submit(PROMPT), base_url=server.url)
    assert caught.value.__cause__ is not None
    cause = caught.value.__cause__.__cause__
    assert isinstance(cause, ConnectionResetError)
    assert (cause.__traceback__, cause.__cause__, cause.__context__) == (None, None, None)


def test_an_id_cannot_smuggle_the_key_into_errors_and_logs() -> None:
    """A gateway that answers with the key as an id gets it back hidden."""
    script = Script(creates=[created(f"task-{KEY}")], polls=[envelope(422)])
    job = play("sync", script, lambda c: c.submit(PROMPT))
    assert job.task_ids == ("task-[hidden]",)
    script = Script(creates=[envelope(200, {"recordId": KEY})])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert caught.value.record_id == "[hidden]"
    script = Script(creates=[created("task")])
    assert play("sync", script, lambda c: c.submit(PROMPT), api_key="task").task_ids == ("task",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("upper", [False, True])
def test_the_key_is_hidden_however_the_server_spells_it_in_json(kind: str, upper: bool) -> None:
    """Escaped slashes, numbered characters, JSON inside JSON: on errors and on tasks alike."""

    def escape(char: str) -> str:
        number = f"{ord(char):04x}"
        return f"\\u{number.upper() if upper else number}"

    spelled = "".join(each if each.isalnum() else escape(each) for each in SPELLED)
    spelled = spelled.replace(escape("/"), "\\/")
    twice = spelled.replace("\\", "\\\\")

    def reply(received: Received) -> bytes:
        if received.path.endswith("credit"):
            return http(401, f'{{"code":401,"msg":"{spelled}","data":"{twice}"}}'.encode())
        data = f'"taskId":"t1","state":"waiting","param":"{twice}","model":"{spelled}"'
        return http(200, f'{{"code":200,"data":{{{data}}}}}'.encode())

    with Loopback(reply) as server:
        settings: dict[str, Any] = {"base_url": server.url, "api_key": SPELLED}
        (task,) = play(kind, None, lambda c: c.job("t1").status(), **settings)
        with pytest.raises(Imagen4Error) as caught:
            play(kind, None, lambda c: c.credits(), **settings)
    shown = f"{task!r} {task.raw} {caught.value} {caught.value.body}"
    assert shown.count("[hidden]") == 5
    assert "5b1d0c9e" not in shown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", [str.upper, str.title, str.swapcase])
def test_key_and_prompt_are_hidden_in_either_case(kind: str, case: Callable[[str], str]) -> None:
    """A proxy may write the headers of a refused request in capitals, a gateway its titles."""
    prompt = "ein Fuchs auf der Stra\u00dfe nach \u00c4ngelholm"
    words = f"no {case(prompt)} for Bearer {case(KEY)}".encode()
    with Loopback(lambda _: http(500, words)) as server, pytest.raises(Imagen4Error) as caught:
        play(kind, None, lambda c: c.submit(prompt), base_url=server.url)
    assert caught.value.body == f"no {HIDDEN} for Bearer {HIDDEN}"
    data = details("t1", "waiting", model=case(KEY)).content
    with Loopback(lambda _: http(200, data)) as server:
        (task,) = play(kind, None, lambda c: c.job("t1").status(), base_url=server.url)
    assert (task.model, task.raw["data"]["model"]) == (HIDDEN, HIDDEN)


def test_a_refused_balance_does_not_show_the_key() -> None:
    """Not even when the gateway repeats it."""
    body = f'{{"code": 401, "msg": "no such key: {KEY}"}}'.encode()
    steps = read_balance(core())
    next(steps)
    with pytest.raises(Exception, match=re.escape("no such key: [hidden]")) as caught:
        steps.send(Answer(200, {}, body))
    assert KEY not in f"{caught.value!r} {caught.value.body}"  # type: ignore[attr-defined]


def test_a_task_of_another_process_keeps_its_prompt_to_itself() -> None:
    """It is known from the record only, and is in no error that quotes the record."""
    param = json.dumps({"input": json.dumps({"prompt": PROMPT, "negative_prompt": "no giraffe"})})
    failed = details("t1", "fail", param=param, failMsg=f"unfit: {PROMPT}, no giraffe")
    with pytest.raises(Exception, match="unfit") as caught:
        play("sync", Script(polls=[failed]), lambda c: c.job("t1").wait())
    texts = [str(caught.value), caught.value.body, caught.value.fail_message]  # type: ignore[attr-defined]
    assert [text for text in texts if "zebra" in text or "giraffe" in text] == []


@pytest.mark.parametrize("code", [422, 500, 501])
@pytest.mark.parametrize("several", [True, False])
def test_a_refusal_that_carries_the_record_shows_no_prompt(code: int, several: bool) -> None:
    """Whatever is wrong with the answer, and whichever task it is about."""
    param = json.dumps({"input": json.dumps({"prompt": PROMPT})})
    record = {"taskId": "another", "state": "fail", "param": param}
    answer = envelope(code, [record] if several else record, msg=f"unfit: {PROMPT}")
    with pytest.raises(Imagen4Error) as caught:
        play("sync", Script(polls=[answer]), lambda c: c.job("t1").wait(timeout=5))
    error: Any = caught.value.__cause__ or caught.value
    assert "unfit" in str(error)
    assert "zebra" not in f"{error} {error.body}"
