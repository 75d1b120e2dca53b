"""What a create-poll-poll-result cycle costs, beside the same by hand."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from imagen4 import Client, Polling
from imagen4.facts import DEFAULT_GATEWAY, DEFAULT_MODEL
from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "benchmark-key"
PROMPT = "a red fox in the snow"
ROUNDS = 15
CYCLES = 40
NEVER_KEPT = httpx.Limits(max_keepalive_connections=0)


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no target."""

    what: str
    found: str
    beside: str
    target: str = ""
    met: bool | None = None

    def text(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.what:<46} {self.found:>12}  {self.beside:<34} {self.target:<9} {verdict}"


def by_hand(http: httpx.Client, url: str, creating: httpx.Client | None = None) -> str:
    """The cycle as somebody in a hurry would write it; maybe with a client for creates only."""
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {"model": DEFAULT_MODEL, "input": {"prompt": PROMPT}}
    answer = (creating or http).post(f"{url}{CREATE_PATH}", json=body, headers=headers)
    answer.raise_for_status()
    task_id = answer.json()["data"]["taskId"]
    while True:
        params = {"taskId": task_id}
        poll = http.get(f"{url}{DETAILS_PATH}", params=params, headers=headers)
        poll.raise_for_status()
        data = poll.json()["data"]
        if data["state"] == "success":
            found: str = json.loads(data["resultJson"])["resultUrls"][0]
            return found


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU for so many cycles."""
    before = time.process_time()
    for _ in range(CYCLES):
        work()
    return time.process_time() - before


def rounds_of_each(url: str) -> list[list[float]]:
    """Seconds of CPU in each round: ours, by hand, by hand with a new connection for creates."""
    polling = Polling.immediate(60)
    with (
        httpx.Client() as http,
        httpx.Client(limits=NEVER_KEPT) as creating,
        Client(DEFAULT_GATEWAY, api_key=KEY, base_url=url, polling=polling) as client,
    ):
        ways: list[Callable[[], object]] = [
            lambda: client.generate(PROMPT).images[0].url,
            lambda: by_hand(http, url),
            lambda: by_hand(http, url, creating),
        ]
        return [[cpu(way) for way in ways] for _ in range(ROUNDS)]


def cycle_rows(url: str) -> list[Row]:
    """Rounds of each in turn; the middle one of their ratios counts.

    A create of ours has a connection that was never used, so it is held against hand-written
    httpx that opens its connections alike. Kept as most would leave it, that has one.
    """
    rounds = rounds_of_each(url)
    ours, kept, fresh = (1000 * statistics.median(w) / CYCLES for w in zip(*rounds, strict=True))
    beside_kept, beside_fresh = (
        statistics.median(each[0] / each[way] for each in rounds) for way in (1, 2)
    )
    return [
        Row(
            "CPU of a create-poll-poll-result cycle",
            f"{beside_fresh:.2f} x",
            f"httpx, connected alike ({ours:.2f} / {fresh:.2f} ms)",
            "<= 1.10 x",
            beside_fresh <= 1.1,
        ),
        Row(
            "  beside httpx that keeps one connection",
            f"{beside_kept:.2f} x",
            f"{kept:.2f} ms, a new one {fresh - kept:.2f} ms",
            "<= 1.25 x",
            beside_kept <= 1.25,
        ),
    ]
