"""Failover that pays twice is worse than none: when a request moves on, and when it must not.

Two gateways on real sockets. Each counts the POSTs, and the tasks that a create made.
"""

import asyncio
import json
import pickle
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from client.loopback import HANG, RESET, Loopback, Received, http
from client.play import KINDS, Time, at_once, settled
from imagen4 import AsyncClient, Client, Imagen4Error, Polling, errors
from imagen4.events import Event, GatewayPassedOver, RequestEnded

KEYS = {"kie": "key-of-kie-5b1d", "apikley": "key-of-apikley-9c7e"}
GONE = "The model name you specified is not supported"


def told(code: int, msg: str = "no", status: int = 200) -> bytes:
    return http(status, json.dumps({"code": code, "msg": msg, "data": None}).encode())


# What the first gateway does with a create, and the error that names why it was passed over.
MOVES: dict[str, tuple[bytes, type[Imagen4Error]]] = {
    "401": (told(401), errors.AuthenticationError),
    "HTTP 401": (told(401, status=401), errors.AuthenticationError),
    "403": (told(403), errors.AuthenticationError),
    "HTTP 403": (http(403, b"<html>forbidden</html>"), errors.UnexpectedResponse),
    "402": (told(402), errors.InsufficientCredits),
    "HTTP 402": (told(402, status=402), errors.InsufficientCredits),
    "433": (told(433), errors.QuotaExceeded),
    "455": (told(455), errors.GatewayUnavailable),
    "HTTP 455": (told(455, status=455), errors.GatewayUnavailable),
    "505": (told(505), errors.FeatureDisabled),
    "model not available": (told(422, GONE), errors.ModelUnavailable),
    "429 past its patience": (told(429), errors.RateLimited),
    "HTTP 429, asks for an hour": (
        http(429, b"", headers="Retry-After: 3600\r\n"),
        errors.RateLimited,
    ),
}
STAYS: dict[str, tuple[bytes, type[Imagen4Error]]] = {
    "no answer": (HANG, errors.SubmissionUncertain),
    "reset": (RESET, errors.SubmissionUncertain),
    "500": (told(500), errors.SubmissionUncertain),
    "HTTP 500": (http(500, b""), errors.SubmissionUncertain),
    "HTTP 502": (http(502, b"<html>"), errors.SubmissionUncertain),
    "HTTP 503": (http(503, b""), errors.SubmissionUncertain),
    "HTTP 504": (http(504, b""), errors.SubmissionUncertain),
    "HTTP 505": (http(505, b""), errors.SubmissionUncertain),
    "408": (told(408), errors.SubmissionUncertain),
    "501": (told(501), errors.SubmissionUncertain),
    "no JSON": (http(200, b"OK"), errors.SubmissionUncertain),
    "no id": (
        http(200, b'{"code": 200, "msg": "success", "data": {}}'),
        errors.SubmissionUncertain,
    ),
    "a 402 that names a task": (
        http(402, b'{"code": 402, "msg": "no", "data": {"taskId": "t9"}}'),
        errors.SubmissionUncertain,
    ),
    "422": (told(422, "prompt is too odd"), errors.InvalidRequest),
    "HTTP 400": (told(400, status=400), errors.InvalidRequest),
}


@dataclass
class Seller:
    """A gateway on a real socket: creates get `answer`, or make tasks where that is None.

    books: whether they make one all the same, and nobody can know.
    """

    name: str
    answer: bytes | None = None
    books: bool = False
    paid: int = 0
    keys: set[str] = field(default_factory=set)

    def __call__(self, received: Received) -> bytes:
        self.keys.add(received.headers["authorization"])
        if received.method == "GET":
            task_id = received.path.partition("taskId=")[2]
            links = json.dumps({"resultUrls": ["https://files.example/1.png"]})
            data = {"taskId": task_id, "state": "success", "resultJson": links}
        elif self.answer is not None:
            self.paid += self.books
            return self.answer
        else:
            self.paid += 1
            data = {"taskId": f"{self.name}-{self.paid}"}
        return http(200, json.dumps({"code": 200, "msg": "success", "data": data}).encode())


@dataclass
class Market:
    """Both gateways, and what a client says of them."""

    kie: Seller
    apikley: Seller
    servers: dict[str, Loopback]
    events: list[Event] = field(default_factory=list)
    time: Time = field(default_factory=Time)

    def client(self, kind: str, **settings: Any) -> Any:
        settings = {
            "api_key": KEYS,
            "base_url": {name: server.url for name, server in self.servers.items()},
            "timeout": 0.5,
            "polling": Polling(paced=False, backoff=0.5),
            "on_event": self.events.append,
            "clock": self.time,
            "sleep": self.time.sleep if kind == "sync" else self.time.sleep_async,
        } | settings
        names = settings.pop("gateway", ["kie", "apikley"])
        return (Client if kind == "sync" else AsyncClient)(names, **settings)

    def run(self, kind: str, action: Any, **settings: Any) -> Any:
        async def run_async() -> Any:
            async with self.client(kind, **settings) as client:
                return await settled(action(client))

        if kind == "async":
            return asyncio.run(run_async())
        with self.client(kind, **settings) as client:
            return at_once(settled(action(client)))

    def posts(self, name: str) -> int:
        return len(self.servers[name].paths("POST"))

    def show(self, kind: str, case: str) -> None:
        """A line of the table that a run of these tests is for."""
        if kind == "sync":
            moved = "moved" if self.posts("apikley") else "stayed"
            kie, apikley = (f"{self.posts(name)} POST" for name in KEYS)
            print(f"{case:32}{moved:8}kie: {kie}, {self.kie.paid} paid  ", end="")
            print(f"apikley: {apikley}, {self.apikley.paid} paid")


