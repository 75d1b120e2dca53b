"""Guards against a key that survives in another encoding, and a search that never ends."""

import json

import httpx
import pytest

from client.play import KEY, PICTURES, Script, details, play
from imagen4.core.redaction import clue
from imagen4.wire.answer_reader import without_key


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_the_key_is_cut_out_in_every_encoding_of_json(encoding: str) -> None:
    """Python reads JSON in UTF-16, too; the task is read, and holds no key."""
    data = details("t1", "success", resultJson=PICTURES).json() | {"msg": f"for {KEY}"}
    poll = httpx.Response(200, content=json.dumps(data).encode(encoding))
    result = play("sync", Script(polls=[poll]), lambda c: c.job("t1").wait())
    assert result.raw[0]["msg"] == "for [hidden]"


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
    found = without_key(body.encode(), KEY, clue(KEY).lower().encode())
    assert found.count(b"[hidden]") == 1
    assert KEY.encode() not in found
