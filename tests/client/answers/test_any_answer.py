"""Guards against an answer that ends in a library's own error, or fills the memory.

Some hundred made-up answers by default, 2,000 with the slow tests, 20,000 in the nightly profile.
"""

import contextlib
import gzip
import json
import math
import tracemalloc
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.loopback import Loopback, http
from client.play import (
    GATEWAYS,
    KEY,
    PROMPT,
    QUICK,
    Time,
    client_for,
    envelope,
    play,
)
from imagen4 import (
    Imagen4Error,
    Result,
    SubmissionUncertain,
    Task,
    TransportError,
    UnexpectedResponse,
    callbacks,
)
from imagen4.result import BaseResult

NASTY: list[Any] = [
    None, True, False, 0, -1, 7, 200, 401, 422, 429, 500, 501, 505, 1e308, float("nan"),
    float("inf"), 10**30, 1777539190339, -(10**18), "", "200", "t1", "success", "fail", "waiting",
    "queued", KEY, PROMPT, f"say {PROMPT}!", "\ud800", "\x00", "é🦊", "x" * 400, [], {}, [[]],
    [None], ["t1"], {"taskId": "t1"}, {"input": {"seed": 7}}, {"resultUrls": ["https://x.example/1"]},
    {"resultUrls": [None, 7, "file:///etc/passwd"]}, {"resultUrls": "x"},
    '{"resultUrls":["https://x.example/1"]}', '{"resultUrls":[', '{"input":"{"}', "[[[[",
]  # fmt: skip
nasty = st.sampled_from(NASTY)
anything = nasty | st.text(max_size=12) | st.integers() | st.floats() | st.lists(nasty, max_size=2)
FIELDS = (
    "taskId recordId task_id state resultJson response param failCode failMsg costTime createTime "
    "completeTime updateTime progress creditsConsumed successFlag"
)
records = st.builds(
    lambda base, changes: base | changes,
    st.sampled_from([
        {},
        {"taskId": "t1", "state": "waiting"},
        {"taskId": "t1", "state": "fail", "failMsg": PROMPT},
        {"taskId": "t1", "state": "success", "resultJson": NASTY[-4]},
    ]),
    st.dictionaries(st.sampled_from(FIELDS.split()), anything, max_size=3),
)  # fmt: skip
envelopes = st.fixed_dictionaries(
    {"data": records | records | anything},
    optional={"code": st.just(200) | st.just(200) | anything, "msg": anything, "message": anything},
)
whole = envelopes.map(json.dumps).map(str.encode)
bodies = st.one_of(
    whole,
    whole,
    whole.map(lambda body: body[: len(body) * 2 // 3]),
    st.binary(max_size=30),
    st.sampled_from([b"[" * 5000, b"9" * 5000, b"\xef\xbb\xbf{}", b"<html>", b"null", b"NaN"]),
)
statuses = st.just(200) | st.integers(100, 599)
headers = st.dictionaries(
    st.sampled_from(["retry-after", "location", "content-type", "content-encoding", "etag"]),
    st.one_of(
        st.sampled_from(["gzip", "br", "identity", "5", "-1", "http://[", "https://x.example"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10),
    ),
    max_size=2,
)
answers = st.builds(lambda *parts: parts, statuses, headers, bodies)
Answer = tuple[int, dict[str, str], bytes]


def check(outcome: Any) -> None:
    """A result is what it is said to be, down to its repr and times."""
    repr(outcome)
    for task in outcome.tasks if isinstance(outcome, BaseResult) else outcome:
        assert isinstance(task, Task)
        assert str(task.task_id).isprintable()
    if isinstance(outcome, Result):
        assert outcome.images
        assert all(image.url for image in outcome.images)
        _ = outcome.cost_time, outcome.created, outcome.completed, outcome.raw


def judge(error: Imagen4Error, status: int, operation: str) -> None:
    """An error shows no secret, can be printed, and a refusal of a create is certain."""
    shown = f"{error!s} {error!r} {error.body}"
    assert KEY not in shown
    str(error).encode()
    if operation in ("generate", "submit"):
        assert PROMPT not in shown
    if operation == "submit" and not isinstance(error, SubmissionUncertain):
        number = error.code if 200 <= status < 300 else status
        assert number is not None
        assert 400 <= number < 500 or number == error.code == 505


def ask(gateway: str, answer: Answer, operation: str) -> Any:
    """Do something on a client whose every request gets this answer."""
    status, fields, body = answer

    def reply(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=fields, stream=httpx.ByteStream(body))

    client = client_for("sync", gateway, reply, Time(), polling=QUICK)  # type: ignore[arg-type]
    actions = {
        "generate": lambda: client.generate(PROMPT, num_images=2, timeout=0),
        "submit": lambda: client.submit(PROMPT, timeout=0),
        "wait": lambda: client.job("t1").wait(0),
        "status": lambda: client.job("t1").status(),
        "credits": client.credits,
    }
    return actions[operation]()


def outcome_of(gateway: str, answer: Answer, operation: str) -> Any:
    try:
        return ask(gateway, answer, operation)
    except Imagen4Error as error:
        return error


ANY_ANSWER = given(
    gateway=st.sampled_from(GATEWAYS),
    answer=answers,
    operation=st.sampled_from(["generate", "submit", "wait", "status", "credits"]),
)


@settings(max_examples=max(200, settings.default.max_examples))
@ANY_ANSWER
def test_any_answer_gives_a_result_or_one_of_our_errors(
    gateway: str, answer: Answer, operation: str
) -> None:
    """Under every status from 100 to 599, whatever the body; as a callback, too."""
    survive(gateway, answer, operation)


@pytest.mark.slow
@settings(max_examples=2_000)
@ANY_ANSWER
def test_any_of_two_thousand_answers_gives_a_result_or_one_of_our_errors(
    gateway: str, answer: Answer, operation: str
) -> None:
    """The same, many more times."""
    survive(gateway, answer, operation)


def survive(gateway: str, answer: Answer, operation: str) -> None:
    outcome = outcome_of(gateway, answer, operation)
    if isinstance(outcome, Imagen4Error):
        judge(outcome, answer[0], operation)
    elif operation == "credits":
        assert math.isfinite(outcome)
    elif operation == "submit":
        assert 200 <= answer[0] < 300
        assert len(outcome.task_ids) == 1
    else:
        check(outcome)
    with contextlib.suppress(UnexpectedResponse):
        check((callbacks.parse(answer[2]),))
    assert callbacks.verify(answer[1], answer[2], "key") is False


@pytest.mark.parametrize("size", [4 * 1024 * 1024, 4 * 1024 * 1024 + 1])
def test_an_answer_has_a_largest_size(size: int) -> None:
    """Memory is not filled by a server that never stops."""
    body = b'{"code":200,"data":7}'.ljust(size)
    if size == 4 * 1024 * 1024:
        assert ask("kie", (200, {}, body), "credits") == 7.0
        return
    with pytest.raises(Imagen4Error, match="The answer is larger than 4194304 bytes"):
        ask("kie", (200, {}, body), "credits")


TWICE = "gzip, gzip", gzip.compress(gzip.compress(envelope(200, 7).content))
BOMB = "gzip", gzip.compress(bytes(30_000_000), 1)


@pytest.mark.parametrize(
    ("kind", "encoding", "packed"),
    [("sync", *BOMB), ("async", *TWICE), pytest.param("async", *BOMB, marks=pytest.mark.slow)],
    ids=["bomb", "twice", "bomb-async"],
)
def test_what_a_few_bytes_can_come_to_is_bounded(kind: str, encoding: str, packed: bytes) -> None:
    """Of what is packed twice only the outer layer is undone, which is no answer."""
    with Loopback(lambda _: http(200, packed, f"Content-Encoding: {encoding}\r\n")) as server:
        tracemalloc.start()
        try:
            with pytest.raises((UnexpectedResponse, TransportError)):
                play(kind, None, lambda c: c.credits(), base_url=server.url)
            assert tracemalloc.get_traced_memory()[1] < 25_000_000
        finally:
            tracemalloc.stop()