@contextmanager
def market(answer: bytes | None = None, other: bytes | None = None) -> Iterator[Market]:
    sellers = {"kie": Seller("kie", answer), "apikley": Seller("apikley", other)}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Loopback(seller)) for name, seller in sellers.items()}
        yield Market(sellers["kie"], sellers["apikley"], servers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", MOVES)
def test_a_create_that_certainly_does_not_exist_moves_on(case: str, kind: str) -> None:
    """One POST each (but for 429, which is repeated for a while), and one task is paid."""
    answer, error = MOVES[case]
    with market(answer) as both:
        result = both.run(kind, lambda client: client.generate("a fox"))
    ((name, why),) = result.passed_over
    assert (result.gateway, result.tasks[0].gateway, name) == ("apikley", "apikley", "kie")
    assert isinstance(why, error)
    assert (both.kie.paid, both.apikley.paid, both.posts("apikley")) == (0, 1, 1)
    assert (both.posts("kie") > 1) is (case == "429 past its patience")
    assert [type(each) for each in both.events].count(RequestEnded) == 1
    passed = [each.passed for each in both.events if isinstance(each, GatewayPassedOver)]
    assert passed == [(name, why)]
    assert both.kie.keys == {f"Bearer {KEYS['kie']}"}
    assert both.apikley.keys == {f"Bearer {KEYS['apikley']}"}
    both.show(kind, case)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", STAYS)
def test_a_create_that_may_exist_or_is_wrong_everywhere_stays(case: str, kind: str) -> None:
    """One POST in all: what the first gateway may have made, and made, is not paid for again."""
    answer, error = STAYS[case]
    with market(answer) as both:
        both.kie.books = error is errors.SubmissionUncertain
        with pytest.raises(error):
            both.run(kind, lambda client: client.generate("a fox", timeout=5))
    assert (both.posts("kie"), both.posts("apikley")) == (1, 0)
    assert both.kie.paid + both.apikley.paid <= 1
    both.show(kind, case)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_cannot_be_reached_is_passed_over(kind: str) -> None:
    """No byte left, and that is the one proof that counts."""
    with socket.socket() as nobody, market() as both:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens: whoever calls is refused
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        urls = {"kie": url, "apikley": both.servers["apikley"].url}
        result = both.run(kind, lambda client: client.generate("a fox"), base_url=urls)
    assert (result.gateway, both.apikley.paid) == ("apikley", 1)
    assert isinstance(result.passed_over[0].error, errors.TransportError)
    both.show(kind, "the connection is refused")


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_half_created_stays_where_it_is(kind: str) -> None:
    """Its first task is paid: the rest is not bought elsewhere."""
    with market() as both:
        sold = both.kie.__call__

        def reply(received: Received) -> bytes:
            out = both.kie.paid == 1 and received.method == "POST"
            return told(402) if out else sold(received)

        both.servers["kie"].reply = reply
        with pytest.raises(errors.InsufficientCredits) as caught:
            both.run(kind, lambda client: client.generate("a fox", num_images=2))
    assert (caught.value.task_ids, both.posts("apikley")) == (("kie-1",), 0)
    both.show(kind, "the second of two creates: 402")


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_refuse_the_last_error_names_the_others(kind: str) -> None:
    """So one look says what to do: both are out of money."""
    with market(told(401), told(402)) as both, pytest.raises(errors.InsufficientCredits) as caught:
        both.run(kind, lambda client: client.generate("a fox"))
    error = caught.value
    assert (error.gateway, [each.gateway for each in error.passed_over]) == ("apikley", ["kie"])
    assert (
        str(error) == "no [gateway apikley, code 402, HTTP 200, not kie: The key was refused: no]"
    )
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, of a moment ago
    assert (str(again), type(again.passed_over[0].error)) == (
        str(error),
        errors.AuthenticationError,
    )
    assert [type(each) for each in both.events].count(RequestEnded) == 1


def test_many_requests_move_on_one_by_one() -> None:
    """Each is paid once, by whichever gateway took it, in the order of the requests' numbers."""
    with market() as both:
        sold = both.kie.__call__

        def reply(received: Received) -> bytes:
            return told(402) if both.kie.paid == 2 and received.method == "POST" else sold(received)

        both.servers["kie"].reply = reply
        many = both.run("sync", lambda c: list(c.generate_many(list("abcde"), max_in_flight=1)))
    assert [each.get().gateway for each in many] == ["kie"] * 2 + ["apikley"] * 3
    assert (both.kie.paid, both.apikley.paid) == (2, 3)


def test_no_time_is_left_over_no_move() -> None:
    """The deadline is one for all gateways: nothing is sent, and paid, after it."""
    with market(told(429)) as both, pytest.raises(errors.RateLimited):
        both.run("sync", lambda client: client.generate("a fox", timeout=0))
    assert both.posts("apikley") == 0
