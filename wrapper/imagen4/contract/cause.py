"""What a cause is, and those that are read off the findings together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ..facts.protocol import CODE, DATA, STATE, TASK_ID
from .checks.authorization import OTHER_KEYS
from .checks.requests import REASON
from .checks.wording import NO_OBJECT, forbidden_in_words, promise_without
from .document import BODY_SCHEMA, KEY_SCHEME, METHODS, TASK_SCHEMA, field_of_record, pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .checks.registry import Finding
    from .credentials import Credential
    from .exchange import Exchange

T = TypeVar("T")

OF_STATES = frozenset({"completed", "result-last", "no-failure", "failure-reason", "ends"})
OF_FIELDS = frozenset({"lasting", "final", "no-failure"})
OF_RESULTS = frozenset({"result-count", "result-distinct", "result-own", "final"})
LOST = frozenset({"known-at-once", "stays-known"})
OF_POLLS = LOST | {"reads"}
FOLLOW = {
    "milliseconds": frozenset({"times-in-order", "cost-time", "completed", "not-ahead", "utc"}),
    "not-ahead": frozenset({"cost-time"}),
    "same-task": OF_RESULTS | {"param", "same-model", "lasting", "forward", "no-others"},
    "own-id": frozenset({"no-others"}),
    "param": frozenset({"lasting"}),
    "lasting": frozenset({"times-in-order", "cost-time"}),
    "forward": frozenset({"no-way-back", "final", "ends"}),
    "no-way-back": frozenset({"not-ahead"}),
    "strict-json": OF_POLLS | {"content-type", "reason", "key-reason"},
    "one-verdict": OF_POLLS | {"reason", "key-reason", "schema", "words"},
    "key-opens": OF_POLLS | {"key-blamed"},
    "other-keys": frozenset({"schema", "no-others"}),
    "no-task-id": frozenset({"no-others", "schema"}),
    "unknown-task": frozenset({"no-others", "reason", "schema"}),
    "result-readable": OF_RESULTS,
    "result-count": frozenset({"result-own", "final"}),
    "result-own": frozenset({"no-others"}),
    "reads": frozenset({"ends", "words"}),
    "known-at-once": frozenset({"words"}),
    "stays-known": frozenset({"words"}),
    "only-post": frozenset({"own-id"}),
}
"""What a finding of one check brings about in others, on the same answers."""
ANYWHERE = {
    "forward": frozenset({"ends"}),
    "lasting": frozenset({"times-in-order", "cost-time"}),
    "no-way-back": frozenset({"not-ahead"}),
    "key-opens": frozenset({"key-blamed"}),
    "own-id": frozenset({"no-others"}),
    "result-own": frozenset({"no-others"}),
    "result-readable": frozenset({"result-count", "final"}),
}
"""And on any: of a task that is first seen at its end, nothing shows that a time has moved."""


@dataclass(frozen=True)
class Cause:
    """Something wrong that breaks more than one promise, and the exchanges that show it."""

    promise: str
    pointer: str
    seen: str
    shown_by: list[Exchange]
    checks: frozenset[str] = frozenset()
    """Those whose findings there follow from it; empty for all."""


def causes_among(violations: list[Finding]) -> Iterator[Cause]:
    """The most telling first: what one explains, no other does."""
    yield from _open_doors(violations)
    yield from _undocumented_code(violations)
    yield from _connection_kept(violations)
    yield from _passed_alike(violations)
    yield from _same_reason(violations)
    yield from _of_another_shape(violations)
    yield from _of_a_record(violations)
    yield from _lost_now_and_then(violations)


def _of(check: str, violations: list[Finding]) -> list[Finding]:
    return [each for each in violations if each.check == check]


def _open_doors(violations: list[Finding]) -> Iterator[Cause]:
    """Nobody looks at keys: that decides what is said to those that open nothing, too."""
    passed, checks = _of("other-keys", violations), frozenset({"other-keys", "key-reason"})
    let_in = {_door(each) for each in passed}
    follow = [e.exchange for e in violations if e.check in checks and _door(e) in let_in]
    if len({path for path, _ in let_in}) == len(METHODS):
        keys = len({credential for _, credential in let_in})
        seen = (
            f"both operations accepted {keys} of them, among them {passed[0].exchange.intent.what}"
        )
        yield Cause(f"{OTHER_KEYS}.", KEY_SCHEME, seen, follow, checks)
    for same in _by_promise(passed):
        yield Cause(same[0].promise, KEY_SCHEME, "", follow, checks)


def _door(finding: Finding) -> tuple[str, Credential]:
    return finding.exchange.request.path, finding.exchange.request.credential


def _undocumented_code(violations: list[Finding]) -> Iterator[Cause]:
    """Of a code that nobody knows, neither its reason nor its status can be right."""
    found = [each for each in _of("schema", violations) if each.field == f"/{CODE}"]
    for same in _by_promise(found):
        checks = OF_POLLS | {"reason", "key-reason", "one-verdict", "schema", "words", "allowed"}
        shown_by = [each.exchange for each in same]
        yield Cause(same[0].promise, same[0].pointer, "", shown_by, checks)


def _connection_kept(violations: list[Finding]) -> Iterator[Cause]:
    """Promises that are broken over the kept connection alone, and what tasks asked for there told.

    A record that was another's is contradicted by the task's own, which any connection may bring.
    """
    over = [each for each in violations if each.exchange.keep_alive]
    asked = {each.exchange.task_id for each in over} - {""}
    elsewhere = {
        each.promise
        for each in violations
        if not each.exchange.keep_alive and each.exchange.task_id not in asked
    }
    alone = [each for each in over if each.promise not in elsewhere]
    after = [e for e in violations if e.exchange.task_id in asked and e.promise not in elsewhere]
    if alone:
        seen = f"{len({e.promise for e in alone})} promises were broken there, and nowhere else"
        shown_by = [each.exchange for each in [*alone, *after]]
        yield Cause("Answers do not depend on the connection.", pointer("paths"), seen, shown_by)


def _passed_alike(violations: list[Finding]) -> Iterator[Cause]:
    """A rule that is looked at in no field, or not in enough; then a field's rules, in part."""
    passed = _of("forbidden", violations)
    for keyword, found in _grouped(passed, lambda each: each.pointer.rpartition("/")[2]):
        what = forbidden_in_words(f"{BODY_SCHEMA}/properties/field/{keyword}")
        fields = len({each.pointer for each in found})
        yield _let_through(what, BODY_SCHEMA, found, f"in {fields} fields")
    for place, found in _grouped(passed, lambda each: each.pointer.rpartition("/")[0]):
        what = f"whose {place.rpartition('/')[2]} the document forbids"
        rules = len({each.pointer for each in found})
        shown = found[0].exchange.intent.what
        yield _let_through(what, place, found, f"against {rules} of its rules: {shown}")


