"""Differences between two operations: what is sent, what comes back, what calls back."""

from collections.abc import Iterator

from differences.change import Change, Grade, Side
from differences.schemas import compare_schemas
from differences.views import Element, Resolver

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operations:
    """Compares the operations of two documents."""

    def __init__(self, old: Resolver, new: Resolver) -> None:
        self._old = old
        self._new = new

    def compare(self, old: Element, new: Element, *, reverse: bool = False) -> Iterator[Change]:
        """Every difference between two operations.

        ``reverse``: a callback, where the client reads the request and writes the response.
        """
        sent, read = (Side.RESPONSE, Side.REQUEST) if reverse else (Side.REQUEST, Side.RESPONSE)
        yield from texts(old, new, ("summary", "description", "operationId"), Side.BOTH)
        if bool(new.child("deprecated").value) != bool(old.child("deprecated").value):
            word = "deprecated" if new.child("deprecated").value else "no longer deprecated"
            yield Change(Grade.COMPATIBLE, Side.BOTH, new.pointer, f"operation {word}")
        yield from self._body(old, new, sent)
        yield from self._responses(old.child("responses", {}), new.child("responses", {}), read)
        yield from self._callbacks(old.child("callbacks", {}), new.child("callbacks", {}))

    def parameters(self, old: list[Element], new: list[Element]) -> Iterator[Change]:
        """Differences between the parameters of two operations."""
        before = _by_name([self._old.follow(place) for place in old])
        after = _by_name([self._new.follow(place) for place in new])
        for key, place in before.items():
            if key not in after:
                text = f"parameter removed: {key[1]} ({key[0]})"
                yield Change(Grade.BREAKING, Side.REQUEST, place.pointer, text, key[1])
            else:
                yield from self._parameter(place, after[key])
        for key, place in after.items():
            if key not in before:
                needed = place.value.get("required") is True
                grade = Grade.BREAKING if needed else Grade.COMPATIBLE
                word = "required" if needed else "optional"
                text = f"parameter added: {key[1]} ({key[0]}, {word})"
                yield Change(grade, Side.REQUEST, place.pointer, text, new=key[1])

    def _parameter(self, old: Element, new: Element) -> Iterator[Change]:
        yield from _needed(old, new, "parameter")
        yield from texts(old, new, ("description", "example", "examples"), Side.REQUEST)
        for key in ("style", "explode", "allowReserved"):
            if old.value.get(key) != new.value.get(key):
                text = f"{key}: {old.value.get(key)} → {new.value.get(key)}"
                yield Change(Grade.BREAKING, Side.REQUEST, new.child(key).pointer, text)
        yield from self._schemas(old, new, Side.REQUEST)

    def _schemas(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before = self._old.view(old.child("schema", {}))
        after = self._new.view(new.child("schema", {}))
        yield from compare_schemas(before, after, side)

    def _body(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before = self._old.follow(old.child("requestBody", {}))
        after = self._new.follow(new.child("requestBody", {}))
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
        yield from _needed(before, after, "request body")
        yield from texts(before, after, ("description",), side)
        yield from self._content(before.child("content", {}), after.child("content", {}), side)

    def _content(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before, after = old.children(), new.children()
        for name, place in before.items():
            if name not in after:
                text = f"media type removed: {name}"
                yield Change(Grade.BREAKING, side, place.pointer, text, name)
            else:
                yield from self._schemas(place, after[name], side)
                yield from texts(place, after[name], ("example", "examples"), side)
        for name, place in after.items():
            if name not in before:
                grade = Grade.COMPATIBLE if side is Side.REQUEST or not before else Grade.BREAKING
                yield Change(grade, side, place.pointer, f"media type added: {name}", new=name)

    def _responses(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before, after = old.children(), new.children()
        for status, place in before.items():
            if status not in after:
                good = status.startswith("2") or status == "default"
                grade = Grade.BREAKING if good else Grade.COMPATIBLE
                yield Change(grade, side, place.pointer, f"response removed: {status}", status)
            else:
                yield from self._response(place, after[status], side)
        for status, place in after.items():
            if status not in before:
                text = f"response added: {status}"
                yield Change(Grade.COMPATIBLE, side, place.pointer, text, new=status)

    def _response(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before, after = self._old.follow(old), self._new.follow(new)
        yield from texts(before, after, ("description",), side)
        yield from self._content(before.child("content", {}), after.child("content", {}), side)
        yield from self._headers(before.child("headers", {}), after.child("headers", {}), side)

    def _headers(self, old: Element, new: Element, side: Side) -> Iterator[Change]:
        before, after = old.children(), new.children()
        for name, place in before.items():
            if name not in after:
                yield Change(Grade.BREAKING, side, place.pointer, f"header removed: {name}", name)
            else:
                one, other = self._old.follow(place), self._new.follow(after[name])
                yield from self._schemas(one, other, side)
        for name in (name for name in after if name not in before):
            text = f"header added: {name}"
            yield Change(Grade.COMPATIBLE, side, after[name].pointer, text, new=name)

    def _callbacks(self, old: Element, new: Element) -> Iterator[Change]:
        before, after = self._called(self._old, old), self._called(self._new, new)
        for key, place in before.items():
            if key not in after:
                text = f"callback removed: {key[0]}"
                yield Change(Grade.BREAKING, Side.RESPONSE, place.pointer, text, key[0])
            else:
                yield from self.compare(place, after[key], reverse=True)
        for key, place in after.items():
            if key not in before:
                text = f"callback added: {key[0]}"
                yield Change(Grade.COMPATIBLE, Side.RESPONSE, place.pointer, text, new=key[0])

    def _called(
        self, resolver: Resolver, callbacks: Element
    ) -> dict[tuple[str, str, str], Element]:
        found = {}
        for name, callback in callbacks.children().items():
            for expression, item in resolver.follow(callback).children().items():
                for method, operation in resolver.follow(item).children().items():
                    if method in METHODS:
                        found[name, expression, method] = operation
        return found


def _needed(old: Element, new: Element, what: str) -> Iterator[Change]:
    before, after = old.value.get("required") is True, new.value.get("required") is True
    if before != after:
        grade = Grade.BREAKING if after else Grade.COMPATIBLE
        text = f"{what} {'now' if after else 'no longer'} required"
        where = new.child("required").pointer
        yield Change(grade, Side.REQUEST, where, text, _word(before), _word(after))


def _word(needed: bool) -> str:
    return "required" if needed else "optional"


def _by_name(places: list[Element]) -> dict[tuple[str, str], Element]:
    return {
        (str(place.value.get("in")), str(place.value.get("name"))): place
        for place in places
        if isinstance(place.value, dict)
    }


def texts(old: Element, new: Element, keys: tuple[str, ...], side: Side) -> Iterator[Change]:
    """Differences in what only people read; white space does not count."""
    for key in keys:
        before, after = old.child(key).value, new.child(key).value
        if _plain(before) != _plain(after):
            yield Change(Grade.COSMETIC, side, new.child(key).pointer, f"{key} changed")


def _plain(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return value or None
