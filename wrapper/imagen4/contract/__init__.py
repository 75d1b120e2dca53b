"""Does a server keep the promises of a gateway's document?

The layers, each importing only from those above it (pyproject.toml holds them to that):

    credentials   what can stand in the Authorization header; strict_json: JSON read as a
                  strict and as a lenient reader would; choices: what the options allow
    exchange      one request, its intent, its answer, the verdict in it; document: what a
                  gateway promises, as pointers and schemas; server: where requests may go
    trace         all exchanges of a run, and the history of each task; pace: the documented
                  rates; secrets: keys found in answers and taken out
    transport     the one place every request passes: budget, pace, key; cases: what is asked,
                  and what the document says must come of it; promptness: what is slow
    checks        a trace -> findings, no I/O; follow: polls tasks to their ends; stateful:
                  schemathesis' walk along the document's links
    outlook       whether asking on can show more; alike: answers that are always the same;
                  cause: what breaks several promises, read off the findings
    conversation  asks it all, in order; deviations: findings the wire is known to differ in,
                  as data; causes: which findings follow from others; notes: what is told and
                  not failed; curl: a request as a command
    run           one run, from options to outcome; limits: how long it may take
    progress      what is said while one waits
    reports       an outcome -> text, JUnit, JSON, Markdown
    command       the command line; asked: what it says; plugin: the same for pytest

Requests are generated with schemathesis (examples, coverage, fuzzing, stateful links);
answers are judged by the validator it brings (jsonschema-rs), whose errors name the
place in the document.
"""
