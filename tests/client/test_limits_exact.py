"""The limits and tables of the client, each held where it begins and where it ends."""

import base64
import dataclasses
import hashlib
import hmac
import io
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from imagen4 import Client, DownloadError, Polling, Request, Task, UnexpectedResponse, callbacks
from imagen4.core.batch import Batch
from imagen4.core.effects import Answer, Call, Send, Update
from imagen4.core.envelope import described, opened
from imagen4.core.pacing import Pacer
from imagen4.core.redaction import one_line, redacted
from imagen4.core.task import usable_id
from imagen4.core.waiting import Watch
from imagen4.downloads.transfer import Transfer, TransferError
from imagen4.gateways.apikley import ADAPTER as APIKLEY
from imagen4.gateways.kie import ADAPTER as KIE

UNSET: dict[str, Any] = dict.fromkeys(("aspect_ratio", "negative_prompt", "seed", "callback_url"))


@pytest.mark.parametrize(
    ("elapsed", "shortest", "longest"),
    [
        (0.0, 2.4, 3.0),
        (29.9, 2.4, 3.0),
        (30.0, 5.5, 7.5),
        (119.9, 5.5, 7.5),
        (120.0, 15.0, 20.0),
        (10_000.0, 15.0, 20.0),
        (inf, 15.0, 20.0),
    ],
)
def test_polls_keep_to_the_documented_bands(
    elapsed: float, shortest: float, longest: float
) -> None:
    """Two to three seconds, five to ten, fifteen to thirty: from one end of a band to the other."""
    ends = [Polling().interval(elapsed, lambda drawn=drawn: drawn) for drawn in (0.0, 1.0)]
    assert ends == pytest.approx([shortest, longest])


def test_the_defaults_of_waiting() -> None:
    """Fifteen minutes, a little grace, little tolerance, few attempts, paced."""
    pace = ((30.0, 2.4, 3.0), (120.0, 5.5, 7.5), (inf, 15.0, 20.0))
    assert Polling() == Polling(900.0, pace, 15.0, 3, 5, 2.0, True)


@pytest.mark.parametrize(
    ("attempt", "pause"), [(1, 2.0), (2, 4.0), (5, 32.0), (6, 60.0), (20, 60.0)]
)
def test_pauses_double_up_to_a_minute(attempt: int, pause: float) -> None:
    """And half of each is left to chance."""
    assert Polling().pause(attempt, None, lambda: 1.0) == pause
    assert Polling().pause(attempt, None, lambda: 0.0) == pause / 2


@pytest.mark.parametrize("adapter", [KIE, APIKLEY])
def test_the_documented_rates(adapter: Any) -> None:
    """Twenty creates in ten seconds, ten polls in one."""
    assert (adapter.creates, adapter.polls) == ((20, 10.0), (10, 1.0))


def test_a_window_is_a_little_longer_than_documented() -> None:
    """The gateway counts arrivals, we count departures."""
    pacer = Pacer(2, 10.0)
    assert [pacer.reserve(0.0) for _ in range(5)] == pytest.approx([0.0, 0.0, 10.2, 10.2, 20.4])


def test_nothing_that_was_not_given_is_made_up() -> None:
    """A request, a task, an update and a batch hold nothing by themselves."""
    assert dataclasses.asdict(Request("a")) == {"prompt": "a", "num_images": 1, **UNSET}
    task = dataclasses.asdict(Task("t", "waiting"))
    assert {name for name, value in task.items() if value is not None} == {
        "task_id",
        "state",
        "urls",
    }
    assert task["urls"] == ()
    update = Update("t", "waiting", 0.0)
    assert (update.task_ids, update.task, update.problem) == ((), None, None)
    assert dataclasses.asdict(Batch()) == {
        "plans": (),
        "callback_url": None,
        "words": (),
        "task_ids": [],
        "seeds": {},
        "seen": {},
        "ended": {},
        "create": None,
    }
    call = Call("GET", "/")
    assert (call.params, call.json, Send(call, 1.0).answer) == ({}, None, None)
    watch = Watch("t", 0.0, 0.0)
    assert (watch.seen, watch.ended, watch.trouble, watch.strange) == (None, None, None, 0)
    assert (watch.unknown, watch.expired, watch.over) == (None, False, False)