def _let_through(what: str, place: str, found: list[Finding], seen: str) -> Cause:
    shown_by = [each.exchange for each in found]
    promise, checks = f"A create {what} is refused.", frozenset({"forbidden"})
    return Cause(promise, place, f"accepted {seen}", shown_by, checks)


def _same_reason(violations: list[Finding]) -> Iterator[Cause]:
    """One code for refusals of several kinds, and right for none of them."""
    for _, found in _grouped(_of("reason", violations), lambda each: each.value):
        shown_by = [each.exchange for each in found]
        yield Cause(REASON, found[0].pointer, found[0].seen, shown_by, frozenset({"reason"}))


def _of_another_shape(violations: list[Finding]) -> Iterator[Cause]:
    """Where a name is missing, others rarely stand where they should."""
    for same in _by_promise(_of("schema", violations)):
        promise, shown_by = same[0].promise, [each.exchange for each in same]
        if promise in (promise_without(CODE), NO_OBJECT):
            yield Cause(promise, same[0].pointer, "", shown_by, OF_POLLS | {"schema"})
        elif promise == promise_without(f"{DATA}.{TASK_ID}"):
            checks = frozenset({"schema", "failure-reason", "result-readable"})
            yield Cause(promise, same[0].pointer, "", shown_by, checks)


def _of_a_record(violations: list[Finding]) -> Iterator[Cause]:
    """What one field of a record gets wrong, others are measured by."""
    for found in _by_promise(each for each in violations if each.check in FOLLOW):
        check = found[0].check
        anywhere = [each for each in violations if each.check in ANYWHERE.get(check, ())]
        shown_by = [each.exchange for each in [*found, *anywhere]]
        yield Cause(found[0].promise, found[0].pointer, "", shown_by, FOLLOW[check])
    for found in _by_promise(_of("schema", violations)):
        place, shown_by = found[0].pointer.rpartition("/")[0], [each.exchange for each in found]
        same = {each.check for each in violations if each.pointer == place}
        same |= OF_FIELDS if place.startswith(f"{TASK_SCHEMA}/") else set()
        checks = frozenset(same | OF_STATES if place == field_of_record(STATE) else same)
        if checks:
            yield Cause(found[0].promise, place, "", shown_by, checks)


def _lost_now_and_then(violations: list[Finding]) -> Iterator[Cause]:
    """Whether it was found before is chance: one place knows the task, another does not."""
    lost = [each for each in violations if each.check in LOST]
    if lost:
        shown_by = [each.exchange for each in lost]
        promise = "A created task is found whenever it is asked for."
        yield Cause(promise, lost[0].pointer, lost[0].seen, shown_by, LOST)


def _by_promise(violations: Iterable[Finding]) -> list[list[Finding]]:
    return [found for _, found in _grouped(violations, lambda each: each.promise)]


def _grouped(
    violations: Iterable[Finding], key: Callable[[Finding], T]
) -> list[tuple[T, list[Finding]]]:
    """By what the key makes of each, in order of appearance."""
    groups: dict[T, list[Finding]] = defaultdict(list)
    for each in violations:
        groups[key(each)].append(each)
    return [*groups.items()]
