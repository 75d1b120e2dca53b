"""A stand-in that lets a bad request pass hides it until the first paid one."""

import json
from typing import Any

import pytest

from consumer.documents import inputs
from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH, DETAILS_PATH, LINK_PATH
from sandbox.conftest import Asker

MODEL = "google/imagen4"
OTHER = {"kie": "sandbox-apikley-key", "apikley": "sandbox-kie-key"}


def with_input(**inputs: Any) -> dict[str, Any]:
    return {"model": MODEL, "input": {"prompt": "a fox", **inputs}}


BAD_BODIES = {
    "no model": {"input": {"prompt": "a fox"}},
    "null model": {"model": None, "input": {"prompt": "a fox"}},
    "no prompt": {"model": MODEL, "input": {}},
    "null prompt": with_input(prompt=None),
    "seed a number": with_input(seed=7),
    "unknown ratio": with_input(aspect_ratio="0:0"),
    "input a text": {"model": MODEL, "input": "a fox"},
    "callback no URL": {**with_input(), "callBackUrl": "not a url"},
    "a list": [with_input()],
    "a text": "a fox",
    "null": None,
}


def too_long(gateway: str) -> dict[str, dict[str, Any]]:
    """A body for each text of the document that is one character longer than it may be."""
    limits = {name: schema.get("maxLength") for name, schema in inputs(gateway).items()}
    return {
        f"{name} too long in {one}": with_input(**{name: one * (most + 1)})
        for name, most in limits.items()
        for one in "xé𝔸"
        if most
    }


NOT_JSON = {
    "empty": b"",
    "cut off": b'{"model": "google/imagen4"',
    "NaN": b'{"model": "google/imagen4", "input": {"prompt": "a", "x": NaN}}',
    "infinite": b'{"model": "google/imagen4", "input": {"prompt": "a", "x": 1e999}}',
    "name twice": b'{"model": "google/imagen4", "model": "google/imagen4"}',
    "no UTF-8": b'{"model": "google/imagen4", "input": {"prompt": "\xff"}}',
    "UTF-16": json.dumps(with_input()).encode("utf-16"),
    "half a surrogate pair": b'{"model": "google/imagen4", "input": {"prompt": "\\ud800"}}',
    "too deep": b"[" * 100_000,
    "too deep to be checked": b"[" * 900 + b"]" * 900,
    "a number too long": b"9" * 10_000,
}
JSON_TYPE = {"content-type": "application/json"}


def test_bodies_that_break_the_document_are_refused(ask: Asker, profile: str) -> None:
    """Code 500 on the wire, a real 422 as documented; nothing is created or paid."""
    expected = {"observed": (200, 500), "documented": (422, 422)}[profile]
    for name, body in (BAD_BODIES | too_long(ask.gateway)).items():
        answer = ask.send("POST", CREATE_PATH, json=body)
        assert (answer.status_code, answer.json()["code"]) == expected, name
    assert ask.send("GET", CREDITS_PATH).json()["data"] == 100_000.0


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_no_json_is_refused(ask: Asker, profile: str, name: str) -> None:
    """However hostile the bytes are, the answer is an envelope."""
    expected = {"observed": 500, "documented": 422}[profile]
    answer = ask.send("POST", CREATE_PATH, content=NOT_JSON[name], headers=JSON_TYPE)
    assert answer.json()["code"] == expected


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin-1"],
)
def test_other_content_types_are_refused(ask: Asker, profile: str, content_type: str) -> None:
    """A right body under a wrong name is not looked at."""
    content = json.dumps(with_input()).encode()
    answer = ask.send("POST", CREATE_PATH, content=content, headers={"content-type": content_type})
    assert answer.json()["code"] == {"observed": 500, "documented": 422}[profile]


@pytest.mark.parametrize(
    "body",
    [
        with_input(prompt="𝔸" * 5_000),
        with_input(prompt=""),
        with_input(seed="", negative_prompt="", aspect_ratio="4:3"),
        with_input(unheard_of={"of": [None, 1e300]}),
        {**with_input(), "callBackUrl": "https://example.com/a?b=c#d", "priority": 1},
        {"model": MODEL},
    ],
    ids=[
        "longest prompt",
        "empty prompt",
        "empty options",
        "unknown input",
        "unknown field",
        "bare",
    ],
)
def test_what_the_document_allows_is_accepted(ask: Asker, profile: str, body: Any) -> None:
    """Lengths count characters, unknown fields are passed over, `input` is not required."""
    assert ask.send("POST", CREATE_PATH, json=body).json()["code"] == 200


