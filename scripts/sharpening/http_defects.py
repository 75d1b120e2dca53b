"""Defects of what carries the envelope: the JSON, the headers, pages in its place."""

import json
from copy import copy
from typing import Any

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.defect import Area, changing, every, sending
from sharpening.reference import Outgoing

AREA = Area("http")
HTML, TEXT = {"content-type": "text/html"}, {"content-type": "text/plain"}


def encoding(encode: Any) -> Any:
    def wrapped(_original: Any, envelope: Any) -> bytes:
        content: bytes = encode(json.dumps(envelope, ensure_ascii=False), envelope)
        return content

    return changing("encode", wrapped)


AREA.add("json-with-nan", encoding(lambda text, _: (text[:-1] + ', "cost": NaN}').encode()))
AREA.add("json-with-garbage-behind", encoding(lambda text, _: (text + "\nnull").encode()))
AREA.add("json-twice", encoding(lambda text, _: (text + text).encode()))
AREA.add("json-cut-off", encoding(lambda text, _: text[:-3].encode()))
AREA.add("json-with-bom", encoding(lambda text, _: b"\xef\xbb\xbf" + text.encode()))
AREA.add("json-in-utf16", encoding(lambda text, _: text.encode("utf-16")))
AREA.add("json-in-latin1", encoding(lambda text, _: (text[:-1] + ', "x": "é"}').encode("latin-1")))
AREA.add("json-as-text", encoding(lambda text, _: json.dumps(text).encode()))
AREA.add("json-like-python", encoding(lambda _, envelope: repr(envelope).encode()))
AREA.add("json-in-a-callback", encoding(lambda text, _: f"callback({text})".encode()))
AREA.add(
    "json-with-a-name-twice",
    encoding(lambda text, _: text.replace("{", '{"code": 0, ', 1).encode()),
)
AREA.add("json-in-a-list", encoding(lambda text, _: f"[{text}]".encode()))
AREA.add("json-with-comment", encoding(lambda text, _: f"/* ok */ {text}".encode()))
AREA.add("json-behind-a-guard", encoding(lambda text, _: f")]}}',\n{text}".encode()))
AREA.add("body-empty", encoding(lambda _text, _: b""))


def headers(**changes: str) -> Any:
    def change(outgoing: Outgoing, _incoming: Any) -> None:
        outgoing.headers.update({name.replace("_", "-"): v for name, v in changes.items()})

    return sending(change)


def _no_type(outgoing: Outgoing, _incoming: Any) -> None:
    outgoing.headers.pop("content-type")


AREA.add("type-html", headers(content_type="text/html; charset=utf-8"))
AREA.add("type-plain", headers(content_type="text/plain"))
AREA.add("type-octets", headers(content_type="application/octet-stream"))
AREA.add("type-misspelt", headers(content_type="aplication/json"))
AREA.add("type-problem", headers(content_type="application/problem+json"))
AREA.add("type-latin1", headers(content_type="application/json; charset=iso-8859-1"))
AREA.add("type-missing", sending(_no_type))
AREA.add(
    "type-html-on-record",
    sending(lambda o, _: o.headers.update(HTML), path=DETAILS_PATH),
)


def for_refusals(instead: Outgoing) -> Any:
    return sending(lambda outgoing, _: copy(instead) if _is_refusal(outgoing) else None)


def _is_refusal(outgoing: Outgoing) -> bool:
    return b'"code": 200' not in outgoing.content


PAGE = b"<html><body><h1>Bad Gateway</h1></body></html>"
AREA.add("html-for-refusals", for_refusals(Outgoing(400, PAGE, HTML)))
AREA.add(
    "html-502-now-and-then",
    every(20, sending(lambda _o, _i: Outgoing(502, b"<html>", HTML))),
)
AREA.add("empty-500-for-refusals", for_refusals(Outgoing(500, b"")))
AREA.add("empty-404-for-refusals", for_refusals(Outgoing(404, b"")))
AREA.add("plain-text-500-for-refusals", for_refusals(Outgoing(500, b"Internal Server Error", TEXT)))
AREA.add(
    "empty-204-for-create",
    sending(lambda o, _: None if _is_refusal(o) else Outgoing(204, b"", {}), path=CREATE_PATH),
)
