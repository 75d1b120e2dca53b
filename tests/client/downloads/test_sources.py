"""Guards against following a link that may not be followed, and saving what is no picture."""

from pathlib import Path

import pytest

from client.formats import WHOLE
from client.loopback import Received, http
from client.pictures import PNG, failing, fetched, saved_to
from client.play import KINDS, Script, play, succeeded
from imagen4 import DownloadError
from imagen4.core.origins import link_as_sent, may_download
from imagen4.downloads import partial as partial_module
from imagen4.downloads.formats import suffix_of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "content",
    [b"<html>" + b"x" * 99, b"<html></html>", b"%PDF-1.7" + b"x" * 99, b"RIFF0000WAVE" * 9],
)
def test_what_is_not_a_picture_is_refused(kind: str, content: bytes, tmp_path: Path) -> None:
    """By its content: an error page does not become a .png."""
    error = failing(kind, lambda _: http(200, content), tmp_path)
    assert error.message == "What the link holds is not a picture"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("announced", [True, False])
def test_a_picture_too_large_is_refused(
    kind: str, announced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its announced size before a byte is read, else as soon as it is exceeded."""
    monkeypatch.setattr(partial_module, "LARGEST", 5000)
    chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (1000, PNG[:1000]) for _ in range(6)) + b"0\r\n\r\n"
    answer = http(200, PNG) if announced else chunked + body
    error = failing(kind, lambda _: answer, tmp_path)
    assert error.message == "The picture is larger than 5000 bytes"


def test_a_picture_of_just_the_largest_size_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cap is what it says."""
    monkeypatch.setattr(partial_module, "LARGEST", len(PNG))
    path, _, _ = fetched("sync", lambda _: http(200, PNG), saved_to(tmp_path))
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
def test_redirects_are_followed_a_few_times(kind: str, tmp_path: Path) -> None:
    """Also relative ones; pictures are often stored elsewhere."""

    def reply(received: Received) -> bytes:
        hop = int(received.path.strip("/x.png") or 0)
        return http(200, PNG) if hop == 5 else http(302, b"", f"Location: x{hop + 1}\r\n")

    path, server, _ = fetched(kind, reply, saved_to(tmp_path), "/x0")
    assert path.read_bytes() == PNG
    assert server.paths() == [f"/x{hop}" for hop in range(6)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/again", "The picture's link redirects too often"),
        ("http://files.example/1.png", "The picture's link is not an https URL"),
        ("file:///etc/passwd", "The picture's link is not an https URL"),
    ],
)
def test_redirects_lead_only_where_pictures_may_come_from(
    kind: str, location: str, message: str, tmp_path: Path
) -> None:
    """And not for ever."""
    error = failing(kind, lambda _: http(302, b"", f"Location: {location}\r\n"), tmp_path)
    assert error.message == message


@pytest.mark.parametrize("url", ["http://files.example/1.png", "http://127.0.0.1:1/1.png"])
def test_a_url_that_is_not_https_is_not_asked(url: str, tmp_path: Path) -> None:
    """A result is the gateway's word, and may be anything."""
    script = Script(polls=[succeeded("t1", url)])
    with pytest.raises(DownloadError, match="The picture's link is not an https URL"):
        play("sync", script, lambda c: c.job("t1").wait().images[0].save(tmp_path))


def test_what_is_asked_for_is_the_bytes_as_they_are() -> None:
    """A compressed answer could not be resumed."""
    _, server, _ = fetched("sync", lambda _: http(200, PNG), lambda r: r.images[0].read())
    headers = server.requests[0].headers
    assert headers["accept-encoding"] == "identity"
    assert headers["accept"] == "image/*"
    assert "range" not in headers


@pytest.mark.parametrize("head", [*WHOLE.items(), (None, b"GIF88a"), (None, b"")])
def test_the_kind_is_told_by_the_first_bytes(head: tuple[str | None, bytes]) -> None:
    """Of the kinds that image models make."""
    suffix, content = head
    assert suffix_of(content[:64]) == suffix


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://x.example/1.png?sig=a%2Fb", "https://x.example/1.png?sig=a%2Fb"),
        ("HTTPS://x.example/1.png", "HTTPS://x.example/1.png"),
        ("https://x.example/a b.png", "https://x.example/a%20b.png"),
        ("https://x.example/a?b=c d|e", "https://x.example/a?b=c%20d%7Ce"),
        ("https://x.example/\u00fc\n.png\n", "https://x.example/%C3%BC%0A.png"),
        ("http://[::1]/1.png", "http://[::1]/1.png"),
        ("file:///etc/passwd", None),
        ("ftp://x.example/1.png", None),
        ("data:image/png;base64,AA", None),
        ("javascript:alert(1)", None),
        ("//x.example/1.png", None),
        ("1.png", None),
        ("https:///1.png", None),
        ("https://:80/1.png", None),
        ("https://x.example:99999/", None),
        ("https://x y.example/", None),
        ("https://x.example\\@y.example/", None),
        ("https://[::1/", None),
        ("", None),
    ],
)
def test_a_link_is_sent_as_an_url_or_leads_nowhere(url: str, sent: str | None) -> None:
    """What may not stand in one is percent-encoded, the rest left as it is: it may be signed."""
    assert link_as_sent(url) == sent


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/1.png", "always"),
        ("http://127.0.0.1:8000/1.png", "here"),
        ("http://[::1]/1.png", "here"),
        ("http://localhost/1.png", "here"),
        ("http://x.example/1.png", "allowed"),
        ("http://localhost.example/1.png", "allowed"),
    ],
)
def test_pictures_come_by_https_or_from_the_machine_of_the_gateway(url: str, expected: str) -> None:
    """Whatever the gateway calls a result."""
    assert may_download(url, allow_http=True, from_loopback=False)
    assert may_download(url, allow_http=False, from_loopback=False) is (expected == "always")
    assert may_download(url, allow_http=False, from_loopback=True) is (expected != "allowed")
