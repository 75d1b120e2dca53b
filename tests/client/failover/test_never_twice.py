"""Whatever two gateways do, in whatever order, no more is paid than was asked for."""

import random

import httpx
import pytest

from client.play import KEY, Time, details, envelope, succeeded
from imagen4 import Client, Imagen4Error, Polling

GATEWAYS = ("kie", "apikley")
REFUSALS = [401, 402, 403, 422, 433, 455, 505, 400, 404, 429, 451]
BROKEN = [
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.RemoteProtocolError,
    httpx.WriteError,
    httpx.PoolTimeout,
]
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Seller:
    """A gateway that does anything, and knows what it made a task of."""

    kinds = ("made", "refused", "broken", "odd")

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.paid: dict[str, int] = dict.fromkeys(GATEWAYS, 0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = "kie" if "kie" in request.url.host else "apikley"
        assert request.headers["authorization"] == f"Bearer {KEY}-{name}"
        if request.method == "GET":
            return self.poll(request.url.params["taskId"])
        body = httpx.Response(200, content=request.content).json()["input"]
        return self.create(name, int(body.get("num_images", "1")), request)

    def poll(self, task_id: str) -> httpx.Response:
        failed = self.chance.random() < 0.2
        return details(task_id, "fail") if failed else succeeded(task_id)

    def create(self, name: str, pictures: int, request: httpx.Request) -> httpx.Response:
        kind = self.chance.choice(self.kinds)
        if kind == "refused":
            code = self.chance.choice(REFUSALS)
            return envelope(code, None, "no", self.chance.choice([200, code]))
        if kind == "broken":
            problem = self.chance.choice(BROKEN)
            if problem not in UNSENT and self.chance.random() < 0.5:
                self.paid[name] += pictures
            raise problem("broken", request=request)
        made = kind == "made" or self.chance.random() < 0.5
        self.paid[name] += pictures if made else 0
        task_id = f"{name}-{self.paid[name]}"
        if kind == "made":
            return envelope(200, {"taskId": task_id})
        code = self.chance.choice([500, 501, 502, 503, 504, 408, 200])
        return envelope(code, None, "odd", self.chance.choice([200, code]))


def one_run(seed: int) -> None:
    """One client with several calls, so that the circuit has its part, too."""
    chance = random.Random(seed)
    seller, time = Seller(chance), Time()
    with httpx.Client(transport=httpx.MockTransport(seller)) as http:
        client = Client(
            chance.sample(GATEWAYS, 2),
            api_key={name: f"{KEY}-{name}" for name in GATEWAYS},
            polling=Polling(paced=False),
            http_client=http,
            clock=time,
            sleep=time.sleep,
            random=chance.random,
        )
        for call in (generate, generate, submit_many):
            before = sum(seller.paid.values())
            asked = chance.randint(1, 4)
            known = call(client, asked)
            paid = sum(seller.paid.values()) - before
            assert known <= paid <= asked, (seed, call, known, paid, asked)


def generate(client: Client, pictures: int) -> int:
    try:
        return len(client.generate("a fox", num_images=pictures, timeout=60).images)
    except Imagen4Error:
        return 0


def submit_many(client: Client, requests: int) -> int:
    many = client.generate_many([f"fox {n}" for n in range(requests)], timeout=60)
    return sum(each.error is None for each in many)


@pytest.mark.parametrize("block", range(5))
def test_no_sequence_of_failures_is_paid_twice(block: int) -> None:
    """A sample of the sequences below."""
    for seed in range(block * 20, block * 20 + 20):
        one_run(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_sequences_of_failures_are_not_paid_twice(block: int) -> None:
    """Of each request no more is paid than was asked for, at both gateways together."""
    for seed in range(1000 + block * 340, 1340 + block * 340):  # of three calls each
        one_run(seed)
