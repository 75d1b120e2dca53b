"""Differences between two documents: servers, security, paths, operations."""

from collections.abc import Iterator
from typing import Any

from differences.change import Change, Grade, Side
from differences.operations import METHODS, Operations, texts
from differences.views import Element, Resolver

_SCHEME_KEYS = ("type", "scheme", "name", "in", "openIdConnectUrl", "flows")


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Every semantic difference, gravest first; the same one is named once."""
    found = _Comparison(Resolver(old), Resolver(new)).changes()
    changes = {change.line(): change for change in found}.values()
    order = {Side.REQUEST: 0, Side.BOTH: 1, Side.RESPONSE: 2}
    return sorted(changes, key=lambda change: (-change.grade, order[change.side]))


class _Comparison:
    def __init__(self, old: Resolver, new: Resolver) -> None:
        self._old, self._new = old, new
        self._operations = Operations(old, new)

    def changes(self) -> Iterator[Change]:
        old, new = self._old.root, self._new.root
        yield from self._info(old.child("info", {}), new.child("info", {}))
        yield from self._servers(old, new)
        before, after = self._paths(self._old), self._paths(self._new)
        for key, (item, operation) in before.items():
            if key not in after:
                text = f"operation removed: {key[1].upper()} {key[0]}"
                yield Change(Grade.BREAKING, Side.BOTH, operation.pointer, text, key[0])
            else:
                yield from self._operation(item, operation, *after[key])
        for key, (_, operation) in after.items():
            if key not in before:
                text = f"operation added: {key[1].upper()} {key[0]}"
                yield Change(Grade.COMPATIBLE, Side.BOTH, operation.pointer, text, new=key[0])

    def _info(self, old: Element, new: Element) -> Iterator[Change]:
        for key in ("title", "description", "version", "contact", "license", "termsOfService"):
            # Apidog leaves these out or empty: that says nothing.
            if old.child(key).value and new.child(key).value:
                yield from texts(old, new, (key,), Side.BOTH)

    def _servers(self, old: Element, new: Element) -> Iterator[Change]:
        before, after = _server_urls(old), _server_urls(new)
        where = new.child("servers").pointer
        if before != after:
            text = f"servers: {', '.join(before) or 'none'} → {', '.join(after) or 'none'}"
            yield Change(
                Grade.BREAKING, Side.BOTH, where, text, ", ".join(before), ", ".join(after)
            )
        one, other = (
            [_described(item) for item in place.child("servers", []).items()]
            for place in (old, new)
        )
        if one != other and before == after:
            yield Change(Grade.COSMETIC, Side.BOTH, where, "server description changed")

    def _paths(self, resolver: Resolver) -> dict[tuple[str, str], tuple[Element, Element]]:
        found = {}
        for path, place in resolver.root.child("paths", {}).children().items():
            item = resolver.follow(place)
            for method, operation in item.children().items():
                if method in METHODS:
                    found[path, method] = (item, operation)
        return found

    def _operation(
        self, old_item: Element, old: Element, new_item: Element, new: Element
    ) -> Iterator[Change]:
        if old.child("servers").value or new.child("servers").value:
            yield from self._servers(old, new)
        yield from self._security(old, new)
        before = old_item.child("parameters", []).items() + old.child("parameters", []).items()
        after = new_item.child("parameters", []).items() + new.child("parameters", []).items()
        yield from self._operations.parameters(before, after)
        yield from self._operations.compare(old, new)

    def _security(self, old: Element, new: Element) -> Iterator[Change]:
        before, after = _access(self._old, old), _access(self._new, new)
        where = _security_place(self._new, new).pointer
        if before != after:
            text = f"security: {_names(before)} → {_names(after)}"
            yield Change(Grade.BREAKING, Side.BOTH, where, text, _names(before), _names(after))
        yield from self._scheme_texts(old, new)

    def _scheme_texts(self, old: Element, new: Element) -> Iterator[Change]:
        before, after = _schemes(self._old, old), _schemes(self._new, new)
        for name in before.keys() & after.keys():
            keys = ("description", "bearerFormat")
            yield from texts(before[name], after[name], keys, Side.BOTH)


def _server_urls(place: Element) -> list[str]:
    found = []
    for server in place.child("servers", []).items():
        url = str(server.value.get("url", "")) if isinstance(server.value, dict) else ""
        for name, variable in server.child("variables", {}).children().items():
            url = url.replace("{" + name + "}", str(variable.value.get("default", "")))
        found.append(url.rstrip("/"))
    return found


def _described(server: Element) -> str:
    value = server.value.get("description") if isinstance(server.value, dict) else ""
    return " ".join(str(value or "").split())


def _security_place(resolver: Resolver, operation: Element) -> Element:
    """The requirement in force: the operation's own, or the document's."""
    own = isinstance(operation.value.get("security"), list)
    return (operation if own else resolver.root).child("security", [])


def _access(resolver: Resolver, operation: Element) -> list[Any]:
    """The alternatives that give access, each as the schemes it needs, by what they are."""
    schemes = resolver.root.child("components", {}).child("securitySchemes", {}).children()
    alternatives = []
    for requirement in _security_place(resolver, operation).items():
        needed = []
        for name, scopes in requirement.children().items():
            scheme = resolver.follow(schemes.get(name, Element({}, ""))).value
            facts = {key: _fact(scheme, key) for key in _SCHEME_KEYS if scheme.get(key)}
            needed.append((facts, sorted(scopes.value or [])))
        alternatives.append(needed)
    return alternatives


def _fact(scheme: dict[str, Any], key: str) -> Any:
    value = scheme[key]
    return value.lower() if key == "scheme" else value


def _schemes(resolver: Resolver, operation: Element) -> dict[str, Element]:
    """The schemes that an operation may need, by what kind they are."""
    schemes = resolver.root.child("components", {}).child("securitySchemes", {}).children()
    found = {}
    for requirement in _security_place(resolver, operation).items():
        for name in requirement.children():
            place = resolver.follow(schemes.get(name, Element({}, "")))
            if place.value:
                found[f"{place.value.get('type')} {place.value.get('scheme', '')}"] = place
    return found


def _names(alternatives: list[Any]) -> str:
    if not alternatives:
        return "none"
    return " or ".join(
        " and ".join(" ".join(str(fact) for fact in facts.values()) for facts, _ in needed)
        or "none"
        for needed in alternatives
    )
