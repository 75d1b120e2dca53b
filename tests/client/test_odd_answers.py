"""Answers that contradict themselves, hide their size, or name somebody else's task."""

import gzip
import json
import logging
from typing import Any

import httpx
import pytest

from client.play import (
    KEY,
    KINDS,
    PICTURES,
    PROMPT,
    QUICK,
    Script,
    created,
    details,
    envelope,
    play,
    succeeded,
)
from imagen4 import (
    AuthenticationError,
    Imagen4Error,
    SubmissionUncertain,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
    callbacks,
)
from imagen4.wire.intake import without_key


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_compressed_twice_is_not_unpacked(kind: str) -> None:
    """A few bytes could come to gigabytes before anybody can look at their size."""
    twice = gzip.compress(gzip.compress(envelope(200, 7).content))
    answer = httpx.Response(200, headers={"content-encoding": "gzip, gzip"}, stream=Bytes(twice))
    script = Script(others=[lambda _: answer])
    with pytest.raises(TransportError, match="compressed twice"):
        play(kind, script, lambda c: c.credits())


class Bytes(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that httpx reads only when it is asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Any:
        yield self._content

    async def __aiter__(self) -> Any:
        yield self._content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_the_key_is_cut_out_in_every_encoding_of_json(encoding: str) -> None:
    """Python reads JSON in UTF-16, too; the task is read, and holds no key."""
    data = details("t1", "success", resultJson=PICTURES).json() | {"msg": f"for {KEY}"}
    poll = httpx.Response(200, content=json.dumps(data).encode(encoding))
    result = play("sync", Script(polls=[poll]), lambda c: c.job("t1").wait())
    assert result.raw[0]["msg"] == "for [hidden]"


@pytest.mark.parametrize("kind", KINDS)
def test_one_id_for_two_creates_is_no_success(kind: str) -> None:
    """Two were paid for, and nobody knows the second task; the first one is not lost."""
    script = Script(creates=[created("t1"), created("t1")], polls=[succeeded("t1")])
    with pytest.raises(SubmissionUncertain, match="the id of an earlier create's task") as caught:
        play(kind, script, lambda c: c.generate(PROMPT, num_images=2))
    assert caught.value.job.task_ids == ("t1",)
    assert len(script.sent("createTask")) == 2


@pytest.mark.parametrize(("asked", "warned"), [(2, True), (1, False)])
def test_fewer_pictures_than_were_asked_for_are_worth_a_warning(
    asked: int, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """They were paid for; what came is the result all the same."""
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    with caplog.at_level(logging.WARNING, logger="imagen4"):
        result = play(
            "sync", script, lambda c: c.generate(PROMPT, num_images=asked), gateway="apikley"
        )
    assert len(result.images) == 1
    assert ("1 of 2 pictures came, tasks t1" in caplog.text) is warned


def contradiction() -> httpx.Response:
    body = details("t1", "success", resultJson=PICTURES).json() | {"code": 501}
    return httpx.Response(200, json=body)


@pytest.mark.parametrize("ask", [lambda c: c.job("t1").wait(), lambda c: c.job("t1").status()])
def test_a_code_that_contradicts_the_state_is_believed_by_nobody(ask: Any) -> None:
    """Waiting and looking come to the same: neither a success nor a failure."""
    with pytest.raises(UnexpectedResponse, match="its state is success"):
        play("sync", Script(polls=[contradiction()]), ask, polling=QUICK)


@pytest.mark.parametrize("code", [401, 500, 501])
def test_a_callback_whose_code_is_no_success_tells_of_none(code: int) -> None:
    """Whatever state it names."""
    data = {"taskId": "t1", "state": "success", "resultJson": PICTURES}
    with pytest.raises(UnexpectedResponse, match="its state is success"):
        callbacks.parse(json.dumps({"code": code, "msg": "", "data": data}))
    failed = {"taskId": "t1", "state": "fail"}
    assert callbacks.parse(json.dumps({"code": code, "data": failed})).failed


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_page_of_somebody_in_between_does_not_end_a_wait(status: int) -> None:
    """One without the gateway's code is ridden out; one after the other is an error."""
    page = httpx.Response(status, content=b"<html>blocked</html>")
    script = Script(polls=[page, page, succeeded("t1")])
    assert len(play("sync", script, lambda c: c.job("t1").wait()).images) == 1
    script = Script(polls=[page])
    kind = AuthenticationError if status in (401, 403) else Exception
    with pytest.raises(kind) as caught:
        play("sync", script, lambda c: c.job("t1").wait())
    assert not isinstance(caught.value, TaskTimeout)
    assert len(script.requests) == 3


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


def test_the_key_is_cut_out_of_an_answer_with_half_a_character() -> None:
    """Python reads it all the same."""
    body = json.dumps({"code": 200, "msg": f"{KEY} \ud800", "data": 7}, ensure_ascii=False)
    answer = httpx.Response(200, content=body.encode("utf-16", "surrogatepass"))
    script = Script(others=[lambda _: answer])
    assert play("sync", script, lambda c: c.credits()) == 7
    data = details("t1", "success", resultJson=PICTURES).json() | {"msg": f"{KEY} \ud800"}
    text = json.dumps(data, ensure_ascii=False).encode("utf-16", "surrogatepass")
    script = Script(polls=[httpx.Response(200, content=text)])
    assert KEY not in repr(play("sync", script, lambda c: c.job("t1").wait()).raw)


def test_a_long_answer_that_repeats_the_key_is_not_searched_for_ever() -> None:
    """As it is spelled nearly always, it is cut out."""
    body = json.dumps({"code": 200, "data": 7, "msg": KEY, "more": "x" * 1_000_000})
    assert without_key(body.encode(), KEY).count(b"[hidden]") == 1
    assert KEY.encode() not in without_key(body.encode(), KEY)
