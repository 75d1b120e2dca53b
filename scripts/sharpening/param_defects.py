"""Defects of `param`: what a record tells of the request that made its task."""

import json
import unicodedata
from typing import Any
from urllib.parse import unquote

from imagen4.facts.gateways import DEFAULT_MODEL
from sharpening.defect import COUNTING, Area, changing
from sharpening.reference import Task

AREA = Area("record")


def _param(change: Any) -> Any:
    return changing("param", lambda original, task: change(original(task), task))


def _input(change: Any) -> Any:
    """`param` with a changed input."""

    def rebuilt(_text: str, task: Task) -> str:
        return json.dumps({"model": DEFAULT_MODEL, "input": change(dict(task.request["input"]))})

    return _param(rebuilt)


AREA.add("param-not-json", _param(lambda text, _: text.replace('"', "'")))
AREA.add("param-like-python", _param(lambda _text, task: str(task.request)))
AREA.add("param-cut", _param(lambda text, _: text[:60]))
AREA.add("param-an-object", _param(lambda _text, task: task.request))
AREA.add("param-a-list", _param(lambda text, _: f"[{text}]"))
AREA.add("param-in-base64", _param(lambda text, _: text.encode().hex()))
AREA.add("param-of-another", _input(lambda _given: {"prompt": "somebody else's prompt"}))
AREA.add("param-prompt-cut", _input(lambda g: g | {"prompt": g["prompt"][:100]}))
AREA.add(
    "param-prompt-mangled",
    _input(lambda g: g | {"prompt": g["prompt"].encode("ascii", "replace").decode()}),
)
AREA.add("param-prompt-escaped", _input(lambda g: g | {"prompt": g["prompt"].replace("<", "&lt;")}))
AREA.add(
    "param-prompt-mojibake",
    _input(lambda g: g | {"prompt": g["prompt"].encode().decode("latin-1")}),
)
AREA.add("param-without-seed", _input(lambda g: {n: v for n, v in g.items() if n != "seed"}))
AREA.add(
    "param-without-negative-prompt",
    _input(lambda g: {n: v for n, v in g.items() if n != "negative_prompt"}),
)
AREA.add("param-ratio-default", _input(lambda g: g | {"aspect_ratio": "1:1"}))
AREA.add(
    "param-model-missing", _param(lambda _t, task: json.dumps({"input": task.request["input"]}))
)
AREA.add(
    "param-input-missing", _param(lambda _t, task: json.dumps({"model": task.request["model"]}))
)
AREA.add("param-count-default", _input(lambda g: g | {"num_images": "1"}), gateways=COUNTING)


def _every_text(change: Any) -> Any:
    return _input(lambda given: {name: change(str(value)) for name, value in given.items()})


def _as_number(given: dict[str, Any], number: Any) -> dict[str, Any]:
    seed = given.get("seed", "")
    return given | {"seed": number(seed)} if seed.isdecimal() and seed.isascii() else given


AREA.add("param-seed-a-float", _input(lambda g: _as_number(g, float)))
AREA.add("param-seed-an-integer", _input(lambda g: _as_number(g, lambda text: int(text[-9:]))))
AREA.add("param-plus-is-a-blank", _every_text(lambda text: text.replace("+", " ")))
AREA.add("param-per-cent-decoded", _every_text(unquote))
AREA.add("param-normalized", _every_text(lambda text: unicodedata.normalize("NFKC", text)))
AREA.add("param-ratio-of-another-model", _input(lambda g: {"aspect_ratio": "16:9"} | g))
AREA.add("param-count-of-nobody", _input(lambda g: {"num_images": "4"} | g), gateways=COUNTING)
