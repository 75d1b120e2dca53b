"""Guards against reading HTTP 200 as success whatever `code` says, as peers do."""

import pytest

from client.steps import answer
from imagen4 import errors
from imagen4.core.answer import json_value
from imagen4.core.envelope import MEANINGS, error_from_answer, parse_envelope, refusal, whole_number

ABOUT_ANYTHING = {
    400: errors.InvalidRequest,
    401: errors.AuthenticationError,
    402: errors.InsufficientCredits,
    403: errors.AuthenticationError,
    404: errors.UnexpectedResponse,
    405: errors.UnexpectedResponse,
    413: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    433: errors.QuotaExceeded,
    455: errors.GatewayUnavailable,
    499: errors.UnexpectedResponse,
    500: errors.GatewayUnavailable,
    501: errors.GatewayUnavailable,
    505: errors.FeatureDisabled,
    599: errors.GatewayUnavailable,
}
ABOUT_A_TASK = ABOUT_ANYTHING | {
    404: errors.TaskNotFound,
    422: errors.TaskNotFound,
    501: errors.TaskFailed,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (200, 200),
        (0, 0),
        (-5, -5),
        (200.0, 200),
        ("200", 200),
        ("999999999", 999999999),
        (999999999, 999999999),
        ("1000000000", None),
        (10**9, None),
        (200.5, None),
        (True, None),
        (None, None),
        ("", None),
        ("2e2", None),
        ("²", None),
        (float("nan"), None),
        (float("inf"), None),
        ([200], None),
    ],
)
def test_a_code_is_a_whole_number_however_json_spells_it(
    value: object, expected: int | None
) -> None:
    """And nothing else is a code."""
    assert whole_number(value) == expected
    assert not isinstance(whole_number(value), (bool, float))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b"9" * 5000, "\ud800", b"<html>"]
)
def test_what_is_not_json_is_none(text: bytes | str) -> None:
    """However it fails to be JSON."""
    assert json_value(text) is None


def test_an_envelope_is_opened_as_far_as_it_goes() -> None:
    """`message` stands in for `msg`; what is missing is empty."""
    full = parse_envelope(answer({"code": 200, "msg": "success", "data": {"x": 1}}))
    assert (full.code, full.message, full.data) == (200, "success", {"x": 1})
    assert parse_envelope(answer({"message": "other name"})).message == "other name"
    assert parse_envelope(answer({"msg": "", "message": "second"})).message == "second"
    for body in ({"msg": 3}, {}, [], None, "x", 3, b"{"):
        empty = parse_envelope(answer(body))
        assert (empty.code, empty.message, empty.data) == (None, "", None)


@pytest.mark.parametrize(
    ("status", "code", "number"),
    [
        (200, 401, 401),
        (299, 401, 401),
        (300, 200, 300),
        (199, 200, 199),
        (500, 401, 500),
        (200, None, None),
    ],
)
def test_the_http_status_comes_first(status: int, code: int | None, number: int | None) -> None:
    """The body's code counts only where the status calls it a success."""
    assert parse_envelope(answer({"code": code}, status)).verdict == number


@pytest.mark.parametrize(
    ("body", "status", "succeeded"),
    [
        ({"code": 200}, 200, True),
        ({"code": 200, "data": None}, 201, True),
        ({"data": {}}, 200, True),
        ({"data": None}, 200, False),
        ({"code": None, "data": 1}, 200, True),
        ({"code": 201, "data": {}}, 200, False),
        ({"code": 200}, 404, False),
        ({"code": 200}, 302, False),
        (b"", 200, False),
    ],
)
def test_a_success_is_what_both_call_one(body: object, status: int, succeeded: bool) -> None:
    """A code may be missing, since the documents require none, if there is data."""
    envelope = parse_envelope(answer(body, status))
    assert envelope.succeeded is succeeded
    assert (refusal(envelope) is None) is succeeded


@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize("about_task", [False, True])
@pytest.mark.parametrize("code", ABOUT_ANYTHING)
def test_each_number_means_one_error(style: str, about_task: bool, code: int) -> None:
    """As a status and as a code alike."""
    status = 200 if style == "wire" else code
    error = refusal(
        parse_envelope(answer({"code": code, "msg": "why"}, status)), about_task=about_task
    )
    assert type(error) is (ABOUT_A_TASK if about_task else ABOUT_ANYTHING)[code]
    assert error is not None
    assert (error.code, error.http_status) == (code, status)
    assert error.message.removeprefix(f"{MEANINGS.get(type(error))}: ") == "why"


@pytest.mark.parametrize("code", [0, 1, 201, 302, 600, 99999])
def test_an_unknown_code_is_no_success(code: int) -> None:
    """Codes appear without notice."""
    assert (
        type(refusal(parse_envelope(answer({"code": code, "data": {}}))))
        is errors.UnexpectedResponse
    )


def test_a_proxys_501_is_not_a_failed_task() -> None:
    """Only the gateway's own word ends a task."""
    for body in (b"Not implemented", {"code": 500}, {}):
        error = refusal(parse_envelope(answer(body, 501)), about_task=True)
        assert type(error) is errors.GatewayUnavailable


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"code": 402, "msg": "Credits  insufficient\n"}, "Credits insufficient"),
        ({"code": 402}, "The gateway refused without saying why"),
        (b"<html>", "The answer is not the JSON object that the gateways send"),
        ({"code": 402, "msg": "x" * 400}, "x" * 299 + "…"),
        ({"code": 402, "msg": "a\x00b\u202ec"}, "a b c"),
    ],
)
def test_messages_are_one_line_of_the_gateways_own_words(body: object, message: str) -> None:
    """Or ours, where it has none."""
    error = refusal(parse_envelope(answer(body)))
    assert error is not None
    assert error.message == message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), ("0", 0.0), ("999999", 999999.0), ("9999999", None), ("-1", None), ("1.5", None),
     ("", None), ("²", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_in_seconds(header: str, seconds: float | None) -> None:
    """Dates and nonsense count as nothing."""
    error = refusal(parse_envelope(answer({"code": 429}, **{"retry-after": header})))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == seconds
    assert parse_envelope(answer({})).retry_after is None


def test_the_body_is_kept_to_a_length() -> None:
    """Enough to see what it was."""
    error = refusal(parse_envelope(answer(b"x" * 5000)))
    assert error is not None
    assert error.body == "x" * 2000


def test_described_keeps_the_kind_and_the_numbers() -> None:
    """An error about an answer says where it came from."""
    error = error_from_answer(
        errors.TaskFailed, parse_envelope(answer({"code": 7}, 202)), "why", ()
    )
    assert type(error) is errors.TaskFailed
    assert (error.code, error.http_status, error.message, error.body) == (
        7,
        202,
        "why",
        '{"code": 7}',
    )
