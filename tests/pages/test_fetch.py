"""The failure this prevents: fetching a page leads to another host, or never ends."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from pages.errors import PageError
from pages.fetch import addresses, fetch

URL = "https://docs.example.com/a.md"
Answer = Callable[[httpx.Request], httpx.Response]


def _fetch(answer: Answer, url: str = URL, clock: Callable[[], float] = lambda: 0.0) -> bytes:
    return fetch(url, transport=httpx.MockTransport(answer), clock=clock)


def _endless() -> Iterator[bytes]:
    for _ in range(100):
        yield b"x" * 1_000_000


def test_a_page_is_fetched_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request carries no key, whatever the environment holds."""
    monkeypatch.setenv("KIE_API_KEY", "secret")
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"page", headers={"set-cookie": "a=b"})

    assert _fetch(answer) == b"page"
    assert "authorization" not in seen[0].headers
    assert "secret" not in str(seen[0].headers)


def test_a_redirect_on_the_same_host_is_followed() -> None:
    """A page that moved on its host is found."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a.md":
            return httpx.Response(302, headers={"location": "/b.md"})
        return httpx.Response(200, content=b"moved")

    assert _fetch(answer) == b"moved"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            lambda r: httpx.Response(302, headers={"location": "https://b.example/a"}),
            "another host",
        ),
        (lambda r: httpx.Response(302, headers={"location": "http://docs.example.com/"}), "https"),
        (lambda r: httpx.Response(302, headers={"location": "/a.md"}), "redirects"),
        (lambda r: httpx.Response(404), "404"),
        (lambda r: httpx.Response(200, content=_endless()), "bytes"),
    ],
)
def test_what_is_no_page_is_refused(answer: Answer, reason: str) -> None:
    """Another host, plain http, loops, errors and endless answers end in one line."""
    with pytest.raises(PageError, match=reason):
        _fetch(answer)


def test_no_network_is_said_so() -> None:
    """A connection that cannot be made is an error in words."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(PageError, match="cannot be fetched: no route"):
        _fetch(answer)


def test_a_slow_page_is_given_up() -> None:
    """The deadline holds for the whole page, not for one chunk."""
    times = iter([0.0, *[100.0] * 10])
    with pytest.raises(PageError, match="seconds"):
        _fetch(lambda r: httpx.Response(200, content=b"x"), clock=lambda: next(times))


@pytest.mark.parametrize("url", ["http://a.example/", "ftp://a/", "https://u:p@a.example/", "a"])
def test_only_plain_https_addresses(url: str) -> None:
    """No other scheme and no credentials in the address."""
    with pytest.raises(PageError):
        fetch(url)


def test_markdown_is_asked_for_first() -> None:
    """The page is looked for as Markdown, then as HTML."""
    assert addresses("https://a.example/b") == ["https://a.example/b.md", "https://a.example/b"]
    assert addresses("https://a.example/b.md") == ["https://a.example/b.md", "https://a.example/b"]
