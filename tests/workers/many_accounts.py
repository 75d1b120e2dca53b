"""A gateway with any number of accounts, each of which may create so often."""

import json
import time
from collections import defaultdict
from threading import Lock

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import created, envelope, succeeded
from imagen4.facts import GATEWAYS

CREATES, SECONDS = GATEWAYS["kie"].creates


class ManyAccounts:
    """Makes every picture at once, for whoever has a key and comes at the documented rate."""

    def __init__(self) -> None:
        self.creates: dict[str, list[float]] = defaultdict(list)
        self.prompts: list[str] = []
        self.refused = 0
        self.server = Loopback(self._reply)
        self._lock = Lock()

    def _reply(self, received: Received) -> bytes:
        if received.method == "POST":
            with self._lock:
                return self._create(received)
        task_id = received.path.partition("taskId=")[2]
        if not task_id:
            return http(200, PNG)
        return http(200, succeeded(task_id, f"{self.server.url}/{task_id}.png").content)

    def _create(self, received: Received) -> bytes:
        made, now = self.creates[received.headers["authorization"]], time.monotonic()
        if sum(now - each < SECONDS for each in made) >= CREATES:
            self.refused += 1
            return http(429, envelope(429, msg="too frequent", status=429).content)
        made.append(now)
        self.prompts.append(json.loads(received.body)["input"]["prompt"])
        return http(200, created(f"t{len(self.prompts)}").content)

    @property
    def rate(self) -> float:
        """Creates a minute, from the first to the end of the last one's window."""
        every = sorted(moment for moments in self.creates.values() for moment in moments)
        return 60 * len(every) / (every[-1] - every[0] + SECONDS)
