"""The server of benchmark.py: a gateway that answers from memory, as fast as Python can.

The sandbox cannot take its place: its tasks end by the clock, and a comparison needs cycles
of exactly two polls, and 10,000 tasks that all end when the measuring is done.
Prints its URL when it is ready.
"""

from __future__ import annotations

import asyncio
import json
import re

from imagen4.facts.protocol import CREATE_PATH

PARAM = json.dumps({"input": json.dumps({"prompt": "a red fox in the snow"})})


class Stub(asyncio.Protocol):
    """Answers from memory: a task under /slow waits until somebody asks for /ready."""

    ready = False
    created = 0
    polled: set[bytes] = set()  # noqa: RUF012 - shared by all connections on purpose

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.write = getattr(transport, "write")  # noqa: B009 - the base class lacks it
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if not end or len(body) < int(length[1] if length else 0):
            return
        self.received = b""
        method, path, _ = head.split(b" ", 2)
        self.respond(method, path)

    def respond(self, _method: bytes, path: bytes) -> None:
        self.send(self.answer(path))

    def send(self, content: dict[str, object], status: int = 200) -> None:
        body = json.dumps(content).encode()
        head = b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self.write(head % (status, len(body)) + body)

    def answer(self, path: bytes) -> dict[str, object]:
        Stub.ready = Stub.ready or path == b"/ready"
        if path.endswith(CREATE_PATH.encode()):
            Stub.created += 1
            task_id = f"{Stub.created:032x}"
            return {"code": 200, "msg": "success", "data": {"taskId": task_id, "recordId": task_id}}
        known = path in Stub.polled
        Stub.polled.add(path)
        done = Stub.ready if path.startswith(b"/slow") else known
        record = {"taskId": path[-32:].decode(), "state": "success" if done else "waiting"}
        record["resultJson"] = '{"resultUrls":["https://files.example/1.png"]}' if done else ""
        record["param"] = PARAM
        return {"code": 200, "msg": "success", "data": record}


async def serve(protocol: type[Stub] = Stub) -> None:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
