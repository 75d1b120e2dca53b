"""The judge of requests is itself judged: it must notice each way of breaking the document."""

import json
from typing import Any

import httpx
import pytest

from consumer.conformity import violations
from consumer.documents import CREATE, DETAILS, inputs
from consumer.gateway import KEY

GOOD: dict[str, Any] = {"model": "google/imagen4", "input": {"prompt": "a fox"}}
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
URL = f"https://api.kie.ai{CREATE}"


def request(
    body: Any = GOOD, *, method: str = "POST", url: str = URL, **headers: str
) -> httpx.Request:
    """A create that conforms, apart from what is named."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Request(method, url, headers={**HEADERS, **headers}, content=content)


def with_input(**fields: Any) -> dict[str, Any]:
    return {**GOOD, "input": {"prompt": "a fox", **fields}}


BROKEN = {
    "method": request(method="PUT"),
    "path": request(url="https://api.kie.ai/api/v1/jobs/create"),
    "server": request(url=f"https://api.apikley.ru{CREATE}"),
    "query": request(url=f"{URL}?a=b"),
    "no key": request(Authorization=""),
    "no scheme": request(Authorization=KEY),
    "key in the body": request(with_input(prompt=KEY)),
    "content type": request(**{"Content-Type": "text/plain"}),
    "no model": request({"input": {"prompt": "a fox"}}),
    "another model": request({**GOOD, "model": "google/imagen4-fast"}),
    "no prompt": request({**GOOD, "input": {}}),
    "prompt too long": request(with_input(prompt="𝄞" * (inputs("kie")["prompt"]["maxLength"] + 1))),
    "unknown ratio": request(with_input(aspect_ratio="0:0")),
    "seed as a number": request(with_input(seed=1)),
    "field of no gateway": request(with_input(pictures="1")),
    "field of nobody": request({**GOOD, "callback_url": "https://example.com"}),
    "callback is no URI": request({**GOOD, "callBackUrl": "example com"}),
}


def test_a_conforming_request_passes() -> None:
    """There is nothing to say against the request that the broken ones are made of."""
    assert violations("kie", request()) == []


@pytest.mark.parametrize("what", BROKEN)
def test_each_breach_is_noticed(what: str) -> None:
    """One thing wrong is one thing said, or more."""
    assert violations("kie", BROKEN[what]) != []


@pytest.mark.parametrize("body", [b'{"model": NaN}', b'{"a":1,"a":1}', b"{", b'"\xff"'])
def test_what_is_not_strict_json_is_noticed(body: bytes) -> None:
    """NaN, a name twice, cut-off text and bytes that are no UTF-8 are not JSON."""
    with pytest.raises((ValueError, AssertionError)):
        violations("kie", request(body))


@pytest.mark.parametrize("query", ["", "?taskId=a&taskId=b", "?taskId=a&b=c"])
def test_a_poll_with_a_wrong_query_is_noticed(query: str) -> None:
    """The id is there once, and nothing else is."""
    poll = httpx.Request("GET", f"https://api.kie.ai{DETAILS}{query}", headers=HEADERS)
    assert violations("kie", poll, "effective") == ["query"]
