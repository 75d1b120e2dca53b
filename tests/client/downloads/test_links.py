"""Guards against links that lead somewhere else than to a picture."""

from pathlib import Path
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS, Script, Time, play, settled, succeeded
from imagen4 import DownloadError, UnexpectedResponse
from imagen4.events import RequestEnded, TaskState

USELESS = [
    "javascript:alert(1)", "file:///etc/passwd", "data:image/png;base64,iVBORw0KGgo=", "1.png",
    "//files.example/1.png", "ftp://files.example/1.png", "https://", "vbscript:x", "blob:x",
    "https://a..b/1.png", f"https://{'a' * 64}.example/1.png",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_success_with_none_but_useless_links_is_an_error(kind: str) -> None:
    """At once, and it names the task: that is paid for, and the gateway has to answer for it."""
    time, answer = Time(), http(200, succeeded("t1", *USELESS).content)
    with (
        Loopback(lambda _: answer) as server,
        pytest.raises(UnexpectedResponse, match="none of its links leads anywhere") as caught,
    ):
        play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url, time=time)
    assert (caught.value.task_ids, len(server.requests), time.sleeps) == (("t1",), 1, [])


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_links_are_kept_and_the_others_are_told(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """On the task, by the event, and in the log."""
    good = [f"https://files.example/{number}.png" for number in range(2)]
    script = Script(polls=[succeeded("t1", good[0], *USELESS, good[1])])
    events: list[Any] = []
    result = play(kind, script, lambda c: c.job("t1").wait(), on_event=events.append)
    assert [image.url for image in result.images] == list(result.tasks[0].urls) == good
    assert result.tasks[0].unusable_links == len(USELESS)
    (state,) = [each for each in events if isinstance(each, TaskState)]
    assert state.task.unusable_links == len(USELESS)
    assert [each.error for each in events if isinstance(each, RequestEnded)] == [None]
    told = "kie: task t1: 11 of its links lead to no picture"
    assert [each.getMessage() for each in caplog.records if each.levelname == "WARNING"] == [told]


def test_the_copy_with_good_links_is_taken() -> None:
    """Newer answers hold the results twice."""
    answer = succeeded("t1", "javascript:alert(1)")
    text = answer.text.replace('"completeTime"', '"response":{"resultUrls":["%s"]},"completeTime"')
    good = "https://files.example/1.png"
    script = Script(polls=[type(answer)(200, text=text % good)])
    assert play("sync", script, lambda c: c.job("t1").wait()).images[0].url == good


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_elsewhere_cannot_have_this_machine_asked(kind: str, tmp_path: Path) -> None:
    """Unless plain http is allowed by name."""
    with Loopback(lambda _: http(200, PNG)) as server:
        link = f"{server.url}/admin?delete=everything"

        async def save(client: Any) -> Any:
            result = await settled(client.job("t1").wait())
            return await settled(result.images[0].save(tmp_path))

        with pytest.raises(DownloadError, match="not an https URL") as caught:
            play(kind, Script(polls=[succeeded("t1", link)]), save)
        assert (caught.value.task_ids, server.requests) == (("t1",), [])
        play(kind, Script(polls=[succeeded("t1", link)]), save, allow_http=True)
        assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_not_stand_in_a_link_is_percent_encoded(kind: str, tmp_path: Path) -> None:
    """A space, an umlaut, a line break; what is encoded already stays as it is."""

    def reply(received: Received) -> bytes:
        return http(200 if received.path == "/a%20b%C3%BC%0A/c%2Fd.png?e=f%20g" else 404, PNG)

    path, _, _ = fetched(kind, reply, saved_to(tmp_path), "/a b\u00fc\n/c%2Fd.png?e=f g")
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "link",
    ["https://x.example/" + "a" * 70_000, "https://xn--a.example/1.png", "https://\u2488.example"],
)
def test_a_link_that_cannot_be_used_is_not_tried_again(
    kind: str, link: str, tmp_path: Path
) -> None:
    """No pause would make it better."""
    time = Time()

    async def save(client: Any) -> Any:
        result = await settled(client.job("t1").wait())
        return await settled(result.images[0].save(tmp_path))

    with (
        Loopback(lambda _: http(200, succeeded("t1", link).content)) as server,
        pytest.raises(DownloadError, match=r"^The picture's link cannot be used"),
    ):
        play(kind, None, save, base_url=server.url, time=time)
    assert time.sleeps == []
