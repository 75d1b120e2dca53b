"""Requests: what the document allows is accepted, what it forbids is refused, and why."""

from collections.abc import Iterator

from imagen4.contract.checks.registry import Finding, Found, check
from imagen4.contract.checks.wording import breaking
from imagen4.contract.document import BODY, CODE, CREATE_PATH, TASK_ID_PARAMETER, shortened
from imagen4.contract.exchange import Exchange, Expect, Subject
from imagen4.contract.trace import Trace

ACCOUNT = frozenset({402, 433, 455})
"""Out of credits, a key's own limit, maintenance: true of every create, or of none."""
BODY_SUBJECTS = (Subject.PARAMETER, Subject.MODEL, Subject.BODY, Subject.MEDIA_TYPE)
RIGHT_CODES = {
    Subject.PARAMETER: (422,),
    Subject.MODEL: (422, 404),
    Subject.BODY: (422,),
    Subject.MEDIA_TYPE: (422,),
    Subject.UNKNOWN_TASK: (404,),
    Subject.NO_TASK_ID: (400, 404, 422),
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


@check("allowed", "A create that the document allows is accepted.", BODY)
def allowed(trace: Trace) -> Iterator[Found]:
    if blocked_by_account(trace):
        return
    creates = list(trace.expecting(Expect.ACCEPT, Subject.PARAMETER, Subject.MODEL))
    refused = [each for each in creates if each.verdict.refused and each.verdict.effective != 401]
    share = f"{len(refused)} of {len(creates)} allowed creates"
    for exchange in refused:
        yield exchange, f"refused with {_said(exchange)}: {exchange.intent.what}; {share}"


@check("forbidden", "A create that the document forbids is refused.", BODY)
def forbidden(trace: Trace) -> Iterator[Finding]:
    for exchange in trace.expecting(Expect.REFUSE, *BODY_SUBJECTS):
        if _passed(exchange):
            pointer = exchange.intent.pointer
            promise = f"A create {breaking(pointer)} is refused."
            seen = f"accepted: {exchange.intent.what}"
            yield Finding("forbidden", promise, pointer, exchange, seen)


def _passed(exchange: Exchange) -> bool:
    """Accepted, whatever the status. Where no code can be read, that alone is the finding."""
    return exchange.verdict.effective == 200


SUBJECTS = {
    Subject.UNKNOWN_TASK: "Asking for an unknown task",
    Subject.NO_TASK_ID: "Asking without a taskId",
}


@check("reason", "A refusal's code says why.", CODE)
def reason(trace: Trace) -> Iterator[Finding]:
    for exchange in trace.expecting(Expect.REFUSE):
        subject, verdict = exchange.intent.subject, exchange.verdict
        # Of 401 the checks on keys speak; on methods nothing is said.
        if subject not in RIGHT_CODES or not verdict.refused or verdict.effective in (200, 401):
            continue
        if verdict.effective not in RIGHT_CODES[subject]:
            asked = SUBJECTS.get(subject, "A create that the document forbids")
            right = " or ".join(map(str, RIGHT_CODES[_told_alike(subject)]))
            promise = f"{asked} is refused with code {right}."
            seen = f"{_said(exchange)}: {exchange.intent.what}"
            yield Finding("reason", promise, CODE, exchange, seen, "/code", verdict.code)


def _told_alike(subject: Subject) -> Subject:
    return Subject.PARAMETER if subject is Subject.MODEL else subject


def _said(exchange: Exchange) -> str:
    words = f" {shortened(exchange.message, 60)!r}" if exchange.message else ""
    return f"{exchange.verdict}{words}"


@check("only-post", "Tasks are created by POST and by no other method.", CREATE_PATH)
def only_post(trace: Trace) -> Iterator[Found]:
    """Any other word than success will do: it may be the web server's, not the gateway's."""
    for exchange in trace.expecting(Expect.REFUSE, Subject.METHOD):
        if exchange.verdict.accepted:
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"


@check("no-task-id", "Get Task Details without a taskId is refused.", TASK_ID_PARAMETER)
def no_task_id(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.NO_TASK_ID):
        if _passed(exchange):
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"
