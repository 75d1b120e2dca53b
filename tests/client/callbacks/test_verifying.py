"""Guards against believing a forged or old callback, as clients with another rule do."""

import base64
import hashlib
import hmac
import inspect
import io
import json
from collections import UserDict
from collections.abc import Callable
from http.client import HTTPMessage
from typing import Any

import pytest
from starlette.datastructures import Headers as StarletteHeaders

from client.signed_callbacks import BODY, NOW, WEBHOOK_KEY, signed
from imagen4 import InvalidRequest, callbacks


def verified(
    headers: Any = None, body: bytes | str = BODY, key: str = WEBHOOK_KEY, **more: Any
) -> bool:
    headers = signed() if headers is None else headers
    return callbacks.verify(headers, body, key, **{"now": lambda: NOW} | more)


def test_a_genuine_callback_is_verified() -> None:
    """base64(HMAC-SHA256(key, taskId + "." + timestamp)), whatever form the headers have."""
    headers = signed()
    assert headers["X-Webhook-Signature"] == "K5YREoFGW5T1mw0aFTXR7RAL0hmhpyHlyqNIyTcGx10="
    assert verified(headers)
    assert verified({name.lower(): value for name, value in headers.items()})
    assert verified(list(headers.items()))
    assert verified([(name.lower().encode(), value.encode()) for name, value in headers.items()])
    assert verified(body=BODY.encode())


def of_http_server(headers: dict[str, str]) -> object:
    message = HTTPMessage()
    for name, value in headers.items():
        message[name] = value
    return message


def of_wsgi(headers: dict[str, str]) -> dict[str, object]:
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return named | {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "5"}


FORMS: dict[str, Callable[[dict[str, str]], Any]] = {
    "http.server": of_http_server,
    "wsgiref": of_wsgi,
    "starlette": StarletteHeaders,
    "a mapping of one's own": UserDict,
    "lists": lambda headers: {name: [value] for name, value in headers.items()},
    "what a proxy sent twice": lambda headers: {k: (v, v) for k, v in headers.items()},
    "numbers": lambda headers: {k: int(v) if v.isdecimal() else v for k, v in headers.items()},
    "bytes": lambda headers: {name.encode(): value.encode() for name, value in headers.items()},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_headers_are_taken_as_web_frameworks_have_them(form: Callable[..., Any]) -> None:
    """Genuine or not: what no `get` finds would be refused without a word."""
    assert verified(form(signed()))
    assert not verified(form(signed(key="another")))
    assert not verified(form({}))


@pytest.mark.parametrize("headers", [7, "X-Webhook-Signature: x", [1], [("a", "b", "c")], b"ab"])
def test_what_are_no_headers_is_said(headers: Any) -> None:
    """Instead of a refusal that nobody understands."""
    with pytest.raises(InvalidRequest, match="headers of a callback are a mapping, or pairs"):
        verified(headers)


@pytest.mark.parametrize("around", ["{}\n", " {}", "{}\r\n", "\ufeff{}\n", '"{}"', "'{}'\r\n"])
def test_a_key_read_from_a_file_has_more_around_it(around: str) -> None:
    """Line ends, an editor's mark, the quotes of an env-file: they are no part of the key."""
    assert verified(key=around.format(WEBHOOK_KEY))


@pytest.mark.parametrize("tolerance", [None, "300", -1, float("nan")])
def test_an_age_limit_is_a_number_of_seconds(tolerance: Any) -> None:
    """Also when the signature would not do anyway."""
    for headers in (signed(), {}):
        with pytest.raises(InvalidRequest, match="tolerance must be a number of seconds"):
            verified(headers, tolerance=tolerance)


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


def test_space_around_a_header_is_none_of_it() -> None:
    """Some servers hand it on; what was signed is the value."""
    assert verified({name: f" {value}\t" for name, value in signed().items()})


@pytest.mark.parametrize("key", ["", " ", "\n", '""', "\ufeff", None, b"", b"whk-1234", 7])
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
