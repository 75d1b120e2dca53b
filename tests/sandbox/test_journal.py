"""What is written down of a request is what tests look at, and must never hold a key."""

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH
from imagen4.sandbox import Sandbox
from sandbox.conftest import Asker


def test_requests_are_written_down_with_their_answers(ask: Asker) -> None:
    """In order, with decoded bodies."""
    body = {"model": "google/imagen4", "input": {"prompt": "a fox"}}
    answer = ask.send("POST", CREATE_PATH, json=body, headers={"x-test": "1"})
    ask.send("GET", CREDITS_PATH)
    create, credit = ask.sandbox.requests
    assert (create.method, create.operation, create.gateway) == ("POST", "createTask", ask.gateway)
    assert create.path == f"/{ask.gateway}{CREATE_PATH}"
    assert create.body == body
    assert create.headers["x-test"] == "1"
    assert (create.status, create.answer) == (200, answer.json())
    assert (credit.operation, credit.body) == ("credit", None)
    assert create.number < credit.number


def test_no_key_is_written_down(ask: Asker) -> None:
    """Not even where it does not belong: URL, body, other headers."""
    key = ask.sandbox.key(ask.gateway)
    ask.send("POST", f"{CREATE_PATH}?api_key={key}", json={"key": key}, headers={"x-note": key})
    ask.send("GET", f"/{key}", headers={"cookie": "a=b", "x-api-key": "another"})
    written = repr(ask.sandbox.requests)
    assert len(ask.sandbox.requests) == 2
    assert key not in written
    assert "another" not in written
    assert "a=b" not in written
    assert all(entry.authorized for entry in ask.sandbox.requests)


def test_unknown_paths_are_written_down_too(kie: Asker) -> None:
    """A wrong base URL is found by looking."""
    kie.send("GET", "/api/v2/jobs")
    assert [(entry.path, entry.status) for entry in kie.sandbox.requests] == [
        ("/kie/api/v2/jobs", 404)
    ]


def test_a_reset_forgets(kie: Asker) -> None:
    """Tasks, requests, faults, settings and spent credits; time goes on."""
    sandbox: Sandbox = kie.sandbox
    task_id = kie.create()
    sandbox.configure(profile="documented", credits=1)
    sandbox.fault("reset", times=5)
    before = sandbox.clock.now()
    sandbox.reset()
    assert sandbox.requests == []
    assert kie.state(task_id) == "422"
    assert kie.send("GET", CREDITS_PATH).json()["data"] == 100_000.0
    assert sandbox.clock.now() >= before
