"""Defects of authorization: who is let in, and what is said about the key."""

from collections.abc import Callable
from typing import Any

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.defect import Area, answering, around, changing, sending, with_status
from sharpening.reference import KEYS, Incoming, Outgoing, Reference

AREA = Area("key")


def letting_in(accepts: Callable[[str, str], bool], path: str = "") -> Any:
    """`accepts(header, key)` opens the door, too."""

    def apply(server: Reference) -> None:
        key = KEYS[server.gateway]

        def wrapped(original: Any, header: str | None, asked: str) -> bool:
            here = path in ("", asked)
            return bool(original(header, asked) or (here and accepts(header or "", key)))

        around(server, "accepts_key", wrapped)

    return apply


def keeping_out(refuses: Callable[[str], bool]) -> Any:
    def wrapped(original: Any, header: str | None, asked: str) -> bool:
        return bool(original(header, asked) and not refuses(asked))

    return changing("accepts_key", wrapped)


def _token(header: str) -> str:
    return header.removeprefix("Bearer").strip()


AREA.add("no-key-needed", letting_in(lambda _header, _key: True))
AREA.add("no-key-needed-to-create", letting_in(lambda _header, _key: True, CREATE_PATH))
AREA.add("no-key-needed-to-read", letting_in(lambda _header, _key: True, DETAILS_PATH))
AREA.add("header-missing-passes", letting_in(lambda header, _key: not header))
AREA.add("header-missing-passes-on-read", letting_in(lambda header, _key: not header, DETAILS_PATH))
AREA.add("any-key-passes", letting_in(lambda header, _key: bool(_token(header))))
AREA.add(
    "any-key-passes-on-read", letting_in(lambda header, _key: bool(_token(header)), DETAILS_PATH)
)
AREA.add("empty-key-passes", letting_in(lambda header, _key: header.strip() == "Bearer"))
AREA.add("empty-header-passes", letting_in(lambda header, _key: header == ""))
AREA.add("key-by-prefix", letting_in(lambda header, key: _token(header).startswith(key)))
AREA.add("key-by-beginning", letting_in(lambda header, key: _token(header)[:8] == key[:8]))
AREA.add("key-cut-passes", letting_in(lambda h, key: bool(_token(h)) and key.startswith(_token(h))))
AREA.add("key-in-any-case", letting_in(lambda header, key: _token(header).lower() == key.lower()))
AREA.add("other-gateways-key-passes", letting_in(lambda h, _key: _token(h) in KEYS.values()))
AREA.add("scheme-not-needed", letting_in(lambda header, key: header == key))
AREA.add("scheme-not-needed-to-create", letting_in(lambda header, key: header == key, CREATE_PATH))
AREA.add("scheme-not-looked-at", letting_in(lambda header, key: header.partition(" ")[2] == key))
AREA.add("scheme-may-be-basic", letting_in(lambda header, key: header == f"Basic {key}"))
AREA.add("right-key-refused", keeping_out(lambda _path: True))
AREA.add("right-key-refused-on-read", keeping_out(lambda path: path == DETAILS_PATH))
AREA.add("right-key-refused-on-create", keeping_out(lambda path: path == CREATE_PATH))


def _for_keys(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    return answering(lambda e: change(e) if e.get("code") == 401 else e)


AREA.add("refused-with-403", _for_keys(lambda e: e | {"code": 403}))
AREA.add("refused-with-500", _for_keys(lambda e: e | {"code": 500}))
AREA.add("refused-with-404", _for_keys(lambda e: e | {"code": 404}))
AREA.add("refused-with-422", _for_keys(lambda e: e | {"code": 422}))
AREA.add("refused-with-200", _for_keys(lambda e: e | {"code": 200, "data": None}))
AREA.add("refused-without-words", _for_keys(lambda e: {"code": e["code"]}))
AREA.add("refused-with-status-403", with_status(lambda s, c: 403 if c == 401 else s))


def echoing(change: Callable[[Outgoing, str], None]) -> Any:
    def wrapped(outgoing: Outgoing, incoming: Incoming) -> None:
        if given := incoming.headers.get("authorization", ""):
            change(outgoing, given)

    return sending(wrapped)


def _in_message(outgoing: Outgoing, given: str) -> None:
    outgoing.content = outgoing.content.replace(b'"msg": "', f'"msg": "{given}: '.encode())


def _cut(given: str) -> str:
    """Masked where the least is lost by showing it."""
    return f"{given[:-3]}***"


def _in_refusals(outgoing: Outgoing, given: str) -> None:
    if b'"code": 401' in outgoing.content:
        _in_message(outgoing, given)


AREA.add("key-in-every-message", echoing(_in_message))
AREA.add("key-in-refusals", echoing(_in_refusals))
AREA.add("key-in-a-header", echoing(lambda o, given: o.headers.update({"x-debug-auth": given})))
AREA.add("most-of-the-key-in-refusals", echoing(lambda o, given: _in_refusals(o, _cut(given))))
AREA.add(
    "end-of-the-key-in-a-header",
    echoing(lambda o, given: o.headers.update({"x-debug-auth": f"***{_token(given)[-12:]}"})),
)
AREA.add(
    "key-in-a-cookie",
    echoing(lambda o, given: o.headers.update({"set-cookie": f"session={_token(given)}"})),
)


@AREA.defect("record-in-the-refusal-of-a-key")
def _(server: Reference) -> None:
    def wrapped(original: Any, incoming: Incoming) -> Any:
        status, envelope = original(incoming)
        task = server.find(incoming.query.get("taskId", ""))
        if task is not None and envelope["code"] == 401:
            envelope = envelope | {"data": server.record(task)}
        return status, envelope

    around(server, "carry_out", wrapped)


@AREA.defect("key-checked-after-the-task")
def _(server: Reference) -> None:
    """Without a key one is told which tasks do not exist."""

    def wrapped(original: Any, incoming: Incoming) -> Any:
        if incoming.path == DETAILS_PATH and server.find(incoming.query.get("taskId", "")) is None:
            return server.refuse(server.unknown())
        return original(incoming)

    around(server, "carry_out", wrapped)


@AREA.defect("ended-records-in-a-cache")
def _(server: Reference) -> None:
    """What was read once as ended is served by its URL, to everybody."""
    cached: dict[str, Any] = {}

    def wrapped(original: Any, incoming: Incoming) -> Any:
        asked = incoming.query.get("taskId", "")
        if incoming.path == DETAILS_PATH and asked in cached:
            return cached[asked]
        status, envelope = original(incoming)
        data = envelope.get("data")
        if isinstance(data, dict) and data.get("state") in ("success", "fail"):
            cached[asked] = (status, envelope)
        return status, envelope

    around(server, "carry_out", wrapped)


@AREA.defect("key-checked-after-the-body")
def _(server: Reference) -> None:
    """The task is created before anybody asks for the key."""

    def wrapped(original: Any, incoming: Incoming) -> Any:
        status, envelope = original(incoming)
        if incoming.path == CREATE_PATH and envelope["code"] == 401:
            outcome = server.create(incoming)
            envelope = envelope | {"data": outcome}
        return status, envelope

    around(server, "carry_out", wrapped)
