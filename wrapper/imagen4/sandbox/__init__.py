"""A gateway on your desk: both gateways on one port, on loopback, without account or network.

    from imagen4.sandbox import Sandbox

    with Sandbox(speed=100) as sandbox:
        Client("kie", base_url=sandbox.url("kie"), api_key=sandbox.key("kie")).generate("a fox")

`imagen4 sandbox` runs it in the foreground, `create_app` gives the ASGI application alone, the
fixture `imagen4_sandbox` of `imagen4.testing` has one for each test session. What can go wrong
on request is listed by `imagen4 sandbox --list-faults`. Which requests are right is read from
the effective documents, of a create from the schema of its model: every vendored model is there.
What each behaviour beyond that rests on:

    behaviour                               profile `observed`           profile `documented`
    --------------------------------------  ---------------------------  ------------------------
    HTTP status of a refusal                200, verdict in `code`       the same as `code`
                                            (wire: 1,827 answers)        (doc: responses by status)
    unknown path                            404 (wire: the only one)     404
    unknown method                          405 (HTTP; never seen)       405
    task ids                                32 hex digits (wire)         `task_google_…` (doc)
    answer to a create                      taskId, recordId (wire)      taskId (doc)
    bad parameter                           code 500 (wire)              422 (doc: validation error)
    wrong or missing model                  422 (claim), 500 (wire)      422 (doc)
    body that is no JSON, wrong type        500 (as a bad parameter)     422 (doc)
    wrong key                               401, no `data` (doc, claim)  401, no `data` (doc)
    unknown task                            422 `recordInfo is null`     404 (doc)
                                            (wire)
    taskId missing or given twice           as an unknown task (unknown)  422 (doc: code 422; the
                                                                         page's 400 is not a code)
    credits used up                         402 (doc)                    402 (doc)
    over 20 creates in 10 s,                429 (doc, kie; assumed for   429 (doc, kie)
    over 10 polls in 1 s                    apikley)
    states                                  waiting until the end, or    waiting, queuing,
                                            generating where `waiting`   generating (doc)
                                            is 0 (wire: one a task)
    headers                                 Server, cf-ray, JSESSIONID   none (doc)
                                            (wire)
    media type                              application/json;            application/json (doc)
                                            charset=UTF-8 (wire)
    for whoever takes gzip                  gzipped and chunked (wire:   as it is
                                            636/636)
    keys of a record                        the ten that were seen       and updateTime (doc)
    failCode, failMsg unless failed         null (wire)                  "" (doc)
    costTime                                whole seconds (wire: 64/64), milliseconds (doc)
                                            up to 1.273 s too few (9/64)
    times that are not known yet            null (wire)                  left out (doc: integers)
    costTime, completeTime of a failure     null (wire: usually)         completeTime only (doc:
                                                                         the failure example)
    `param`                                 `input` is JSON text in      JSON text (doc)
                                            JSON text and stands first;
                                            a number out of a list of
                                            texts is a number (wire)

Alike in both: `resultJson` is `{"resultUrls": […]}` with as many pictures as the field says that
the model counts with (wire, doc), drawn in the ratio or size that was asked for; a result URL
works for 24 hours and the picture is kept for 14 days (doc: "typically"); download-url gives a
link for 20 minutes on kie and code 422 `url is wrong` for a URL it did not hand out (doc, wire);
a create costs what the price list says (doc), and 8 credits where no price is known (assumed,
for a balance that never fell would hide that one can run out), and failed tasks are paid for
(unknown); callbacks are posted with code 200 or 501 (doc), signed on kie only (doc; unknown of
apikley), and tried three times (unknown: no number is documented).

The layers inside, from the top, each using those below it only (held by import-linter):
command; serve; server; app; downloads, page, guard; page_state; admin, api; operations;
state, validation; callback_sender, faults, journal, limits, pictures; callbacks; profiles;
gateways, tasks; addresses, bounded, clock, documents, settings, shapes, strictjson.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..extras import needing

if TYPE_CHECKING:
    from .app import create_app
    from .server import Sandbox

__all__ = ["Sandbox", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the server only when it is asked for: `imagen4 --help` passes by here."""
    home = {"Sandbox": ".server", "create_app": ".app"}.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with needing("sandbox", __name__):
        return getattr(import_module(home, __name__), name)
