"""Every request that leaves is one that the gateway's own document allows."""

from itertools import cycle, islice, product
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumer.arguments import NAMES, ODDITIES, PROMPT, forbidden, hostile, meant, odd_urls, plain
from consumer.conformity import strict_json, violations
from consumer.documents import CREATE, GATEWAYS, LINK
from consumer.gateway import DONE, SIDES, Gateway, examples, first_picture
from imagen4 import DownloadError, Imagen4Error, InvalidRequest, Request
from imagen4.core.request import plan_creates
from imagen4.facts import DEFAULT_MODEL
from imagen4.gateways.__init__ import adapter_for

both = pytest.mark.parametrize("gateway", GATEWAYS)
either = pytest.mark.parametrize("side", SIDES)


def submit(client: Any, arguments: dict[str, Any]) -> Any:
    return client.submit(**arguments)


def generate(client: Any, arguments: dict[str, Any]) -> Any:
    return client.generate(**arguments)


def generate_many(client: Any, arguments: dict[str, Any]) -> Any:
    return client.generate_many([Request(**arguments)])


ENTRIES = st.sampled_from((submit, submit, submit, generate, generate, generate_many))


def outcome(gateway: Gateway, side: str, entry: Any, arguments: dict[str, Any]) -> Any:
    """What a call comes to: its value, or the client's own error. Other errors pass."""
    try:
        found = gateway.ask(side, lambda client: entry(client, arguments))
    except Imagen4Error as error:
        return error
    return found[0].error or found[0].result if entry is generate_many else found


def creates(gateway: Gateway) -> list[httpx.Request]:
    return [request for request in gateway.requests if request.url.path == CREATE]


def without_seed(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "input": {k: v for k, v in body["input"].items() if k != "seed"}}


@both
@either
@settings(max_examples=examples(0.6))
@given(st.data())
def test_what_is_accepted_leaves_as_the_document_wants_it(
    gateway: str, side: str, data: st.DataObject
) -> None:
    """Plain arguments are accepted, and every request conforms and says what was meant."""
    arguments, stub = data.draw(plain(gateway)), Gateway(gateway)
    found = outcome(stub, side, data.draw(ENTRIES), arguments)
    assert not isinstance(found, Imagen4Error), found
    sent = creates(stub)
    assert [violations(gateway, request) for request in sent] == [[]] * len(sent)
    bodies = [strict_json(request.content) for request in sent]
    expected = meant(gateway, arguments)
    tasks = 1 if "num_images" in expected["input"] else arguments.get("num_images", 1)
    assert bodies[0] == expected
    assert list(map(without_seed, bodies)) == [without_seed(expected)] * tasks


def check_hostile(stub: Gateway, side: str, entry: Any, arguments: dict[str, Any]) -> None:
    """Either refused before anything left, or sent as the document wants it, word for word."""
    found = outcome(stub, side, entry, arguments)
    if isinstance(found, Imagen4Error):
        assert isinstance(found, InvalidRequest)
        assert stub.requests == []
        return
    assert not forbidden(stub.name, arguments)
    sent = creates(stub)
    assert strict_json(sent[0].content) == meant(stub.name, arguments)
    assert [violations(stub.name, request) for request in sent] == [[]] * len(sent)


@both
@either
@settings(max_examples=examples(0.6))
@given(st.data())
def test_what_is_forbidden_never_leaves(gateway: str, side: str, data: st.DataObject) -> None:
    """Odd arguments, one or two at a time, are refused or turn out to be allowed."""
    arguments, entry = data.draw(hostile(gateway)), data.draw(ENTRIES)
    check_hostile(Gateway(gateway), side, entry, arguments)


@both
@pytest.mark.parametrize("name", NAMES)
def test_no_odd_value_of_any_argument_gets_past(gateway: str, name: str) -> None:
    """Each argument meets every odd value there is, through each way of asking, in turns."""
    ways = cycle(product(SIDES, (submit, generate, generate_many)))
    for odd in ODDITIES:
        for side, entry in islice(ways, 3):
            arguments = {"prompt": PROMPT, "num_images": 2, name: odd}
            check_hostile(Gateway(gateway), side, entry, arguments)


@both
@settings(max_examples=examples())
@given(st.data())
def test_planning_refuses_what_the_document_forbids(gateway: str, data: st.DataObject) -> None:
    """The same of the decision alone, without a client, many more times."""
    arguments, adapter = data.draw(hostile(gateway)), adapter_for(gateway)
    try:
        plans = plan_creates(Request(**arguments), adapter.input_schema(DEFAULT_MODEL), gateway)
    except InvalidRequest:
        return
    body = adapter.create(
        DEFAULT_MODEL, plans[0].fields, arguments.get("callback_url") or None
    ).json
    assert not forbidden(gateway, arguments)
    assert body == meant(gateway, arguments)


@both
@settings(max_examples=examples(3))
@given(url=odd_urls())
def test_every_callback_url_that_is_taken_is_a_uri(gateway: str, url: str) -> None:
    """However a URL is put together, what the wrapper takes the document's validator takes."""
    arguments = {"prompt": PROMPT, "callback_url": url}
    try:
        plan_creates(
            Request(**arguments), adapter_for(gateway).input_schema(DEFAULT_MODEL), gateway
        )
    except InvalidRequest:
        return
    assert not forbidden(gateway, arguments)


@either
@both
def test_tasks_of_one_seed_get_seeds_of_their_own(gateway: str, side: str) -> None:
    """Where four pictures are four tasks, each has another seed, and each of them conforms."""
    stub = Gateway(gateway)
    job = stub.ask(side, lambda client: client.submit("a fox", num_images=4, seed="s" * 500))
    bodies = [strict_json(request.content) for request in creates(stub)]
    assert len({body["input"]["seed"] for body in bodies}) == len(bodies) == len(job.task_ids)
    assert bodies[0]["input"]["seed"] == "s" * 500


@either
@both
@settings(max_examples=examples(0.5))
@given(task_id=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_questions_about_tasks_and_credits_conform(gateway: str, side: str, task_id: str) -> None:
    """Polls and the balance are asked for as the client's document describes, any id whole."""
    stub = Gateway(gateway, lambda request: httpx.Response(401, json={"code": 401}))
    for action in (lambda client: client.job(task_id).status(), lambda client: client.credits()):
        with pytest.raises(Imagen4Error):
            stub.ask(side, action)
    assert [violations(gateway, request, "effective") for request in stub.requests] == [[], []]
    assert stub.requests[0].url.params["taskId"] == task_id
    assert [request.method for request in stub.requests] == ["GET", "GET"]


@either
def test_a_fresh_link_is_asked_for_as_documented(side: str) -> None:
    """On kie the download-url request conforms and names the expired link."""

    def answering(request: httpx.Request) -> httpx.Response:
        expired = request.url.host == "files.example"
        return httpx.Response(410) if expired else httpx.Response(200, json=DONE)

    stub = Gateway("kie", answering)
    with pytest.raises(DownloadError):
        stub.ask(side, first_picture)
    asked = stub.requests[-1]
    assert violations("kie", asked, "effective") == []
    assert asked.url.path == LINK
    assert strict_json(asked.content) == {"url": "https://files.example/1.png"}
