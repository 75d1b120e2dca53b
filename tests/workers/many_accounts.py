"""A gateway with any number of accounts, which counts when each of them creates."""

import json
import time
from collections import defaultdict

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import created, succeeded
from imagen4.facts import GATEWAYS

CREATES, SECONDS = GATEWAYS["kie"].creates


class ManyAccounts:
    """Makes every picture at once, for whoever has a key."""

    def __init__(self) -> None:
        self.creates: dict[str, list[float]] = defaultdict(list)
        self.prompts: list[str] = []
        self.server = Loopback(self._reply)

    def _reply(self, received: Received) -> bytes:
        if received.method == "POST":
            self.creates[received.headers["authorization"]].append(time.monotonic())
            self.prompts.append(json.loads(received.body)["input"]["prompt"])
            return http(200, created(f"t{len(self.prompts)}-{time.monotonic_ns()}").content)
        task_id = received.path.partition("taskId=")[2]
        if not task_id:
            return http(200, PNG)
        return http(200, succeeded(task_id, f"{self.server.url}/{task_id}.png").content)

    @property
    def most(self) -> int:
        """The most creates of one account in any window that the gateway counts by."""
        return max(
            sum(moment <= each < moment + SECONDS for each in moments)
            for moments in self.creates.values()
            for moment in moments
        )

    @property
    def rate(self) -> float:
        """Creates a minute, from the first to the end of the last one's window."""
        every = sorted(moment for moments in self.creates.values() for moment in moments)
        return 60 * len(every) / (every[-1] - every[0] + SECONDS)
