"""Requests: what the document allows is accepted, what it forbids is refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.models import NOT_SUPPORTED
from ...facts.protocol import Code
from ..document import BODY_SCHEMA, CODE_SCHEMA, CREATE_ITEM, TASK_ID_PARAMETER
from ..exchange import ACCOUNT, Exchange, Expect, Subject
from .evidence import Evidence, forbidden
from .registry import Finding, Found, check
from .wording import forbidden_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import Trace

BODY_SUBJECTS = (Subject.PARAMETER, Subject.MODEL, Subject.BODY, Subject.MEDIA_TYPE)
RIGHT_CODES = {
    Subject.PARAMETER: (Code.INVALID,),
    Subject.MODEL: (Code.INVALID, Code.NOT_FOUND),
    Subject.BODY: (Code.INVALID,),
    Subject.MEDIA_TYPE: (Code.INVALID,),
    Subject.UNKNOWN_TASK: (Code.NOT_FOUND,),
    Subject.NO_TASK_ID: (Code.BAD_REQUEST, Code.NOT_FOUND, Code.INVALID),
}
"""Which code says why: the list at `code` in the document, and Get Task Details' statuses."""


def blocked_by_account(trace: Trace) -> int | None:
    """The code that refused every allowed create, when it is one about the account."""
    codes = {
        exchange.verdict.effective
        for exchange in trace.expecting(Expect.ACCEPT, Subject.PARAMETER, Subject.MODEL)
    }
    code = codes.pop() if len(codes) == 1 else None
    return code if code in ACCOUNT else None


def model_is_gone(trace: Trace) -> bool:
    """Whether the first create that the document allows was refused for its model."""
    creates = trace.expecting(Expect.ACCEPT, Subject.PARAMETER)[:1]
    return any(
        words in each.message.lower()
        for each in creates
        if each.verdict.refused
        for words in NOT_SUPPORTED
    )


def _judged_on_the_merits(trace: Trace, expect: Expect, *subjects: Subject) -> list[Exchange]:
    """What was decided for what it asks; not for the key, nor for the account."""
    for_another_reason = (*ACCOUNT, Code.UNAUTHORIZED, None)
    asked = trace.expecting(expect, *subjects)
    return [each for each in asked if each.verdict.effective not in for_another_reason]


JUDGED_CREATES = Evidence(
    "no allowed create was judged by what it asks for",
    lambda trace: (
        [] if model_is_gone(trace) else _judged_on_the_merits(trace, Expect.ACCEPT, *BODY_SUBJECTS)
    ),
)
FORBIDDEN_CREATES = Evidence(
    "no forbidden create was judged by what it asks for",
    lambda trace: _judged_on_the_merits(trace, Expect.REFUSE, *BODY_SUBJECTS),
)
REASONS = Evidence(
    "nothing was refused for what it asks",
    lambda t: [
        e for e in _judged_on_the_merits(t, Expect.REFUSE, *RIGHT_CODES) if e.verdict.refused
    ],
)


@check("allowed", "A create that the document allows is accepted.", BODY_SCHEMA, of=JUDGED_CREATES)
def allowed_is_accepted(trace: Trace) -> Iterator[Found]:
    if blocked_by_account(trace) or model_is_gone(trace):
        return
    creates = trace.expecting(Expect.ACCEPT, Subject.PARAMETER, Subject.MODEL)
    refused = [
        each
        for each in creates
        if each.verdict.refused and each.verdict.effective != Code.UNAUTHORIZED
    ]
    share = f"{len(refused)} of {len(creates)} allowed creates"
    for exchange in refused:
        yield exchange, f"refused with {exchange.told}: {exchange.intent.what}; {share}"


@check(
    "forbidden", "A create that the document forbids is refused.", BODY_SCHEMA, of=FORBIDDEN_CREATES
)
def forbidden_is_refused(trace: Trace) -> Iterator[Finding]:
    for exchange in trace.expecting(Expect.REFUSE, *BODY_SUBJECTS):
        if _passed(exchange):
            pointer = exchange.intent.pointer
            promise = f"A create {forbidden_in_words(pointer)} is refused."
            seen = f"accepted: {exchange.intent.what}"
            yield Finding("forbidden", promise, pointer, exchange, seen)


def _passed(exchange: Exchange) -> bool:
    """Accepted, whatever the status. Where no code can be read, that alone is the finding."""
    return exchange.verdict.effective == Code.OK


SUBJECTS = {
    Subject.UNKNOWN_TASK: "Asking for an unknown task",
    Subject.NO_TASK_ID: "Asking without a taskId",
}


REASON = "A refusal's code says why."


@check("reason", REASON, CODE_SCHEMA, of=REASONS)
def reason(trace: Trace) -> Iterator[Finding]:
    # Of 401 the checks on keys speak; on methods nothing is said.
    always_right = (Code.OK, Code.UNAUTHORIZED, blocked_by_account(trace))
    for exchange in trace.expecting(Expect.REFUSE):
        subject, verdict = exchange.intent.subject, exchange.verdict
        right_codes = (*RIGHT_CODES.get(subject, ()), *always_right)
        if subject in RIGHT_CODES and verdict.refused and verdict.effective not in right_codes:
            asked = SUBJECTS.get(subject, "A create that the document forbids")
            right = " or ".join(map(str, RIGHT_CODES[_told_alike(subject)]))
            promise = f"{asked} is refused with code {right}."
            seen = f"{exchange.told}: {exchange.intent.what}"
            yield Finding("reason", promise, CODE_SCHEMA, exchange, seen, "/code", verdict.code)


def _told_alike(subject: Subject) -> Subject:
    return Subject.PARAMETER if subject is Subject.MODEL else subject


@check(
    "only-post",
    "Tasks are created by POST and by no other method.",
    CREATE_ITEM,
    of=forbidden("no other method was tried", Subject.METHOD),
)
def only_post(trace: Trace) -> Iterator[Found]:
    """Any other word than success will do: it may be the web server's, not the gateway's."""
    for exchange in trace.expecting(Expect.REFUSE, Subject.METHOD):
        if exchange.verdict.accepted:
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"


@check(
    "no-task-id",
    "Get Task Details without a taskId is refused.",
    TASK_ID_PARAMETER,
    of=forbidden("nothing was asked without a taskId", Subject.NO_TASK_ID),
)
def no_task_id(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.NO_TASK_ID):
        if _passed(exchange):
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"
