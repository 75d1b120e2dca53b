"""Defects of the wire: slowness, dropped connections, redirects."""

import threading
from typing import Any

import httpx

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.defect import Area, around, every, sending
from sharpening.reference import Incoming, Outgoing, Reference

AREA = Area("wire")
JSON = {"content-type": "application/json"}


def slow(seconds: float) -> Any:
    def change(outgoing: Outgoing, _incoming: Incoming) -> None:
        outgoing.delay = seconds

    return change


def trouble(error: Exception, delay: float = 0.0) -> Any:
    def change(outgoing: Outgoing, _incoming: Incoming) -> None:
        outgoing.trouble, outgoing.delay = error, delay

    return change


HANGS = trouble(httpx.ReadTimeout("timed out"), 5.0)
DROPS = trouble(httpx.RemoteProtocolError("Server disconnected without sending a response."))
CUT = trouble(
    httpx.RemoteProtocolError("peer closed connection without sending complete message body")
)
RESETS = trouble(httpx.ReadError("[Errno 104] Connection reset by peer"))
GARBLED = trouble(httpx.DecodingError("Error -3 while decompressing data: incorrect header check"))

AREA.add("slow-everywhere", sending(slow(3.0)))
AREA.add("slow-create", sending(slow(2.0), path=CREATE_PATH))
AREA.add("slow-record", sending(slow(2.0), path=DETAILS_PATH))
AREA.add("slow-every-third-time", every(3, sending(slow(2.0))))
AREA.add("hangs-everywhere", sending(HANGS))
AREA.add("hangs-on-create", sending(HANGS, path=CREATE_PATH))
AREA.add("hangs-on-record", sending(HANGS, path=DETAILS_PATH))
AREA.add("hangs-now-and-then", every(30, sending(HANGS)))
AREA.add("drops-create", sending(DROPS, path=CREATE_PATH))
AREA.add("drops-record", sending(DROPS, path=DETAILS_PATH))
AREA.add("drops-now-and-then", every(20, sending(DROPS)))
AREA.add("resets-now-and-then", every(20, sending(RESETS)))
AREA.add("cuts-answers-off", sending(CUT))
AREA.add("cuts-now-and-then", every(10, sending(CUT)))
AREA.add("gzip-that-is-none", sending(GARBLED))


def _drops_long(outgoing: Outgoing, incoming: Incoming) -> None:
    if len(incoming.content) > 8_000:
        DROPS(outgoing, incoming)


def _drops_broken(outgoing: Outgoing, incoming: Incoming) -> None:
    if not incoming.content.endswith(b"}"):
        DROPS(outgoing, incoming)


AREA.add("drops-long-bodies", sending(_drops_long, path=CREATE_PATH))
AREA.add("drops-broken-bodies", sending(_drops_broken, path=CREATE_PATH))


def moved(status: int, place: str = "https://elsewhere.invalid/") -> Any:
    return lambda _outgoing, _incoming: Outgoing(status, b"", {"location": place})


AREA.add("redirects-create-302", sending(moved(302), path=CREATE_PATH))
AREA.add("redirects-create-307", sending(moved(307), path=CREATE_PATH))
AREA.add("redirects-record-301", sending(moved(301), path=DETAILS_PATH))
AREA.add("redirects-everything-308", sending(moved(308)))
AREA.add("redirects-now-and-then", every(25, sending(moved(302))))
AREA.add("redirects-to-itself", sending(moved(307, "/"), path=DETAILS_PATH))


def refused(code: int) -> Any:
    content = f'{{"code": {code}, "msg": "Your call frequency is too high", "data": null}}'.encode()
    return lambda _outgoing, _incoming: Outgoing(200, content, JSON)


AREA.add("limits-every-poll", sending(refused(429), path=DETAILS_PATH))
AREA.add("crashes-now-and-then", every(20, sending(refused(500))))
AREA.add("maintenance-now-and-then", every(20, sending(refused(455))))


def _meeting(change: Any) -> Any:
    """`change` gets the server, an answer and both ids when two of the first creates meet."""

    def apply(server: Reference) -> None:
        both: list[str] = []
        meeting = threading.Barrier(TOGETHER)

        def wrapped(original: Any, incoming: Incoming) -> Any:
            data = original(incoming)
            if len(server.tasks) > EARLY:
                return data
            both.append(data["taskId"])
            try:
                meeting.wait(MOMENT)
            except threading.BrokenBarrierError:
                both.clear()
                meeting.reset()
                return data
            return change(server, data, both)

        around(server, "create", wrapped)

    return apply


def _crash(server: Reference, _data: Any, _ids: list[str]) -> Any:
    raise server.bad_parameter("deadlock found")


def _mixed(_server: Reference, data: Any, ids: list[str]) -> Any:
    return data | {"taskId": max(ids)}


TOGETHER, EARLY, MOMENT = 2, 4, 0.2
AREA.add("creates-at-once-crash", _meeting(_crash))
AREA.add("creates-at-once-mixed", _meeting(_mixed))


def _endless(outgoing: Outgoing, _incoming: Incoming) -> None:
    outgoing.content = outgoing.content[:-1] + b', "pad": "' + b"x" * 5_000_000 + b'"}'


AREA.add("answers-of-5-megabytes", sending(_endless, path=DETAILS_PATH))
