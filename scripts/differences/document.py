"""Differences between two documents: servers, security, paths, operations."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

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
from differences.words import compare_around

_SCHEME_KEYS = ("type", "scheme", "name", "in", "openIdConnectUrl", "flows")
_MOST_URLS = 100
_ORIGIN = re.compile(r"(https?)://([^/]*)", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}
_JUDGED = ("info", "servers", "paths", "webhooks", "components", "security")
# Apidog leaves these out or empty: that says nothing.
_OFTEN_EMPTY = ("title", "description", "version", "contact", "license", "termsOfService")


def compare(
    old: dict[str, Any], new: dict[str, Any], around: tuple[str, str] = ("", "")
) -> list[Change]:
    """Every semantic difference, gravest first; the same one is named once.

    ``around``: what stands beside the documents on their pages.
    """
    found = (
        *_differences(Element(old, "", old), Element(new, "", new)),
        *compare_around(*around),
    )
    changes = {change.line(): change for change in found}.values()
    order = {Side.REQUEST: 0, Side.BOTH: 1, Side.RESPONSE: 2}
    return sorted(changes, key=lambda change: (-change.grade, order[change.side]))


def _differences(old: Element, new: Element) -> Iterator[Change]:
    yield from remaining(old, new, _JUDGED, Side.BOTH)
    one, other = old.child("info", {}), new.child("info", {})
    silent = [key for key in _OFTEN_EMPTY if not (one.child(key).value and other.child(key).value)]
    yield from remaining(one, other, silent, Side.BOTH)
    yield from _operations(old, new)
    before, after = (operations_under(root.child("webhooks", {})) for root in (old, new))
    yield from called_back(before, after, "webhook")
    yield from unused(old, new)


def _operations(old: Element, new: Element) -> Iterator[Change]:
    before, after = (operations_under(root.child("paths", {}), template) for root in (old, new))
    if not before.keys() & after.keys():
        yield from _servers(old, new)
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
        next((place for place in found[:2] if place.child("servers").value), _root(found.place))
        for found in (old, new)
    )
    yield from _servers(before, after)
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
        one, other = before[url], after[url]
        yield from remaining(one, other, ("url", "variables"), Side.BOTH)
        was, now = (place.child("variables", {}).children() for place in (one, other))
        for name in was.keys() & now.keys():
            yield from remaining(was[name], now[name], ("default", "enum"), Side.BOTH)


def _server_urls(place: Element) -> dict[str, Element]:
    """The servers by address; to name none is to name the root of where the document is."""
    found = {}
    for server in place.child("servers", []).items():
        variables = server.child("variables", {}).children()
        values = product(*map(_values, variables.values()))
        for chosen in islice(values, _MOST_URLS):
            url = str(server.child("url", "").value)
            for name, value in zip(variables, chosen, strict=True):
                url = url.replace("{" + name + "}", value)
            found[_address(url)] = server
    return found or {"": Element({}, place.child("servers").pointer, place.root)}


def _values(variable: Element) -> list[str]:
    """What can stand for a variable, its default first; ``{}`` where that is anything."""
    default = str(variable.child("default", "").value)
    listed = [str(value.value) for value in variable.child("enum", []).items()] or ["{}"]
    return list(dict.fromkeys([default, *listed]))


def _address(url: str) -> str:
    """A server's URL without the case of its host, the usual port and a slash at its end."""
    origin = _ORIGIN.match(url)
    if origin:
        scheme, host = origin[1].lower(), origin[2].lower().removesuffix(_PORTS[origin[1].lower()])
        url = f"{scheme}://{host}{url[origin.end() :]}"
    return url.rstrip("/")


def _security(old: Element, new: Element) -> Iterator[Change]:
    before, after = _access(old), _access(new)
    where = _requirements(new).pointer
    if before.keys() != after.keys():
        # Who gave all that an alternative asks for gets in; but nothing asked may be a mistake.
        opened = all(any(less <= more for less in after) for more in before)
        opened = opened and (after.keys() != {frozenset()})
        grade = Grade.COMPATIBLE if opened else Grade.BREAKING
        names = [" or ".join(sorted(ways.values())) for ways in (before, after)]
        yield Change(grade, Side.BOTH, where, f"security: {' → '.join(names)}", *names)
    one, other = _schemes(old), _schemes(new)
    for name in one.keys() & other.keys():
        yield from remaining(one[name], other[name], _SCHEME_KEYS, Side.BOTH)
        was, now = (place.child("flows", {}).children() for place in (one[name], other[name]))
        for flow in was:
            yield from remaining(was[flow], now[flow], _addresses(was[flow]), Side.BOTH)


def _requirements(operation: Element) -> Element:
    """The requirement in force: the operation's own, or the document's."""
    own = isinstance(operation.value.get("security"), list)
    return (operation if own else _root(operation)).child("security", [])


def _scheme(operation: Element, name: str) -> Element:
    components = _root(operation).child("components", {})
    return components.child("securitySchemes", {}).child(name, {}).follow()


def _access(operation: Element) -> dict[frozenset[str], str]:
    """The alternatives that give access: what each needs, and the words for it."""
    found = {}
    for requirement in _requirements(operation).items() or [Element({}, "", {})]:
        needed, names = set(), []
        for name, scopes in requirement.children(extension).items():
            facts = _facts(_scheme(operation, name))
            needed |= {canonical([facts, scope]) for scope in ("", *(scopes.value or []))}
            names.append(" ".join(map(str, [*facts.values(), *(scopes.value or [])])))
        found[frozenset(needed)] = " and ".join(names) or "none"
    return found


def _facts(scheme: Element) -> dict[str, Any]:
    """What a scheme is; the case of ``bearer`` and of a header's name means nothing."""
    facts = {key: scheme.value[key] for key in _SCHEME_KEYS if scheme.value.get(key)}
    flows = scheme.child("flows").children()
    facts |= {"flows": {name: _addresses(flow) for name, flow in flows.items()}} if flows else {}
    folded = ("scheme", "name") if facts.get("in") == "header" else ("scheme",)
    return {key: str(fact).lower() if key in folded else fact for key, fact in facts.items()}


def _addresses(flow: Element) -> dict[str, Any]:
    """What a flow is: which scopes can be had there, whoever needs them says, too."""
    return {key: place.value for key, place in flow.children().items() if key != "scopes"}


def _schemes(operation: Element) -> dict[str, Element]:
    """The schemes that an operation may need, by what they are."""
    names = [name for need in _requirements(operation).items() for name in need.children(extension)]
    schemes = (_scheme(operation, name) for name in names)
    return {canonical(_facts(scheme)): scheme for scheme in schemes if scheme.value}