def test_num_images_is_checked_where_the_gateway_has_it(kie: Asker, apikley: Asker) -> None:
    """It takes the texts 1 to 4 only; one without the field passes it over."""
    for ask in (kie, apikley):
        code = 500 if "num_images" in inputs(ask.gateway) else 200
        for bad in (4, "5", "0", None):
            answer = ask.send("POST", CREATE_PATH, json=with_input(num_images=bad))
            assert answer.json()["code"] == code


def test_an_unknown_model_is_named_as_the_reason(ask: Asker, profile: str) -> None:
    """Code 422 in both profiles, not the 500 of another bad parameter."""
    answer = ask.send("POST", CREATE_PATH, json={**with_input(), "model": "google/imagen5"}).json()
    assert answer["code"] == 422
    assert "not supported" in answer["msg"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", CREATE_PATH), ("GET", f"{DETAILS_PATH}?taskId=x"), ("GET", CREDITS_PATH)],
)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        "Basic {key}",
        "{key}",
        "Bearer {key}x",
        "Bearer {other}",
    ],
)
def test_any_other_key_is_refused_and_not_repeated(
    ask: Asker, profile: str, method: str, path: str, header: str | None
) -> None:
    """Missing, empty, wrong, in another scheme, or the other gateway's: 401 without `data`."""
    key, other = ask.sandbox.key(ask.gateway), OTHER[ask.gateway]
    given = {} if header is None else {"authorization": header.format(key=key, other=other)}
    url = ask.sandbox.url(ask.gateway) + path
    answer = ask.http.request(method, url, headers=given, json=with_input())
    assert answer.status_code == {"observed": 200, "documented": 401}[profile]
    assert answer.json()["code"] == 401
    assert "data" not in answer.json()
    assert "key" not in answer.text


def test_two_authorization_headers_are_refused(ask: Asker) -> None:
    """Which of them would hold is a question a proxy may answer differently."""
    headers = [("authorization", f"Bearer {ask.sandbox.key(ask.gateway)}")] * 2
    answer = ask.http.get(ask.sandbox.url(ask.gateway) + CREDITS_PATH, headers=headers)
    assert answer.json()["code"] == 401


def test_an_unknown_task_is_refused_in_the_profiles_way(ask: Asker, profile: str) -> None:
    """On the wire 422 `recordInfo is null`, in the documents 404."""
    answer = ask.send("GET", DETAILS_PATH, params={"taskId": "never-created"})
    seen = {"code": 422, "msg": "recordInfo is null", "data": None}
    promised = {"code": 404, "msg": "Task not found"}
    assert answer.json() == {"observed": seen, "documented": promised}[profile]
    assert answer.status_code == {"observed": 200, "documented": 404}[profile]


def test_a_poll_without_task_id_is_refused(ask: Asker, profile: str) -> None:
    """Neither absent nor empty."""
    assert ask.send("GET", DETAILS_PATH).json()["code"] == 422
    empty = ask.send("GET", DETAILS_PATH, params={"taskId": ""}).json()["code"]
    assert empty == {"observed": 422, "documented": 404}[profile]


def test_unknown_paths_and_methods_are_refused_with_real_statuses(ask: Asker, profile: str) -> None:
    """404 and 405, in both profiles; 405 says what is allowed."""
    assert ask.send("GET", "/api/v1/jobs/other").status_code == 404
    assert ask.send("POST", f"{CREATE_PATH}/").status_code == 404
    refused = ask.send("PUT", CREATE_PATH, json=with_input())
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"
    assert ask.send("POST", DETAILS_PATH).json()["code"] == 405


def test_apikley_has_no_download_url(kie: Asker, apikley: Asker) -> None:
    """The operation exists where the gateway's document has it."""
    body = {"url": "https://example.com/a.png"}
    assert apikley.send("POST", LINK_PATH, json=body).status_code == 404
    assert kie.send("POST", LINK_PATH, json=body).json()["code"] == 422


def test_every_answer_is_strict_json_of_the_right_type(ask: Asker, profile: str) -> None:
    """application/json, whatever was asked; with the charset that was seen."""
    expected = {"observed": "application/json;charset=UTF-8", "documented": "application/json"}
    answers = [
        ask.send("POST", CREATE_PATH, json=with_input()),
        ask.send("POST", CREATE_PATH, content=b"\x00"),
        ask.send("GET", DETAILS_PATH),
        ask.send("GET", "/nowhere"),
        ask.send("DELETE", CREDITS_PATH),
    ]
    for answer in answers:
        assert answer.headers["content-type"] == expected[profile]
        assert set(answer.json()) <= {"code", "msg", "data"}
