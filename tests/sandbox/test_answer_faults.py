"""What each fault makes of the answer to a request, and whether the task exists."""

import json

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH, DETAILS_PATH, LINK_PATH
from imagen4.sandbox.faults import FAULTS
from sandbox.conftest import Asker
from sandbox.faulty import BODY, IMPATIENT, faulty_create, tasks
from waiting import until

CODES = sorted(name for name in FAULTS if name.startswith("code-"))


@pytest.mark.parametrize("name", CODES)
def test_every_documented_code_can_be_had_on_every_operation(
    kie: Asker, profile: str, name: str
) -> None:
    """In the profile's style, without the request being carried out."""
    code = int(name.removeprefix("code-"))
    requests = [
        ("POST", CREATE_PATH),
        ("GET", f"{DETAILS_PATH}?taskId=x"),
        ("GET", CREDITS_PATH),
        ("POST", LINK_PATH),
    ]
    for method, path in requests:
        kie.sandbox.fault(name)
        answer = kie.send(method, path, json=BODY)
        assert answer.json()["code"] == code
        assert answer.status_code == {"observed": 200, "documented": code}[profile]
    assert tasks(kie.sandbox) == 0


def test_the_codes_are_those_of_the_documents_and_of_newer_pages() -> None:
    """All but 200, and 408 and 433, which the two documents do not list."""
    assert {int(name[5:]) for name in CODES} == {
        401, 402, 404, 408, 422, 429, 433, 455, 500, 501, 505,
    }  # fmt: skip


def test_a_code_can_come_as_any_http_status(kie: Asker) -> None:
    """Gateways differ: the envelope says one thing, a proxy in front may say another."""
    answer = faulty_create(kie, "code-500", status=503, message="down")
    assert (answer.status_code, answer.json()["msg"]) == (503, "down")


def test_without_an_answer_the_task_exists_all_the_same(kie: Asker) -> None:
    """The worst case for money: accepted, paid for, and nobody says so."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending"):
        faulty_create(kie, "no-answer", seconds=0.05)
    assert tasks(kie.sandbox) == 1
    assert kie.sandbox.requests[-1].status is None


def test_silence_outlasts_an_impatient_client(kie: Asker) -> None:
    """Until then not a byte comes."""
    with pytest.raises(httpx.ReadTimeout):
        create_impatiently(kie)
    until(lambda: tasks(kie.sandbox) == 1)


def create_impatiently(kie: Asker) -> None:
    kie.sandbox.fault("no-answer")
    kie.send("POST", CREATE_PATH, json=BODY, timeout=IMPATIENT)


def test_a_reset_comes_after_receipt(kie: Asker) -> None:
    """TCP RST, with the task created."""
    with pytest.raises(httpx.ReadError, match="reset"):
        faulty_create(kie, "reset")
    assert tasks(kie.sandbox) == 1


def test_a_cut_answer_ends_before_its_length(kie: Asker) -> None:
    """The connection closes half-way through the body."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        faulty_create(kie, "cut-body")
    assert tasks(kie.sandbox) == 1


def test_latency_comes_before_the_right_answer(kie: Asker) -> None:
    """Late, but whole."""
    answer = faulty_create(kie, "latency", seconds=0.05)
    assert answer.elapsed.total_seconds() >= 0.05
    assert answer.json()["code"] == 200


@pytest.mark.parametrize("name", ["cut-json", "bad-json", "bad-utf8", "empty-body"])
def test_broken_json_is_declared_as_json(kie: Asker, name: str) -> None:
    """And cannot be read; the task exists."""
    answer = faulty_create(kie, name)
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    with pytest.raises(ValueError):
        json.loads(answer.content.decode())
    assert tasks(kie.sandbox) == 1


def test_wrong_json_is_no_envelope(kie: Asker) -> None:
    """A list, and a success without data."""
    assert isinstance(faulty_create(kie, "wrong-json").json(), list)
    assert faulty_create(kie, "null-data").json() == {"code": 200, "msg": "success", "data": None}


def test_a_proxy_answers_html(kie: Asker) -> None:
    """502 unless told otherwise."""
    answer = faulty_create(kie, "html")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert faulty_create(kie, "html", status=503).status_code == 503


def test_a_redirect_leads_to_another_origin(kie: Asker) -> None:
    """Nothing is created on the way."""
    answer = faulty_create(kie, "redirect", to="http://127.0.0.1:9/x")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://127.0.0.1:9/x")
    assert tasks(kie.sandbox) == 0
