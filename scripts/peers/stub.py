"""The benchmark's stub in the words of each client, with what goes wrong or how long it lasts.

A path is /CLIENT/CASE/…: the client says which shape the answers have, the case is a fault of
creates, seconds that a task takes, or `cycle`, where the second poll is the last.
/counts tells what came: the POSTs and the polls of each client and case.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import time
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from benchmark_stub import PARAM, Stub, serve

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "https://files.example/1"
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing the connection resets it
NO_ANSWER, RESET = "no-answer", "reset"
STATUSES = ("500", "503", "429")
FAULTS = (NO_ANSWER, RESET, *STATUSES)


def imagen4_shape(task: str, done: bool, _: str) -> dict[str, object]:
    record = {
        "taskId": task, "recordId": task, "param": PARAM,
        "state": "success" if done else "waiting",
        "resultJson": f'{{"resultUrls":["{FILE}.png"]}}' if done else "",
    }  # fmt: skip
    return {"code": 200, "msg": "success", "data": record}


def fal_shape(task: str, done: bool, base: str) -> dict[str, object]:
    status = "COMPLETED" if done else "IN_PROGRESS"
    here = f"{base}/requests/{task}"
    urls = {"status_url": f"{here}/status", "response_url": here, "cancel_url": f"{here}/cancel"}
    return {
        "request_id": task,
        "status": status,
        "logs": None,
        "images": [{"url": f"{FILE}.png"}],
        **urls,
    }


def replicate_shape(task: str, done: bool, _: str) -> dict[str, object]:
    return {
        "id": task, "model": "owner/model", "version": "version", "input": {},
        "status": "succeeded" if done else "starting", "output": [f"{FILE}.png"] if done else None,
    }  # fmt: skip


def openai_shape(task: str, done: bool, _: str) -> dict[str, object]:
    return {
        "id": task, "object": "video", "model": "sora-2", "progress": 100 if done else 0,
        "status": "completed" if done else "in_progress",
        "created_at": 0, "size": "1280x720", "seconds": "4",
    }  # fmt: skip


def genai_shape(task: str, done: bool, _: str) -> dict[str, object]:
    # It polls by POST, to what stands before /operations/.
    name = f"publishers/google/models/{task}/operations/{task}"
    response = {"videos": [{"gcsUri": f"{FILE}.mp4"}]} if done else None
    return {"name": name, "done": done, "response": response}


SHAPES: dict[str, Callable[[str, bool, str], dict[str, object]]] = {
    "imagen4": imagen4_shape,
    "fal-client": fal_shape,
    "replicate": replicate_shape,
    "openai": openai_shape,
    "google-genai": genai_shape,
}


class PeersStub(Stub):
    """Counts what comes; what it knows is shared by all connections."""

    posts: ClassVar[Counter[str]] = Counter()
    polls: ClassVar[Counter[str]] = Counter()
    asked: ClassVar[Counter[str]] = Counter()  # after each task
    ends: ClassVar[dict[str, float]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport = transport

    def respond(self, method: bytes, path: bytes) -> None:
        if path == b"/counts":
            self.send({"posts": self.posts, "polls": self.polls})
            return
        _, client, case, rest = path.decode().split("/", 3)
        if method == b"POST" and not rest.endswith(":fetchPredictOperation"):
            self.create(client, case)
        else:
            self.poll(client, case, rest)

    def create(self, client: str, case: str) -> None:
        self.posts[f"{client} {case}"] += 1
        if case in STATUSES:
            self.send({"code": int(case), "msg": "no", "error": {"message": "no"}}, int(case))
        elif case == RESET:
            wire = self.transport.get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            getattr(self.transport, "abort")()  # noqa: B009 - the base class lacks it
        elif case != NO_ANSWER:
            task = f"{self.posts.total():032x}"
            self.ends[task] = time.monotonic() + (0 if case == "cycle" else float(case))
            self.tell(client, case, task, done=False)

    def poll(self, client: str, case: str, rest: str) -> None:
        found = re.search("[0-9a-f]{32}", rest)
        task = found[0] if found else ""
        self.asked[task] += 1
        # fal-client's result is a request of its own after its last poll.
        self.polls[f"{client} {case}"] += client != "fal-client" or rest.count("/status")
        early = self.asked[task] == 1 if case == "cycle" else time.monotonic() < self.ends[task]
        self.tell(client, case, task, done=not early)

    def tell(self, client: str, case: str, task: str, *, done: bool) -> None:
        host, port = self.transport.get_extra_info("sockname")
        self.send(SHAPES[client](task, done, f"http://{host}:{port}/{client}/{case}"))


if __name__ == "__main__":
    asyncio.run(serve(PeersStub))
