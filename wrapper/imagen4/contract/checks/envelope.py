"""The envelope: strict JSON of the right kind, complete, and of one mind with HTTP."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ...facts.protocol import DATA, DETAILS_PATH, MESSAGE, MESSAGE_IN_EXAMPLES, Code
from ..alike import alike, is_page
from ..document import CODE_SCHEMA, CREATED_ANSWER, METHODS, RECORD_ANSWER, Breach, shortened
from ..exchange import Exchange, Expect, Subject
from .evidence import REFUSED, SPEAKING
from .registry import Finding, Found, check
from .wording import breach_in_words, promise_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import Trace

JSON = f"{CREATED_ANSWER}/content/application~1json"
RECORD_JSON = f"{RECORD_ANSWER}/content/application~1json"
MSG = "#/components/schemas/ApiResponse/properties/msg"
NO_PAGE = "Answers are JSON, and no page stands in their place."
UTF8 = ("utf-8", "utf8")
NO_WORDS = ("success", "ok", "null", "none", "undefined")
"""What stands for nothing where a reason should be: all well, or some language's nothing."""
WRONG_METHOD = 405
"""What a framework says where the gateway is never asked."""


@check(
    "content-type",
    "Answers are application/json in UTF-8, and say so.",
    JSON,
    RECORD_JSON,
    of=SPEAKING,
)
def content_type(trace: Trace) -> Iterator[Found]:
    for exchange in trace.speaking:
        given = exchange.answer.header("content-type") if exchange.answer else ""
        kind, *parameters = (part.strip().lower() for part in given.split(";"))
        charsets = [text[8:].strip('"') for text in parameters if text.startswith("charset=")]
        if kind != "application/json" or any(name not in UTF8 for name in charsets):
            yield exchange, f"Content-Type {given!r}" if given else "no Content-Type"


@check(
    "strict-json",
    "Answers are JSON that every reader understands alike.",
    f"{JSON}/schema",
    f"{RECORD_JSON}/schema",
    of=SPEAKING,
)
def strict_json(trace: Trace) -> Iterator[Found | Finding]:
    """A page is told by its title: of something before the gateway, in whatever status."""
    for exchange in trace.speaking:
        content = exchange.answer.content if exchange.answer else b""
        if exchange.reading.problem and is_page(content):
            of = RECORD_JSON if exchange.request.path == DETAILS_PATH else JSON
            seen = f"a page of HTML, as proxies send it: {exchange.told}"
            yield Finding("strict-json", NO_PAGE, f"{of}/schema", exchange, seen)
        elif exchange.reading.problem:
            text = shortened(content.decode("utf-8", "replace"), 60)
            problem = f"{exchange.reading.problem}{_unpacked(exchange)}"
            yield exchange, f"{problem}: {text!r}, in an answer with {exchange.verdict}"


def _unpacked(exchange: Exchange) -> str:
    """What is cut off inside a compressed answer may well have been whole before."""
    coding = exchange.answer.header("content-encoding") if exchange.answer else ""
    return f" (after decoding its Content-Encoding, {coding})" if coding else ""


@check("schema", "Answers have the documented shape.", f"{JSON}/schema", of=SPEAKING)
def schema(trace: Trace) -> Iterator[Finding]:
    for exchange in trace.speaking:
        if exchange.reading.readable:
            for breach in _breaches(trace, exchange):
                yield _finding(exchange, breach)


def _breaches(trace: Trace, exchange: Exchange) -> list[Breach]:
    """Each thing once: no enum where the type is wrong, and nothing of data without a code."""
    code, value = exchange.verdict.effective, exchange.reading.value
    breaches = trace.document.answer_breaches(exchange.request.path, code or Code.OK, value)
    if code is None:
        breaches = [each for each in breaches if DATA not in (*each.where[:1], each.missing)]
    of_another_type = {each.where for each in breaches if each.keyword == "type"}
    return [
        each for each in breaches if each.keyword == "type" or each.where not in of_another_type
    ]


def _finding(exchange: Exchange, breach: Breach) -> Finding:
    field = "/".join(("", *map(str, breach.where)))
    seen = f"{breach_in_words(breach)}, in an answer with {exchange.verdict}"
    return Finding(
        "schema", promise_of(breach), breach.pointer, exchange, seen, field, breach.value
    )


@check(
    "one-verdict", "HTTP status and code do not contradict each other.", CODE_SCHEMA, of=SPEAKING
)
def one_verdict(trace: Trace) -> Iterator[Found]:
    """The same in both, in either style; or HTTP 200 with the verdict in `code` (observed).

    What comes now and then is no style, nor has an operation any that is not there.
    """
    real = trace.style == "documented" or _has_real(trace)
    for exchange in trace.speaking:
        verdict = exchange.verdict
        agree = verdict.code is None or verdict.status == verdict.code
        if not agree and (verdict.status != Code.OK or real):
            yield exchange, str(verdict)


def _has_real(trace: Trace) -> bool:
    """Whether some kind of request is refused by status as a rule."""
    kinds: dict[Subject, list[Exchange]] = defaultdict(list)
    for path in METHODS:
        asked = [each for each in trace.speaking if each.request.path == path]
        for each in asked if not alike(asked) else ():
            if each.intent.expect is Expect.REFUSE:
                kinds[each.intent.subject].append(each)
    return any(sum(map(_is_real, kind)) > len(kind) / 2 for kind in kinds.values())


def _is_real(exchange: Exchange) -> bool:
    """A refusal by status where no framework, nor what guards the door, may have spoken."""
    outside = (Subject.BODY, Subject.MEDIA_TYPE, Subject.NO_TASK_ID, Subject.KEY)
    verdict = exchange.verdict
    return (
        verdict.status >= Code.BAD_REQUEST
        and verdict.status != WRONG_METHOD
        and verdict.status == verdict.code
        and (exchange.intent.subject not in outside)
    )


@check("words", "A refusal says why, in words.", MSG, of=REFUSED)
def refusal_has_words(trace: Trace) -> Iterator[Found]:
    """Words that are missing or no text are the schema check's business."""
    for exchange in trace.speaking:
        given = [
            exchange.payload[name]
            for name in (MESSAGE, MESSAGE_IN_EXAMPLES)
            if name in exchange.payload
        ]
        texts = [text for text in given if isinstance(text, str)]
        if exchange.verdict.refused and texts and not any(map(_says_why, texts)):
            yield exchange, f"{exchange.verdict}, and {texts[0].strip() or 'nothing'} in msg"


def _says_why(text: str) -> bool:
    return text.strip().lower() not in ("", *NO_WORDS)
