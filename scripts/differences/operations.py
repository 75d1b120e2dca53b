"""Differences between two operations: what is sent, what comes back, what calls back."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeVar

from differences.change import Change, Grade, Side, narrowed, widened
from differences.parts import SENT_AS, compare_parts, sent_as
from differences.places import Element, canonical, extension, media_type, status
from differences.remainder import come_and_gone, remaining
from differences.renames import only_cosmetic, paired
from differences.schemas import compare_schemas
from differences.views import view_of

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_JUDGED = ("parameters", "requestBody", "responses", "callbacks", "security", "servers")
_FIELD = ("name", "in", "required", "schema", "content", *SENT_AS)
_Fields = dict[tuple[str, str], Element]
K = TypeVar("K")
_STYLES = {"path": "simple", "header": "simple"}
_FORMS = ("multipart/", "application/x-www-form-urlencoded")
# OpenAPI ignores what is said of them: the key, the body and the answer say it.
_IGNORED = [("header", name) for name in ("accept", "content-type", "authorization")]
_NAMES = re.compile(r"\{([^}]*)\}")


class Operation(NamedTuple):
    """An operation, the path item around it, and the path as it is written."""

    place: Element
    item: Element
    path: str

    @property
    def name(self) -> str:
        """The method and the path."""
        return f"{self.place.key.upper()} {self.path}"

    def parameters(self) -> _Fields:
        """The parameters by place and name; those of the path by their number."""
        names = _NAMES.findall(self.path)
        found: _Fields = {}
        for stated in (self.item, self.place):
            for place in stated.child("parameters", []).items():
                parameter = place.follow()
                name, kind = (str(parameter.child(key).value) for key in ("name", "in"))
                if kind == "header":
                    name = name.lower()
                elif kind == "path" and name in names:
                    name = str(names.index(name))
                found[kind, name] = parameter
        return found


def operations_under(
    paths: Element, fold: Callable[[str], str] = extension
) -> dict[tuple[str, str], Operation]:
    """The operations by path and method; ``fold``: what makes two paths the same."""
    found = {}
    for path, place in paths.children(fold).items():
        item = place.follow()
        for method, operation in item.children().items():
            if method in METHODS:
                found[path, method] = Operation(operation, item, place.key)
    return found


def template(path: str) -> str:
    """A path without the names of its parameters."""
    return _NAMES.sub("{}", extension(path))


def compare_operations(old: Operation, new: Operation, sent: Side) -> Iterator[Change]:
    """Every difference between two operations, but for servers and security.

    ``sent``: the side of what is sent; RESPONSE in a callback, where the client reads the
    request and writes the response.
    """
    read = Side.RESPONSE if sent is Side.REQUEST else Side.REQUEST
    before, after = old.place, new.place
    yield from remaining(before, after, _JUDGED, Side.BOTH)
    yield from remaining(old.item, new.item, (*METHODS, "parameters", "servers"), Side.BOTH)
    yield from _parameters(old.parameters(), new.parameters(), sent)
    yield from _body(before.child("requestBody", {}), after.child("requestBody", {}), sent)
    yield from _responses(before.child("responses", {}), after.child("responses", {}), read)
    yield from called_back(_callbacks(before), _callbacks(after), "callback")


def _callbacks(operation: Element) -> dict[tuple[str, ...], Operation]:
    """What an operation has called back, by address, method and name."""
    return {
        (*key, name): found
        for name, callback in operation.child("callbacks", {}).children(extension).items()
        for key, found in operations_under(callback.follow()).items()
    }


def called_back(
    old: Mapping[Any, Operation], new: Mapping[Any, Operation], what: str
) -> Iterator[Change]:
    """Differences between operations that the gateway calls; what a callback is named is words."""

    def alike(key: tuple[str, ...], _: Operation, name: tuple[str, ...], __: Operation) -> bool:
        return key[:2] == name[:2]

    for key, name in paired(old, new, alike):
        was, now = old.get(key), new.get(name)
        if not was or not now:
            one, other = ({" ".join(key): it.place} if it else {} for it in (was, now))
            yield from come_and_gone(one, other, Side.RESPONSE, what)
            continue
        if key != name:
            text = f"{what} renamed: {key[-1]} → {name[-1]}"
            yield Change(Grade.COSMETIC, Side.RESPONSE, now.place.pointer, text, key[-1], name[-1])
        yield from compare_operations(was, now, Side.RESPONSE)
        yield from remaining(was.place, now.place, _JUDGED[:4], Side.BOTH)
        yield from remaining(was.item, now.item, (*METHODS, "parameters"), Side.BOTH)


def _parameters(old: _Fields, new: _Fields, side: Side) -> Iterator[Change]:
    def alike(key: tuple[str, str], one: Element, name: tuple[str, str], other: Element) -> bool:
        return key[0] == name[0] and only_cosmetic(_field(one, other, key[0], side))

    yield from _ignored(old, new, _IGNORED, side)
    for key, key_now in paired(old, new, alike):
        was, now = old.get(key), new.get(key_now)
        kind, name = key[0], str((was or new[key]).child("name").value)
        if was and now:
            after = str(now.child("name").value)
            if key != key_now:
                text = f"probable rename of a parameter: {name} → {after} ({kind})"
                yield Change(Grade.BREAKING, side, now.pointer, text, name, after)
            elif kind == "path" and name != after:
                text = f"path parameter renamed: {name} → {after}"
                yield Change(Grade.COSMETIC, side, now.child("name").pointer, text, name, after)
            yield from _field(was, now, kind, side)
        elif was:
            text = f"parameter removed: {name} ({kind})"
            yield Change(Grade.BREAKING, side, was.pointer, text, name)
        elif now:
            needed = now.child("required").value is True
            grade = Grade.BREAKING if needed and side is Side.REQUEST else Grade.COMPATIBLE
            text = f"parameter added: {name} ({kind}, {_word(needed)})"
            yield Change(grade, side, now.pointer, text, new=name)


def _ignored(
    old: dict[K, Element], new: dict[K, Element], keys: Iterable[K], side: Side
) -> Iterator[Change]:
    """What counts as words whatever it says; it is taken out."""
    for key in keys:
        places = [found.pop(key) for found in (old, new) if key in found]
        if len({canonical(place.meaning()) for place in places}) == 2 or len(places) == 1:
            text = "what OpenAPI ignores there changed"
            yield Change(Grade.COSMETIC, side, places[-1].pointer, text)


def _field(old: Element, new: Element, kind: str, side: Side) -> Iterator[Change]:
    """Differences between two parameters or two headers."""
    yield from _needed(old, new, kind if kind == "header" else "parameter", side)
    yield from remaining(old, new, _FIELD, side)
    shown = {name for each in (old, new) for name in view_of(each.child("schema", {})).types}
    for key, before, after in sent_as(old, new, _STYLES.get(kind, "form")):
        if key == "explode" and not shown & {"array", "object"}:
            continue  # a single value is written the same
        text = f"{key}: {before} → {after}"
        yield Change(Grade.BREAKING, side, new.child(key).pointer, text)
    before, after = (place.child("content", {}) for place in (old, new))
    if bool(before.value) is not bool(after.value):
        yield Change(Grade.BREAKING, side, new.pointer, "schema and content exchanged")
        return
    yield from _schemas(old, new, side)
    yield from _content(before, after, side)


def _schemas(old: Element, new: Element, side: Side) -> Iterator[Change]:
    before, after = (view_of(place.child("schema", {})) for place in (old, new))
    yield from compare_schemas(before, after, side)


def _body(old: Element, new: Element, side: Side) -> Iterator[Change]:
    before, after = old.follow(), new.follow()
    if not before.value and not after.value:
        return
    if not before.value or not after.value:
        added = bool(after.value)
        needed = added and after.value.get("required") is True
        grade = Grade.BREAKING if needed or not added else Grade.COMPATIBLE
        place = after if added else before
        text = f"request body {'added' if added else 'removed'}"
        yield Change(grade, side, place.pointer, text)
        return
    yield from _needed(before, after, "request body", side)
    yield from remaining(before, after, ("required", "content"), side)
    yield from _content(before.child("content", {}), after.child("content", {}), side)


def _content(old: Element, new: Element, side: Side) -> Iterator[Change]:
    before, after = old.children(media_type), new.children(media_type)
    added = Grade.COMPATIBLE if side is Side.REQUEST or not before else Grade.BREAKING
    pairs = _media_types(before, after)
    gone = {name: before[name] for name in before if name not in [one for one, _ in pairs]}
    come = {name: after[name] for name in after if name not in [other for _, other in pairs]}
    yield from come_and_gone(gone, come, side, "media type", added=added)
    for name, name_now in pairs:
        one, other = before[name], after[name_now]
        if name != name_now:
            more = fnmatchcase(name, name_now)
            stays = name_now in before if more else name in after
            grade = Grade.COMPATIBLE if stays else widened(side) if more else narrowed(side)
            yield Change(grade, side, other.pointer, f"media type: {name} → {name_now}")
        yield from _schemas(one, other, side)
        yield from remaining(one, other, ("schema", "encoding"), side)
        if name.startswith(_FORMS):
            yield from compare_parts(one, other, side)
        else:
            was, now = ({"": each.child("encoding", {})} for each in (one, other))
            yield from _ignored(was, now, [""], side)


def _media_types(old: dict[str, Element], new: dict[str, Element]) -> list[tuple[str, str]]:
    """Each media type with itself, or with the range (``*/*``) that speaks of it there."""
    pairs = [(name, name) for name in old if name in new]
    pairs += [(a, b) for a in old if a not in new for b in new if fnmatchcase(a, b)]
    return pairs + [(a, b) for b in new if b not in old for a in old if fnmatchcase(b, a)]


def _responses(old: Element, new: Element, side: Side) -> Iterator[Change]:
    before, after = old.children(status), new.children(status)
    bad = [code for code in before if not code.startswith("2") and code != "default"]
    yield from come_and_gone(before, after, side, "response", harmless=bad)
    for code in (code for code in before if code in after):
        yield from _response(before[code].follow(), after[code].follow(), side)


def _response(old: Element, new: Element, side: Side) -> Iterator[Change]:
    yield from remaining(old, new, ("content", "headers"), side)
    yield from _content(old.child("content", {}), new.child("content", {}), side)
    before, after = (place.child("headers", {}).children(str.lower) for place in (old, new))
    yield from _ignored(before, after, ("content-type",), side)
    yield from come_and_gone(before, after, side, "header")
    for name in (name for name in before if name in after):
        yield from _field(before[name].follow(), after[name].follow(), "header", side)


def _needed(old: Element, new: Element, what: str, side: Side) -> Iterator[Change]:
    before, after = (place.child("required").value is True for place in (old, new))
    if before != after:
        grade = narrowed(side) if after else widened(side)
        text = f"{what} {'now' if after else 'no longer'} required"
        where = new.child("required").pointer
        yield Change(grade, side, where, text, _word(before), _word(after))


def _word(needed: bool) -> str:
    return "required" if needed else "optional"
