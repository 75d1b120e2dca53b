"""Does a server keep the promises of a gateway's document?

The layers, each using only those above it:

    document      the contract document: pointers, request and answer schemas
    exchange      one request, its intent, its answer; the verdict in it
    transport     the one place every request passes: budget, pace, key, redaction
    cases         what is asked, and what the document says must come of it
    conversation  asks it all, follows every task to its end, records exchanges
    checks        recorded exchanges -> findings; no I/O
    deviations    findings the wire is known to differ in, as data
    reports       findings -> text, JUnit, JSON, Markdown
    command       the command line; `plugin` is the same for pytest

Requests are generated with schemathesis (examples, coverage, fuzzing, stateful links);
answers are judged by the validator it brings (jsonschema-rs), whose errors name the
place in the document.
"""
