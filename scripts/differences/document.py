"""Differences between two documents: servers, security, paths, operations."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from differences.change import Change, Grade, Side
from differences.operations import (
    Operation,
    called_back,
    compare_operations,
    operations_under,
    template,
)
from differences.places import Element, canonical, extension
from differences.remainder import remaining, unused
from differences.renames import only_cosmetic, paired

_SCHEME_KEYS = ("type", "scheme", "name", "in", "openIdConnectUrl", "flows")
_JUDGED = ("info", "servers", "paths", "webhooks", "components", "security")
# Apidog leaves these out or empty: that says nothing.
_OFTEN_EMPTY = ("title", "description", "version", "contact", "license", "termsOfService")


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Every semantic difference, gravest first; the same one is named once."""
    found = _differences(Element(old, "", old), Element(new, "", new))
    changes = {change.line(): change for change in found}.values()
    order = {Side.REQUEST: 0, Side.BOTH: 1, Side.RESPONSE: 2}
    return sorted(changes, key=lambda change: (-change.grade, order[change.side]))


def _differences(old: Element, new: Element) -> Iterator[Change]:
    yield from remaining(old, new, _JUDGED, Side.BOTH)
    one, other = old.child("info", {}), new.child("info", {})
    silent = [key for key in _OFTEN_EMPTY if not (one.child(key).value and other.child(key).value)]
    yield from remaining(one, other, silent, Side.BOTH)
    yield from _servers(old, new)
    yield from _operations(old, new)
    yield from called_back(old.child("webhooks", {}), new.child("webhooks", {}), "webhook")
    yield from unused(old, new)


def _operations(old: Element, new: Element) -> Iterator[Change]:
    before, after = (operations_under(root.child("paths", {}), template) for root in (old, new))
    for key, name in paired(before, after, _alike):
        was, now = before.get(key), after.get(name)
        if was and now and key == name:
            yield from _in_force(was, now)
            yield from compare_operations(was, now, Side.REQUEST)
        elif was and now:
            text = f"probable rename of an operation: {was.name} → {now.path}"
            yield Change(Grade.BREAKING, Side.BOTH, now.place.pointer, text, was.path, now.path)
        elif was:
            text = f"operation removed: {was.name}"
            yield Change(Grade.BREAKING, Side.BOTH, was.place.pointer, text, was.path)
        elif now:
            text = f"operation added: {now.name}"
            yield Change(Grade.COMPATIBLE, Side.BOTH, now.place.pointer, text, new=now.path)


def _alike(key: tuple[str, str], old: Operation, name: tuple[str, str], new: Operation) -> bool:
    return key[1] == name[1] and only_cosmetic(compare_operations(old, new, Side.REQUEST))


def _in_force(old: Operation, new: Operation) -> Iterator[Change]:
    """Differences in the servers and the security that an operation has."""
    before, after = (
        next((place for place in found[:2] if place.child("servers").value), None)
        for found in (old, new)
    )
    if before or after:
        yield from _servers(before or _root(old.place), after or _root(new.place))
    yield from _security(old.place, new.place)


def _root(place: Element) -> Element:
    return Element(place.root, "", place.root)


def _servers(old: Element, new: Element) -> Iterator[Change]:
    before, after = _server_urls(old), _server_urls(new)
    where = new.child("servers").pointer
    if list(before) != list(after):
        # Who calls a server that is still named goes on, whatever stands beside it.
        grade = Grade.COMPATIBLE if before.keys() <= after.keys() else Grade.BREAKING
        names = [", ".join(urls) or "none" for urls in (before, after)]
        yield Change(grade, Side.BOTH, where, f"servers: {' → '.join(names)}", *names)
    for url in before.keys() & after.keys():
        yield from remaining(before[url], after[url], ("url",), Side.BOTH)


def _server_urls(place: Element) -> dict[str, Element]:
    """The servers by address; to name none is to name the root of where the document is."""
    found = {}
    for server in place.child("servers", []).items():
        url = str(server.child("url", "").value)
        for name, variable in server.child("variables", {}).children().items():
            url = url.replace("{" + name + "}", str(variable.child("default", "").value))
        origin = "://".join(urlsplit(url)[:2])
        url = url.replace(origin, origin.lower())
        found[url.rstrip("/")] = server
    return {} if list(found) == [""] else found


def _security(old: Element, new: Element) -> Iterator[Change]:
    before, after = _access(old), _access(new)
    where = _requirements(new).pointer
    if before.keys() != after.keys():
        # One more way to get in shuts nobody out.
        grade = Grade.COMPATIBLE if before.keys() <= after.keys() else Grade.BREAKING
        names = [" or ".join(sorted(ways.values())) for ways in (before, after)]
        yield Change(grade, Side.BOTH, where, f"security: {' → '.join(names)}", *names)
    one, other = _schemes(old), _schemes(new)
    for name in one.keys() & other.keys():
        yield from remaining(one[name], other[name], _SCHEME_KEYS, Side.BOTH)


def _requirements(operation: Element) -> Element:
    """The requirement in force: the operation's own, or the document's."""
    own = isinstance(operation.value.get("security"), list)
    return (operation if own else _root(operation)).child("security", [])


def _scheme(operation: Element, name: str) -> Element:
    components = _root(operation).child("components", {})
    return components.child("securitySchemes", {}).child(name, {}).follow()


def _access(operation: Element) -> dict[str, str]:
    """The alternatives that give access: what each needs, and the words for it."""
    found = {}
    for requirement in _requirements(operation).items() or [Element({}, "", {})]:
        needed, names = [], []
        for name, scopes in requirement.children(extension).items():
            facts = _facts(_scheme(operation, name))
            needed.append(canonical([facts, sorted(scopes.value or [])]))
            names.append(" ".join(map(str, facts.values())))
        found[canonical(sorted(needed))] = " and ".join(names) or "none"
    return found


def _facts(scheme: Element) -> dict[str, Any]:
    """What a scheme is; the case of ``bearer`` and of a header's name means nothing."""
    facts = {key: scheme.value[key] for key in _SCHEME_KEYS if scheme.value.get(key)}
    folded = ("scheme", "name") if facts.get("in") == "header" else ("scheme",)
    return {key: str(fact).lower() if key in folded else fact for key, fact in facts.items()}


def _schemes(operation: Element) -> dict[str, Element]:
    """The schemes that an operation may need, by what they are."""
    names = [name for need in _requirements(operation).items() for name in need.children(extension)]
    schemes = (_scheme(operation, name) for name in names)
    return {canonical(_facts(scheme)): scheme for scheme in schemes if scheme.value}
