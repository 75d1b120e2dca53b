"""Guards against a refusal that does not say what is meant: people search for its words."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from client.play import KEY, succeeded
from client.steps import core, document_of, job
from imagen4 import Imagen4Error, InvalidRequest, Polling, Request, callbacks
from imagen4.configuration import make_session
from imagen4.core.answer import Call
from imagen4.core.checks import checked_requests
from imagen4.core.effects import Send
from imagen4.core.job_state import resume_job
from imagen4.core.origins import checked_key
from imagen4.core.request import plan_creates
from imagen4.facts import DEFAULT_MODEL
from imagen4.gateways import adapter_for

REFUSED: dict[str, Callable[[], object]] = {
    "base_url must be like https://host[:port][/path], nothing more": lambda: core("x"),
    "The API key must consist of printable ASCII without spaces": lambda: checked_key("a b", "X"),
    "No API key: X is not set, and no other was given": lambda: checked_key(" ", "X"),
    "base_url is plain http, which would show the key to the network; allow_http=True allows it": (
        lambda: core("http://gateway.example")
    ),
    "callback_url must be an absolute http(s) URL, percent-encoded": lambda: plan_creates(
        Request("a", callback_url="/relative"),
        adapter_for("kie").input_schema(DEFAULT_MODEL),
        "kie",
    ),
    "x has no prompt": lambda: plan_creates(Request("a"), {"properties": {"b": {}}}, "x"),
    "A job is taken up by the ids of its tasks, one or more": lambda: resume_job("job", ()),
    "seed has too many digits": lambda: plan_creates(
        Request("a", seed=10**5000), adapter_for("kie").input_schema(DEFAULT_MODEL), "kie"
    ),
    "seed must be a whole number": lambda: plan_creates(
        Request("a", seed="x"), document_of("integer"), "x"
    ),
    "timeout must be a number of seconds above 0": lambda: make_session(
        "kie", KEY, None, 0, None, False, lambda: 0.0, lambda: 0.0
    ),
    "timeout must be a number of seconds, 0 or more": lambda: core().begin(job(core()), -0.1),
}
UNSURE = succeeded("t1").content.replace(b'"code":200', b'"code":501')
CALLS: dict[str, Callable[[], Any]] = {
    "The callback's code is that of a failure, its state is success": (
        lambda: callbacks.parse(UNSURE)
    ),
    "verify() takes the webhook key of the account, which is not empty": (
        lambda: callbacks.verify({}, b"", "")
    ),
    "The body of a callback is bytes or text": lambda: callbacks.body_bytes(None),  # type: ignore[arg-type]
    "generate_many() takes an iterable of prompts and Requests": lambda: checked_requests("a"),
    "Polling.pace must be bands of seconds (until, shortest, longest), one or more": (
        lambda: Polling(pace=())
    ),
    "No connection was free in time": lambda: Send(Call("GET", "/"), 1.0).subtract_wait(2.0),
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_refusal_says_what_is_allowed(message: str) -> None:
    """Word for word: the message is all that a user gets."""
    with pytest.raises(InvalidRequest, match=f"^{re.escape(message)}$"):
        REFUSED[message]()


@pytest.mark.parametrize("words", CALLS)
def test_refusals_say_what_is_meant(words: str) -> None:
    """In one sentence, and nothing else."""
    with pytest.raises(Imagen4Error) as caught:
        CALLS[words]()
    assert caught.value.message == words
