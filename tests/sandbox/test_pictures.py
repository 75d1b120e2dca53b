"""Pictures and links: what a client saves must be worth opening, and must run out in time."""

import io
import json
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from imagen4.facts.protocol import LINK_PATH
from sandbox.conftest import Asker

HOUR = 3600.0


def urls(ask: Asker, prompt: str = "a red fox", **inputs: str) -> list[str]:
    result: list[str] = json.loads(ask.finished(prompt, **inputs)["resultJson"])["resultUrls"]
    return result


def picture(ask: Asker, url: str) -> bytes:
    answer = ask.http.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    return answer.content


@pytest.mark.parametrize("ratio", ["1:1", "16:9", "9:16", "3:4", "4:3"])
def test_a_picture_is_a_png_of_the_right_ratio(ask: Asker, ratio: str) -> None:
    """Width to height exactly as asked for."""
    image = Image.open(io.BytesIO(picture(ask, urls(ask, aspect_ratio=ratio)[0])))
    wide, high = map(int, ratio.split(":"))
    assert image.format == "PNG"
    assert image.width * high == image.height * wide
    assert min(image.size) >= 256


def test_without_a_ratio_the_documents_default_holds(ask: Asker) -> None:
    """1:1, which both documents name."""
    image = Image.open(io.BytesIO(picture(ask, urls(ask)[0])))
    assert image.width == image.height


def test_the_same_seed_and_prompt_give_the_same_picture(ask: Asker) -> None:
    """Byte for byte, from two tasks; another seed, prompt or ratio gives another."""
    first, again = (picture(ask, urls(ask, seed="7")[0]) for _ in range(2))
    others = [
        picture(ask, urls(ask, seed="8")[0]),
        picture(ask, urls(ask, "a blue fox", seed="7")[0]),
        picture(ask, urls(ask, seed="7", negative_prompt="snow")[0]),
    ]
    assert first == again
    assert first not in others


def test_without_a_seed_every_task_has_its_own_picture(ask: Asker) -> None:
    """As a model that draws at random would."""
    assert picture(ask, urls(ask)[0]) != picture(ask, urls(ask)[0])


def test_the_prompt_is_drawn_on_the_picture(kie: Asker) -> None:
    """Two prompts under one look differ in the band where the text stands."""
    content = picture(kie, urls(kie, "W" * 200, seed="1")[0])
    image = Image.open(io.BytesIO(content)).convert("L")
    band = image.crop((0, image.height // 2, image.width, image.height - 40))
    assert band.getextrema()[1] == 255


@pytest.mark.parametrize(
    "prompt", ["", "\x00\x07\n" * 50, "👩‍👩‍👧 한국어 עברית" * 100, "x" * 5_000]
)
def test_any_prompt_can_be_drawn(kie: Asker, prompt: str) -> None:
    """Empty, control characters, scripts without a font, as long as can be."""
    assert picture(kie, urls(kie, prompt)[0]).startswith(b"\x89PNG")


def test_pictures_of_one_task_differ(apikley: Asker) -> None:
    """Four asked for, four different ones."""
    contents = [picture(apikley, url) for url in urls(apikley, num_images="4", seed="7")]
    above_the_text = (0, 0, 768, 300)
    images = [Image.open(io.BytesIO(content)).crop(above_the_text) for content in contents]
    assert len({image.tobytes() for image in images}) == 4


def test_there_is_no_picture_before_the_task_has_ended(ask: Asker) -> None:
    """Nor one more than it has."""
    task_id = ask.create()
    url = f"{ask.sandbox.url()}/files/{ask.gateway}/{task_id}"
    assert ask.http.get(f"{url}/0.png").status_code == 404
    ask.sandbox.clock.advance(10)
    assert ask.http.get(f"{url}/0.png").status_code == 200
    assert ask.http.get(f"{url}/1.png").status_code == 404


def test_a_result_url_expires_after_a_day(ask: Asker) -> None:
    """It works for 24 hours on the sandbox's clock."""
    url = urls(ask)[0]
    ask.sandbox.clock.advance(23 * HOUR)
    picture(ask, url)
    ask.sandbox.clock.advance(1.1 * HOUR)
    assert ask.http.get(url).status_code == 404


def test_a_fresh_link_works_for_twenty_minutes(kie: Asker) -> None:
    """Even when the result URL itself has expired; nobody can lengthen it."""
    url = urls(kie)[0]
    kie.sandbox.clock.advance(48 * HOUR)
    link = kie.send("POST", LINK_PATH, json={"url": url}).json()["data"]
    picture(kie, link)
    stretched = link.replace("good-until=1", "good-until=2")
    assert kie.http.get(stretched).status_code == 404
    kie.sandbox.clock.advance(20 * 60)
    assert kie.http.get(link).status_code == 404


def test_there_are_no_fresh_links_once_the_media_are_deleted(kie: Asker) -> None:
    """After 14 days."""
    url = urls(kie)[0]
    kie.sandbox.clock.advance(14 * 24 * HOUR)
    answer = kie.send("POST", LINK_PATH, json={"url": url}).json()
    assert (answer["code"], answer["msg"]) == (422, "url is wrong")


def test_fresh_links_are_for_own_results_only(kie: Asker, apikley: Asker) -> None:
    """A foreign URL, the other gateway's, or an own one with something added: url is wrong."""
    own, foreign = urls(kie)[0], urls(apikley)[0]
    elsewhere = urlsplit(own)._replace(netloc="example.com").geturl()
    for url in (
        foreign,
        elsewhere,
        f"{own}?x=1",
        "https://example.com/a.png",
        "file:///etc/passwd",
    ):
        answer = kie.send("POST", LINK_PATH, json={"url": url}).json()
        assert (answer["code"], answer["msg"]) == (422, "url is wrong"), url


def test_a_download_needs_no_key_and_is_written_down(kie: Asker) -> None:
    """So that a client which sends its key there can be caught by a test."""
    url = urls(kie)[0]
    kie.http.get(url)
    kie.http.get(url, headers={"authorization": "Bearer stray"})
    downloads = [entry for entry in kie.sandbox.requests if entry.operation == "file"]
    assert [entry.authorized for entry in downloads] == [False, True]
    assert [entry.answer for entry in downloads] == ["image/png"] * 2


def test_a_download_can_be_resumed(kie: Asker) -> None:
    """From any byte on, as long as it is the same picture; a range beyond the end is refused."""
    url = urls(kie)[0]
    whole = kie.http.get(url)
    etag, size = whole.headers["etag"], len(whole.content)

    def asked(value: str, condition: str = etag) -> httpx.Response:
        answer: httpx.Response = kie.http.get(url, headers={"range": value, "if-range": condition})
        return answer

    rest = asked("bytes=100-")
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert asked("bytes=5-9").content == whole.content[5:10]
    assert asked("bytes=100-", '"another"').content == whole.content
    assert asked("bytes=-5").content == whole.content
    assert asked(f"bytes={size}-").status_code == 416