def test_reprs_hold_neither_prompt_nor_key_nor_answer() -> None:
    """They end up in logs."""
    texts = [
        repr(Request("secret", negative_prompt="secret", num_images=1)),
        repr(Batch(words=("secret",), callback_url="https://secret.example")),
        repr(Task("t", "waiting", raw="secret")),
        repr(Client("kie", api_key="secret")._settings),
    ]
    assert [text for text in texts if "secret" in text] == []
    assert Task("t", "waiting", raw=1) == Task("t", "waiting", raw=2)


def opened_with(status: int) -> str:
    """What a download makes of a status that comes with a place to go."""
    core: Any = SimpleNamespace(clock=lambda: 0.0, allow_http=False)
    transfer = Transfer(core, "https://files.example/1.png", io.BytesIO())
    try:
        goes_on = transfer.opened(status, {"location": "https://other.example/1.png"})
    except TransferError:
        return "again"
    except DownloadError as error:
        return "expired" if error.expired else "refused"
    return "received" if goes_on else "moved"


def test_each_status_of_a_download_means_one_thing() -> None:
    """All of them, from 200 to 599."""
    found: dict[str, set[int]] = {}
    for status in range(200, 600):
        found.setdefault(opened_with(status), set()).add(status)
    refused = found.pop("refused")
    assert found == {
        "received": {200},
        "moved": {301, 302, 303, 307, 308},
        "expired": {403, 404, 410},
        "again": {408, 416, 425, 429, *range(500, 600)},
    }
    assert len(refused) == 400 - sum(map(len, found.values()))


def test_redirects_and_pictures_have_limits() -> None:
    """Five redirects, and 64 MiB."""
    core: Any = SimpleNamespace(clock=lambda: 0.0, allow_http=False)
    transfer = Transfer(core, "https://files.example/0.png", io.BytesIO())
    for number in range(1, 6):
        assert not transfer.opened(302, {"location": f"/{number}.png"})
    assert transfer.url == "https://files.example/5.png"
    with pytest.raises(DownloadError, match="redirects too often"):
        transfer.opened(302, {"location": "/6.png"})
    with pytest.raises(DownloadError, match="larger than 67108864 bytes"):
        transfer.opened(200, {"content-length": "67108865"})


def test_texts_are_cut_at_their_limits() -> None:
    """A body at 2,000 characters, a line at 300, an id at 256; short secrets stay."""
    error = described(UnexpectedResponse, opened(Answer(200, {}, b"x" * 3000)), "no", ())
    assert len(error.body or "") == 2000
    assert one_line("x" * 300) == "x" * 300
    assert one_line("x" * 301) == "x" * 299 + "…"
    assert [usable_id("x" * length) is None for length in (1, 256, 257)] == [False, False, True]
    assert redacted("ab abc", ["ab"]) == "ab abc"
    assert redacted("ab abc", ["abc"]) == "ab [hidden]"


def test_a_secret_is_cut_out_before_the_text_is_cut_to_length() -> None:
    """Also one that begins before the end of what is kept; what is far behind is not read."""
    body = b"x" * 1999 + b"secret" + b"y" * 300_000
    error = described(UnexpectedResponse, opened(Answer(200, {}, body)), "no", ["secret"])
    assert error.body == "x" * 1999 + "["


@pytest.mark.parametrize(
    ("age", "genuine"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_callback_may_be_five_minutes_old(age: int, genuine: bool) -> None:
    """Or come from a clock that is as much ahead."""
    digest = hmac.new(b"key", b"t.1000000", hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    headers = {"X-Webhook-Timestamp": "1000000", "X-Webhook-Signature": signature}
    body = '{"data": {"taskId": "t"}}'
    assert callbacks.verify(headers, body, "key", now=lambda: 1_000_000.0 + age) is genuine


def test_an_exchange_may_take_half_a_minute() -> None:
    """Unless the caller says otherwise."""
    assert Client("kie", api_key="k")._settings.timeout == 30.0
