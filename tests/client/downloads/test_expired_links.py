"""Guards against losing a picture whose link expired though kie gives a fresh one."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG, failing, fetched, saved_to
from client.play import KEY, KINDS, envelope, play, settled, succeeded
from imagen4 import DownloadError


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_expired_link_says_so(kind: str, status: int, tmp_path: Path) -> None:
    """On a gateway without fresh links that is the end of it."""
    error = failing(kind, lambda _: http(status), tmp_path, gateway="apikley")
    assert (error.expired, error.http_status) == (True, status)
    assert error.message == ("The picture cannot be fetched: the link has expired, or never worked")


@pytest.mark.parametrize("kind", KINDS)
def test_on_kie_a_fresh_link_is_asked_for_once(kind: str, tmp_path: Path) -> None:
    """With the key, from the gateway, which names the new link; the picture comes without it."""

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/fresh" else http(403)

    path, server, script = fetched(
        kind, reply, saved_to(tmp_path), others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert path.read_bytes() == PNG
    assert server.paths() == ["/1.png", "/fresh"]
    (asked,) = script.sent("download-url")
    assert (asked.method, asked.content) == ("POST", f'{{"url":"{server.url}/1.png"}}'.encode())
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert all("authorization" not in each.headers for each in server.requests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "answer",
    [envelope(422, None, "url is wrong"), envelope(401), envelope(200, None), envelope(200, 7),
     envelope(500, status=500), TimeoutError("x")],
    ids=str,
)  # fmt: skip
def test_without_a_fresh_link_the_link_has_expired(kind: str, answer: Any, tmp_path: Path) -> None:
    """Whatever the gateway says instead, the error is about the picture."""
    error = failing(kind, lambda _: http(404), tmp_path, others=[answer])
    assert error.expired


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_link_that_has_expired_is_the_end(kind: str, tmp_path: Path) -> None:
    """It is asked for once, not for ever."""
    error = failing(
        kind, lambda _: http(410), tmp_path, others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert error.expired


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("link", ["http://files.example/1.png", "file:///etc/passwd"])
def test_a_fresh_link_may_not_lead_elsewhere_either(kind: str, link: str, tmp_path: Path) -> None:
    """It is the gateway's word like the first."""
    error = failing(kind, lambda _: http(410), tmp_path, others=[envelope(200, link)])
    assert error.message == "The picture's link is not an https URL"


@pytest.mark.parametrize("kind", KINDS)
def test_an_expired_link_is_one_also_after_the_client_was_closed(kind: str, tmp_path: Path) -> None:
    """A fresh link needs an open client; without it, the link has expired."""

    def reply(received: Received) -> bytes:
        return http(200, task.content) if "recordInfo" in received.path else http(403)

    with Loopback(reply) as server:
        task = succeeded("t1", f"{server.url}/1.png")
        result = play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url)
        with pytest.raises(DownloadError) as caught:
            asyncio.run(settled(result.images[0].save(tmp_path)))
    assert (caught.value.expired, caught.value.http_status) == (True, 403)
    assert "POST" not in [each.method for each in server.requests]


EXPIRED = [
    b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
    b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
    b'{"statusCode":"400","error":"InvalidJWT","message":"\\"exp\\" claim timestamp check failed"}',
    b'{"error": {"code": 400, "message": "Signature EXPIRED"}}' + b" " * 9000,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("body", EXPIRED, ids=["GCS", "S3", "Supabase", "large"])
def test_an_expired_link_may_be_told_by_the_body(
    kind: str, status: int, body: bytes, packed: bool, tmp_path: Path
) -> None:
    """A fresh one is asked for as after 403; a body that breaks off is asked for again."""
    said = http(status, gzip.compress(body), "Content-Encoding: gzip\r\n")
    said = said if packed else http(status, body)
    answers = [http(status, body[:9], "Connection: close\r\n", length=99), said]

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/fresh" else answers.pop(0)

    path, server, _ = fetched(
        kind, reply, saved_to(tmp_path), others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert path.read_bytes() == PNG
    assert server.paths() == ["/1.png", "/1.png", "/fresh"]


SAID = {
    "Azure": (400, b"<Message>Signature not valid in the specified time frame</Message>"),
    "Qiniu": (401, b'{"error":"token out of date"}'),
    "nothing there": (400, b'{"statusCode":"404","error":"not_found"}'),
    "S3, nothing there": (400, b"<Code>NoSuchKey</Code>"),
    "Chinese": (400, '{"msg":"链接已过期"}'.encode()),
    "unusual": (498, b"Token expired"),
    "a page": (200, b"<!doctype html><title>Gone</title>" + b" " * 99 + b"This link has expired."),
    "a short one": (200, b'{"msg":"expired"}'),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", SAID)
def test_an_expired_link_is_told_in_many_words(kind: str, said: str, tmp_path: Path) -> None:
    """With any status of a refusal; or of success, by a page for people where a picture was."""

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/fresh" else http(*SAID[said])

    path, server, _ = fetched(
        kind, reply, saved_to(tmp_path), others=[lambda url: envelope(200, f"{url}/fresh")]
    )
    assert path.read_bytes() == PNG
    assert server.paths() == ["/1.png", "/fresh"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_to_log_in_that_speaks_of_what_expired_is_told_as_that_page(
    kind: str, tmp_path: Path
) -> None:
    """One fresh link is asked for, which is free; where that does not help, links may be good."""
    page = b"<!doctype html><title>Sign in</title>" + b" " * 99 + b"Your login has Expired."
    error = failing(
        kind,
        lambda _: http(200, page, "Content-Type: text/html\r\n"),
        tmp_path,
        others=[lambda url: envelope(200, f"{url}/fresh")],
    )
    what = "What the link holds is not a picture that is known here, but text/html"
    assert (error.message, error.expired) == (f"{what}, and says 'Expired'", True)


@pytest.mark.parametrize("kind", KINDS)
def test_another_refusal_is_not_that_of_an_expired_link(kind: str, tmp_path: Path) -> None:
    """It is final, and no fresh link is asked for."""

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/fresh" else http(400, b"<Code>Other</Code>")

    error = failing(kind, reply, tmp_path, others=[lambda url: envelope(200, f"{url}/fresh")])
    assert (error.expired, error.http_status) == (False, 400)
    assert error.message == "The picture cannot be fetched: unexpected status"
