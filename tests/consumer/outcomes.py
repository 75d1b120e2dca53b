"""What a call comes to, and whether that is right for the answer it got."""

import json
import math
import re
from typing import Any

import httpx

from client.bench import PNG
from consumer.answers import Reply
from consumer.documents import CREATE, CREDITS, DETAILS, LINK
from consumer.gateway import TASK_ID, Gateway, conforming, first_picture
from imagen4 import DownloadError, Imagen4Error, TaskTimeout

LONGEST_BODY = 2000
FIRST = "https://files.example/1.png"
FRESH = "https://files.example/fresh.png"
PICTURES = httpx.URL(FIRST)
RUNNING = ("waiting", "queuing", "generating")
# Each way of asking, and the operation whose answer it depends on.
CALLS: dict[str, tuple[Any, str]] = {
    "submit": (lambda client: client.submit("prompt-of-the-tests"), CREATE),
    "status": (lambda client: client.job(TASK_ID).status(), DETAILS),
    "wait": (lambda client: client.job(TASK_ID).wait(), DETAILS),
    "credits": (lambda client: client.credits(), CREDITS),
    "read": (first_picture, LINK),
}


def outcome(gateway: str, side: str, call: str, answer: Reply) -> Any:
    """The value that a call gives when its operation answers so, or the error it raises.

    Only the client's own errors are caught: any other one fails the test.
    """
    action, path = CALLS[call]

    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.host == PICTURES.host:
            return picture(request)
        return answer.response() if request.url.path == path else conforming(request)

    try:
        return Gateway(gateway, answering).ask(side, action)
    except Imagen4Error as error:
        return error


def picture(request: httpx.Request) -> httpx.Response:
    """Where pictures are: the first link has expired, the fresh one works."""
    if str(request.url) == FRESH:
        return httpx.Response(200, content=PNG)
    return httpx.Response(410 if str(request.url) == FIRST else 404)


def check(call: str, answer: Reply, found: Any) -> None:
    """A usable result or one typed error, whichever the answer calls for."""
    if isinstance(found, Imagen4Error):
        check_error(call, answer, found)
    else:
        USABLE[call](answer, found)
    expected = succeeds(call, answer)
    failed = isinstance(found, Imagen4Error)
    assert expected is None or expected != failed, (answer, found)


def check_error(call: str, answer: Reply, error: Imagen4Error) -> None:
    """The error is of a kind, and keeps the answer's status, body and code."""
    assert type(error) is not Imagen4Error
    assert error.gateway is not None or call == "read"
    if call == "read":
        unusable = isinstance(field(answer, "data"), str) and not error.http_status
        assert isinstance(error, DownloadError)
        assert unusable or (error.expired, error.http_status) == (True, 410)
        return
    if isinstance(error, TaskTimeout):
        if state_in(answer) in RUNNING and error.__cause__ is None:
            return
        assert isinstance(error.__cause__, Imagen4Error)
        error = error.__cause__
    assert error.http_status == answer.status
    assert error.body == text_of(answer.content)[:LONGEST_BODY]
    code = field(answer, "code")
    assert not (type(code) is int and abs(code) < 10**9) or error.code == code


def text_of(content: bytes) -> str:
    """A body as text, in any encoding of JSON: UTF-16 and UTF-32 are brought to UTF-8."""
    try:
        return content.decode(json.detect_encoding(content).removesuffix("-sig"))
    except UnicodeError:
        return content.decode("utf-8", "replace")


def usable_job(answer: Reply, job: Any) -> None:
    (task_id,) = job.task_ids
    data = field(answer, "data")
    assert task_id.isprintable()
    assert task_id == str(data["taskId"] if isinstance(data, dict) else data)


def usable_tasks(answer: Reply, tasks: Any) -> None:
    (task,) = tasks
    assert task.task_id == TASK_ID
    assert task.state
    assert not task.succeeded or all(isinstance(url, str) and url for url in task.urls)


def usable_result(answer: Reply, result: Any) -> None:
    assert result.task_ids == (TASK_ID,)
    assert result.images
    assert all(image.url and image.url in answer.content.decode() for image in result.images)
    assert state_in(answer) == "success"


def usable_balance(answer: Reply, balance: Any) -> None:
    assert isinstance(balance, float)
    assert math.isfinite(balance)
    assert balance == float(field(answer, "data"))


def usable_picture(answer: Reply, picture: Any) -> None:
    assert picture == PNG
    assert field(answer, "data") == FRESH


USABLE = {
    "submit": usable_job,
    "status": usable_tasks,
    "wait": usable_result,
    "credits": usable_balance,
    "read": usable_picture,
}


def field(answer: Reply, *names: str) -> Any:
    """A field of the answer's body, or None."""
    value = answer.decoded
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def state_in(answer: Reply) -> Any:
    state = field(answer, "data", "state")
    return " ".join(state.split()) if isinstance(state, str) else state


def succeeds(call: str, answer: Reply) -> bool | None:
    """Whether the answer is a success, read a second way; None where either is right."""
    if not 200 <= answer.status < 300:
        return False
    body = answer.decoded if isinstance(answer.decoded, dict) else {}
    code, data = body.get("code"), body.get("data")
    if code not in (None, 200) or type(code) is bool or data is None:
        return None if code in (501, "200") else False
    return PROMISED[call](data)


def promised_id(data: Any) -> bool | None:
    task_id = data.get("taskId") if isinstance(data, dict) else None
    if type(task_id) is int or type(data) in (int, str):  # the id alone, perhaps
        return None
    if isinstance(task_id, str) and re.fullmatch("[!-~]{1,256}", task_id):
        return True
    return None if isinstance(task_id, str) and task_id.isprintable() else False


def promised_picture(data: Any) -> bool | None:
    if not isinstance(data, dict) or data.get("state") != "success":
        return False if not isinstance(data, dict) else None
    if data.get("taskId") not in (None, TASK_ID):
        return None
    urls = Reply(200, str(data.get("resultJson")).encode("utf-8", "replace")).decoded
    found = urls.get("resultUrls") if isinstance(urls, dict) else None
    return True if isinstance(found, list) and found == [FIRST] else None


PROMISED: dict[str, Any] = {
    "submit": promised_id,
    "status": lambda data: None if isinstance(data, dict) else False,
    "wait": promised_picture,
    "credits": lambda data: True if type(data) in (int, float) and abs(data) < 1e300 else None,
    "read": lambda data: data == FRESH,
}
