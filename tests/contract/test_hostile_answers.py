"""A server under test may answer anything; the suite has to judge it, not fall over."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagen4.contract.reports import RENDERERS, make_report, render_text
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import CouldNotRunError, ServerUnderTest
from sharpening.clock import Clock

NAMES = ["code", "msg", "data", "taskId", "state", "param", "resultJson", "createTime", "costTime"]
NAMES += ["completeTime", "failCode", "failMsg", "model", "resultUrls", "input"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=8,
)
STATES = st.sampled_from(["waiting", "generating", "success", "fail", "", None, 3])
RECORDS = st.fixed_dictionaries(
    {"taskId": st.just("t1") | VALUES, "state": STATES},
    optional={name: VALUES for name in NAMES if name not in ("taskId", "state")},
)
ENVELOPES = st.fixed_dictionaries(
    {"code": st.sampled_from([200, "200", 422, 401, None, 1e99]), "data": RECORDS | VALUES},
    optional={"msg": VALUES},
)
STATUSES = st.sampled_from([200, 201, 204, 302, 400, 401, 404, 422, 429, 500, 502, 599])
HEADERS = st.fixed_dictionaries(
    {}, optional={"content-type": st.sampled_from(["application/json", ";;", "text/html;charset="])}
)


def _judge(answer: Any) -> None:
    clock = Clock()
    target = ServerUnderTest("apikley", "http://127.0.0.1:9", "sandbox-apikley-key")
    seams = Seams(httpx.MockTransport(answer), clock.now, clock.sleep)
    try:
        outcome = run_contract(RunOptions(target), seams)
    except CouldNotRunError:
        return  # no gateway at all: a test of its own is about that
    made = make_report(outcome)
    assert made.exit_code == 1
    assert all(spell(made) for spell in (*RENDERERS.values(), render_text))


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(STATUSES, HEADERS, ENVELOPES | VALUES), min_size=1, max_size=3))
def test_any_json_is_judged(answers: list[tuple[int, dict[str, str], Any]]) -> None:
    """Whatever JSON comes in whatever order: a verdict and four reports, or no gateway."""
    count = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        status, headers, value = answers[count % len(answers)]
        return httpx.Response(status, headers=headers, content=_json(value))

    _judge(answer)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\xff" * 50, b"[" * 100_000, b'"' * 3, b"{}" * 9, b"1" * 5000, b"<html>"],
    ids=["empty", "nul", "bytes", "nested", "quotes", "objects", "digits", "html"],
)
def test_any_bytes_are_judged(content: bytes) -> None:
    """No JSON at all, or JSON that would exhaust a parser, is a finding like any other."""
    _judge(lambda _request: httpx.Response(200, content=content))


@pytest.mark.parametrize("levels", [190, 260, 900])
@pytest.mark.parametrize("before", [b"", b'{"code": 200, "msg": "", "data": {"taskId": "a", "x": '])
def test_no_depth_is_too_much(before: bytes, levels: int) -> None:
    """Also where a parser reads it and what checks schemas does not."""
    content = before + b"[" * levels + b"]" * levels + (b"}}" if before else b"")
    _judge(lambda _request: httpx.Response(200, content=content))
