"""Guards against a notebook that shows no picture, or lets a gateway's words act in it."""

import json
import sys
from base64 import b64encode
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import GATEWAY, PNG, fetched
from client.play import KEY, KINDS, Script, details, play, settled, succeeded

EMBEDDED = f"data:image/png;base64,{b64encode(PNG).decode()}"


class Seen(HTMLParser):
    """The tags with their attributes, and the text, as a browser finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def sources(self) -> list[str | None]:
        return [attrs.get("src") for tag, attrs in self.tags if tag == "img"]

    def links(self) -> list[str | None]:
        return [attrs.get("href") for tag, attrs in self.tags if tag == "a"]


def html_of(shown: Any) -> str:
    bundle = shown._repr_mimebundle_()
    assert bundle == {"text/plain": repr(shown), "text/html": shown._repr_html_()}
    html: str = bundle["text/html"]
    return html


def test_an_image_shows_itself_and_what_is_known_of_it() -> None:
    """Number, seed, task and price beneath the picture itself, which is fetched once."""
    html, server, _ = fetched("sync", lambda _: http(200, PNG), lambda r: html_of(r[0]))
    seen = Seen(html)
    assert seen.sources() == [EMBEDDED]
    assert seen.text == "picture 1 · task t1 · 8 credits ($0.04) by the price list"
    assert seen.links() == []
    assert len(server.requests) == 1


def test_a_result_shows_its_images_and_what_they_cost() -> None:
    """As it was charged where the gateway says so; each picture is fetched once."""
    with Loopback(lambda _: http(200, PNG)) as server:
        urls = f'{{"resultUrls": ["{server.url}/1", "{server.url}/2"]}}'
        about = {"resultJson": urls, "creditsConsumed": 6, "costTime": 12}
        script = Script(polls=[details("t1", "success", **about)])
        result = play("sync", script, lambda c: c.job("t1").wait(), base_url=GATEWAY)
        seen = Seen(html_of(result))
    assert seen.sources() == [EMBEDDED, EMBEDDED]
    assert seen.text.startswith("2 pictures of kie · google/imagen4 · 12 s · 6 credits ($0.03)pict")
    assert seen.text.endswith("picture 2 · task t1 · 6 credits ($0.03) for 2 pictures")
    assert sorted(server.paths()) == ["/1", "/2"]


def test_a_picture_that_cannot_be_fetched_is_its_link_and_the_reason() -> None:
    """The others are shown; nothing is raised in the face of who looks at them."""

    def reply(received: Received) -> bytes:
        return http(200, PNG) if received.path == "/1" else http(404)

    settings = {"gateway": "apikley"}
    html, server, _ = fetched("sync", reply, html_of, "/1", "/2", **settings)
    seen = Seen(html)
    assert seen.sources() == [EMBEDDED]
    assert seen.links() == [f"{server.url}/2"]
    assert "The picture cannot be fetched: the link has expired, or never worked" in seen.text


def test_async_pictures_are_shown_as_they_were_read_else_by_their_link() -> None:
    """Nothing can be awaited there, so the browser fetches what was not read."""

    async def action(result: Any) -> str:
        await settled(result[0].read())
        return html_of(result)

    html, server, _ = fetched("async", lambda _: http(200, PNG), action, "/1", "/2")
    seen = Seen(html)
    assert seen.sources() == [EMBEDDED, f"{server.url}/2"]
    assert "picture 2 · task t1 · 8 credits ($0.04) by the price list for 2 pictures" in seen.text
    assert seen.text.endswith("not read yet")
    assert server.paths() == ["/1"]


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_gateway_says_is_text_and_never_markup(kind: str) -> None:
    """Ids, seeds, models and links: whatever tags they hold are shown, not followed."""
    with Loopback(lambda _: http(404)) as server:
        links = json.dumps({"resultUrls": [f"{server.url}/1.png?{HOSTILE}"]})
        about = {"resultJson": links, "model": HOSTILE, "param": {"input": {"seed": HOSTILE}}}
        script = Script(polls=[details(HOSTILE, "success", **about)])
        settings = {"base_url": GATEWAY, "gateway": "apikley"}
        result = play(kind, script, lambda c: c.job(HOSTILE).wait(), **settings)
        seen = Seen(html_of(result))
    shown = {"sync": {"a", "br"}, "async": {"img"}}[kind]
    assert {tag for tag, _ in seen.tags} == {"div", "p", "figure", "figcaption", *shown}
    names = {name for _, attrs in seen.tags for name in attrs}
    assert names <= {"src", "alt", "href", "rel", "target", "style", "referrerpolicy"}
    assert seen.text.count(HOSTILE) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_is_in_nothing_that_is_shown(kind: str) -> None:
    """A notebook is handed on, with all that it shows: also of a gateway that repeats the key."""
    about = {"param": {"input": {"seed": f"7 {KEY}"}}, "model": f"model {KEY}"}
    links = json.dumps({"resultUrls": [f"https://127.0.0.1:1/{KEY}.png"]})
    script = Script(polls=[details("t1", "success", resultJson=links, **about)])
    html = html_of(play(kind, script, lambda c: c.job("t1").wait(), gateway="apikley"))
    assert "seed 7 [hidden]" in Seen(html).text
    assert KEY not in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_we_would_not_follow_is_not_offered(kind: str) -> None:
    """Nor given to a browser, which would."""
    script = Script(polls=[succeeded("t1", "http://files.example/1.png")])
    result = play(kind, script, lambda c: c.job("t1").wait(), gateway="apikley")
    seen = Seen(html_of(result))
    assert (seen.sources(), seen.links()) == ([], [])


class Notebook:
    """Stands in for IPython, as far as it says what it shows."""

    def __init__(self, *shown: str) -> None:
        self.displayed: list[object] = []
        self.display = SimpleNamespace(display=self.displayed.append)
        formats = SimpleNamespace(active_types=list(shown))
        self._shell = SimpleNamespace(display_formatter=formats)

    def get_ipython(self) -> Any:
        return self._shell


def test_in_a_terminal_nothing_is_downloaded_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """There IPython asks for the same, and shows none of it."""
    monkeypatch.setitem(sys.modules, "IPython", Notebook("text/plain"))
    bundle, server, _ = fetched("sync", lambda _: http(200, PNG), lambda r: r._repr_mimebundle_())
    assert bundle == {"text/plain": "<Result kie t1: 1 picture>"}
    assert server.requests == []


def test_only_what_is_asked_for_is_made() -> None:
    """IPython names types to leave out, or the only ones to take."""
    for wanted in ({"exclude": ["text/html"]}, {"include": ["text/plain", "image/png"]}):
        bundle, server, _ = fetched(
            "sync", lambda _: http(200, PNG), lambda r, w=wanted: r[0]._repr_mimebundle_(**w)
        )
        assert list(bundle) == ["text/plain"]
        assert server.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_show_in_a_notebook_is_beneath_the_cell(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture is read before, which only then can be awaited; Pillow is not needed."""
    notebook = Notebook("text/plain", "text/html")
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)

    async def action(result: Any) -> Any:
        await settled(result[0].show())
        return Seen(html_of(result[0]))

    seen, _, _ = fetched(kind, lambda _: http(200, PNG), action)
    assert seen.sources() == [EMBEDDED]
    assert len(notebook.displayed) == 1
