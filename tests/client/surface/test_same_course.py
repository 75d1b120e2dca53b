"""Guards against twins of which one learns something that the other does not."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import KEY, KINDS, PROMPT, QUICK, created, play, settled, succeeded
from client.raw_answers import BALANCE
from imagen4 import Imagen4Error

REFUSED = json.dumps({"code": 402, "msg": f"no credits for {PROMPT}", "data": None}).encode()
ANSWERS = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nConnection: close\r\nConte",
    "too short": http(200, b'{"code":200,"data":{"taskId":"t', "Connection: close\r\n", length=99),
    "too long": http(200, REFUSED + b"HTTP/1.1 200 OK\r\n\r\n", length=len(REFUSED)),
    "no gzip": http(200, REFUSED, "Content-Encoding: gzip\r\n"),
    "refused": http(200, REFUSED),
    "busy": http(429, b"<html>slow down", "Retry-After: 7\r\n"),
    "broken": http(500, f"<html>{KEY}".encode()),
    "elsewhere": http(302, b"", "Location: ftp://elsewhere.example/\r\n"),
    "expired": http(403, b"<Error>Request has expired</Error>"),
    "unknown": http(200, b'{"code":299,"msg":null,"data":[]}'),
}
STAGES = ("createTask", "recordInfo", "credit", "download-url", ".png")


def good(received: Received, url: str) -> bytes:
    """The link expires once, so that a fresh one is asked for."""
    if ".png" in received.path:
        return http(403) if "old" in received.path else http(200, PNG)
    if "download-url" in received.path:
        return http(200, json.dumps({"code": 200, "data": f"{url}/new.png"}).encode())
    if "credit" in received.path:
        return BALANCE
    answer = created("t1") if received.method == "POST" else succeeded("t1", f"{url}/old.png")
    return http(200, answer.content)


def plain(value: object) -> object:
    """A result, or an error with all that is on it."""
    if isinstance(value, BaseException):
        known = {name: plain(each) for name, each in vars(value).items() if name != "job"}
        known |= {"job": repr(getattr(value, "job", None)).replace("Async", "")}
        return type(value), str(value), known, plain(value.__cause__)
    return repr(value)


def course(kind: str, stage: str, bad: bytes, folder: Path) -> Any:
    """All that is sent, told, raised and saved, where that comes first at a stage."""
    told: list[Any] = []
    came: list[Any] = []

    def reply(received: Received) -> bytes:
        first = stage in received.path and not any(stage in each for each in server.paths()[:-1])
        return bad if first else good(received, server.url)

    async def steps(client: Any) -> None:
        asks: tuple[Callable[[], Any], ...] = (
            client.credits,
            lambda: client.generate(PROMPT, seed=3),
            lambda: came[1][0].save(folder),
        )
        for ask in asks:
            try:
                came.append(await settled(ask()))
            except (Imagen4Error, TypeError) as error:  # the second where there is no picture
                came.append(error)

    with Loopback(reply) as server:
        play(kind, None, steps, base_url=server.url, polling=QUICK, on_event=told.append)
        events = [repr(replace(each, job_id="")) for each in told]
        seen = [events, [plain(each) for each in came], server.requests, sorted(folder.iterdir())]
    gone = {str(folder): "FOLDER", server.url: "URL", server.url[7:]: "HOST"}
    text = re.sub("|".join(map(re.escape, gone)), lambda found: gone[found[0]], repr(seen))
    return re.sub("Async|datetime.datetime[^)]*|(?<= sent at )[-0-9: ]+|job [0-9a-f]{16}", "", text)


@pytest.mark.parametrize("stage", STAGES)
def test_both_clients_send_tell_and_raise_the_same(stage: str, tmp_path: Path) -> None:
    """Whatever the gateway, or the pictures' host, answers to which request."""
    for name, bad in ANSWERS.items():
        courses = []
        for kind in KINDS:
            folder = tmp_path / name / kind
            folder.mkdir(parents=True)
            courses.append(course(kind, stage, bad, folder))
        assert courses[0] == courses[1], name
