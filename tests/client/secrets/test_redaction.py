"""Guards against showing a key or prompt that was quoted, escaped, spaced or cut."""

import json
from typing import Any

import pytest

from client.steps import answer
from imagen4 import AuthenticationError, UnexpectedResponse
from imagen4.core.answer import Answer
from imagen4.core.envelope import error_from_answer, parse_envelope, refusal
from imagen4.core.polls import read_poll
from imagen4.core.redaction import HIDDEN, redacted

SECRETS = ("sk-top-secret", 'a "quoted"\nfox é 🦊')
LONG = "Draw  secretproject\n" + "word " * 80


def spellings(secret: str) -> list[str]:
    once = json.dumps(secret)[1:-1]
    plain = json.dumps(secret, ensure_ascii=False)[1:-1]
    return [secret, once, plain, json.dumps(once)[1:-1], json.dumps(json.dumps(once)[1:-1])[1:-1]]


@pytest.mark.parametrize("spelling", [each for secret in SECRETS for each in spellings(secret)])
def test_secrets_are_cut_out_however_they_are_spelled(spelling: str) -> None:
    """In plain text, and in JSON once, twice or three times encoded, as `param` has it."""
    assert redacted(f"before {spelling} after", SECRETS) == "before [hidden] after"


def test_errors_hold_no_secrets() -> None:
    """Neither in the message nor in the body that comes with it."""
    param = json.dumps({"input": json.dumps({"prompt": SECRETS[1]})})
    body: dict[str, Any] = {"code": 500, "msg": f"no {SECRETS[0]}", "data": {"param": param}}
    error = refusal(parse_envelope(answer(body)), secrets=SECRETS)
    assert error is not None
    assert error.message == "no [hidden]"
    assert error.body is not None
    assert "fox" not in error.body
    assert "top-secret" not in error.body
    assert error.body.count("[hidden]") == 2


def test_a_secret_longer_than_what_is_kept_of_the_body_is_cut_out() -> None:
    """Secrets go first, then the length."""
    prompt = "é" * 5000
    error = refusal(parse_envelope(answer({"code": 500, "msg": prompt})), secrets=(prompt,))
    assert error is not None
    assert "é" not in (error.body or "") + error.message
    assert "\\u00e9" not in (error.body or "")


def test_a_prompt_too_short_to_give_anything_away_is_left() -> None:
    """Cutting out every "a" would leave nothing to read."""
    assert redacted("a banana", ("a",)) == "a banana"
    assert redacted("fox", ("fox",)) == "[hidden]"


def test_a_secret_is_cut_out_before_the_text_is_cut_to_length() -> None:
    """Also one that begins before the end of what is kept; what is far behind is not read."""
    body = b"x" * 1999 + b"secret" + b"y" * 300_000
    error = error_from_answer(
        UnexpectedResponse, parse_envelope(Answer(200, {}, body)), "no", ["secret"]
    )
    assert error.body == "x" * 1999 + "["


@pytest.mark.parametrize(
    ("secrets", "text", "left"),
    [
        (["bcd", "abcde"], "abcde bcd", f"{HIDDEN} {HIDDEN}"),
        (["abc", "abcde"], "abcde abc", f"{HIDDEN} {HIDDEN}"),
        (['é"xyz'], r"é\\\"xyz", HIDDEN),
        (['é"xyz'], r"\u00e9\"xyz", HIDDEN),
        (['é"xyz'], r"\\u00e9\\\"xyz", HIDDEN),
        (["ab"], "ab", "ab"),
        ([" a ", " \n "], "a banana \n x", "a banana \n x"),
        (["a b\tc"], "a\n b\\t\\u00A0c", HIDDEN),
        (["a/b<é🦊"], r"a\/b\u003C\u00E9\uD83E\udd8a", HIDDEN),
        (["a/b<é🦊"], r"a\\/b\\u003c\\\u00e9\\\uD83E\\\uDD8A", HIDDEN),
        ([r"c:\new"], r"c:\new c:\\new c:\\\\new", f"{HIDDEN} {HIDDEN} {HIDDEN}"),
        (["hidden", "abc"], "abc", HIDDEN),
        (["a\ud800b"], "a\ud800b", HIDDEN),
        ([], "abc", "abc"),
    ],
)
def test_secrets_are_hidden_the_longest_first(secrets: list[str], text: str, left: str) -> None:
    """However often they were encoded, and whatever else is part of them."""
    assert redacted(text, secrets) == left


@pytest.mark.parametrize(
    "record",
    [
        {"state": "fail", "failMsg": "cannot paint a zebra"},
        {"state": "a zebra"},
        {"state": "success", "failMsg": "a zebra"},
    ],
)
def test_what_a_task_says_about_its_end_does_not_quote_the_prompt(record: dict[str, str]) -> None:
    """Neither on the task nor on the error."""
    body = json.dumps({"code": 200, "data": {"taskId": "t", **record}}).encode()
    news = read_poll("kie", Answer(200, {}, body), "t", ["a zebra"])
    assert news.task is not None
    assert news.problem is not None
    assert "zebra" not in f"{news.task!r} {news.problem!r} {news.problem} {news.problem.body}"
    assert HIDDEN in f"{news.task.state} {news.task.fail_message}"


def test_a_refused_poll_does_not_quote_the_prompt() -> None:
    """The gateway may say it, we do not."""
    refused = Answer(200, {}, b'{"code": 401, "msg": "no zebra here"}')
    problem = read_poll("kie", refused, "t", ["zebra"]).problem
    assert isinstance(problem, AuthenticationError)
    assert (problem.message, problem.task_ids) == (
        f"The key was refused: no {HIDDEN} here",
        ("t",),
    )
    assert "zebra" not in str(problem.body)


@pytest.mark.parametrize("state", ["waiting", "generating", "fail"])
def test_a_documented_state_stays_though_it_is_the_prompt(state: str) -> None:
    """Else nobody could tell how the task stands; what the gateway adds in words is cleaned."""
    data = {"taskId": "t", "state": state, "failMsg": f"{state} a zebra"}
    body = json.dumps({"code": 200, "data": data}).encode()
    task = read_poll("kie", Answer(200, {}, body), "t", ["a zebra", state]).task
    assert task is not None
    assert (task.state, task.fail_message) == (state, f"{HIDDEN} {HIDDEN}")


@pytest.mark.parametrize(
    "quoted", [LONG, " ".join(LONG.split()), json.dumps(LONG), json.dumps(json.dumps(LONG))]
)
@pytest.mark.parametrize("field", ["failMsg", "failCode", "state"])
def test_a_long_prompt_is_cut_out_before_the_text_is_cut_to_length(field: str, quoted: str) -> None:
    """And however the gateway spaced it: what is left of it would be shown and logged."""
    data = {"taskId": "t", "state": "fail", field: f"rejected: {quoted}"}
    body = json.dumps({"code": 200, "data": data}).encode()
    news = read_poll("kie", Answer(200, {}, body), "t", [LONG])
    assert "secretproject" not in f"{news.task!r} {news.problem!r} {news.problem}"
    assert news.problem is not None
    assert "secretproject" not in str(news.problem.body)
