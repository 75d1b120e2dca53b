"""With a ledger nothing is paid twice either, however often it is run again, in whatever order."""

import random
from pathlib import Path

import httpx
import pytest

from client.failover.test_never_twice import GATEWAYS, Seller
from client.play import KEY, Stop, Time, envelope
from imagen4 import Client, Ledger, Polling, Request


class Books(Seller):
    """Knows which gateway's key bought a task; sometimes somebody presses Ctrl-C."""

    kinds = ("made", "refused", "refused", "refused", "broken", "odd")  # so that histories go on

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.headers["authorization"].rpartition("-")[2]
        if self.chance.random() < 0.1:
            raise Stop
        if request.url.path.endswith("credit"):
            return envelope(200, 100)
        if request.method == "GET":
            task_id = request.url.params["taskId"]
            assert task_id.startswith(name), "a task is asked for where it is not"
            return self.poll(task_id)
        return self.create(name, 1, request)


def run_again(client: Client, ledger: Ledger, request: Request, chance: random.Random) -> None:
    again = client.resume(ledger) if chance.random() < 0.2 else None
    try:
        for _ in again or client.generate_many([request], ledger=ledger):
            pass
    except Stop:
        pass


def one_history(seed: int, place: Path) -> None:
    """One request, asked for by five processes: with one gateway or both, maybe at one address."""
    chance = random.Random(seed)
    seller, time = Books(chance), Time()
    asked, one = chance.choice([1, 2]), chance.random() < 0.5
    request = Request("a fox", num_images=asked, tag=chance.choice([None, "fox"]))
    with httpx.Client(transport=httpx.MockTransport(seller)) as http:
        for _ in range(5):
            names = chance.sample(GATEWAYS, chance.choice([1, 2, 2]))
            client = Client(
                names,
                prefer=chance.choice(["order", "price"]),
                api_key={name: f"{KEY}-{name}" for name in names},
                base_url={name: f"https://{'one' if one else name}.example" for name in names},
                polling=Polling(paced=False, timeout=60),
                http_client=http,
                clock=time,
                sleep=time.sleep,
                random=chance.random,
            )
            run_again(client, Ledger(place), request, chance)
    paid = sum(seller.paid.values())
    rows = [row for row in Ledger(place).rows() if row.state not in ("planned", "refused")]
    assert paid <= asked, (seed, seller.paid)
    assert paid <= len(rows), (seed, "a task that the ledger does not know of")
    assert all(row.task_id is None or row.task_id.startswith(row.gateway) for row in rows), seed


def test_no_history_of_a_request_is_paid_twice(tmp_path: Path) -> None:
    """A sample of the histories below."""
    for seed in range(10, 20):
        one_history(seed, tmp_path / f"{seed}.db")


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_two_hundred_histories_of_a_request_are_not_paid_twice(block: int, tmp_path: Path) -> None:
    """Whoever runs it again, with its gateways in another order, after a Ctrl-C anywhere."""
    for seed in range(100 + block * 50, 150 + block * 50):
        one_history(seed, tmp_path / f"{seed}.db")
