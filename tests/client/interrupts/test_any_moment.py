"""Guards against ids that are lost to a Ctrl-C at a moment that nobody thought of."""

import gc
import random
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from client.booked import PATIENCE, Booked, ctrl_c_works, press_ctrl_c, told
from imagen4 import Client

CREATES = 8  # as long as so many take, at most, it is from the beginning to the Ctrl-C
FEW, MANY = 15, 400
MOST_ROUNDS = 50  # times as many as are wanted


def told_until_ctrl_c(client: Client, pause: float) -> set[str]:
    """Work until Ctrl-C comes; the ids that somebody was told."""
    results: list[Any] = []
    last: Any = None
    on_exception: tuple[str, ...] = ()
    over, begun = threading.Event(), threading.Event()

    def press() -> None:
        begun.wait(PATIENCE)
        over.wait(pause)
        press_ctrl_c()

    presser = threading.Thread(target=press)
    with told() as lines:
        try:
            presser.start()
            begun.set()
            for last in client.generate_many(map(str, range(1000)), max_in_flight=4):
                results.append(last)  # noqa: PERF402 - a Ctrl-C may come before it is there
            over.wait(PATIENCE)
        except KeyboardInterrupt as stopped:
            on_exception = getattr(stopped, "task_ids", ())
    presser.join()
    taken = [*results, *([last] if last else [])]
    in_lines = {word.strip(",;") for line in lines for word in line.split()}
    handed_over = {name for each in taken for name in (each.error or each.result).task_ids}
    return {*in_lines, *on_exception, *handed_over}


def seconds_of_a_create(client: Client) -> float:
    """On this machine, as busy as it is; the first one imports what it needs."""
    client.submit("x")
    began = monotonic()
    client.submit("x")
    return monotonic() - began


@pytest.fixture
def server() -> Iterator[Booked]:
    with ctrl_c_works(), Booked(polls=2) as booked:
        yield booked


@pytest.fixture
def client(server: Booked) -> Iterator[Client]:
    with server.client() as used:
        yield used


# A file, of a module say, or a socket on which a Ctrl-C fell is closed by being forgotten.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_no_id_is_lost_to_a_ctrl_c_at_any_moment(
    rounds: int, server: Booked, client: Client
) -> None:
    """Every task in the gateway's book was handed over, logged, or is on the exception.

    Where the machine has become slower, the Ctrl-C often comes before the first create: then it
    takes more rounds until there are tasks enough.
    """
    moments, longest = random.Random(rounds), CREATES * seconds_of_a_create(client)
    lost: set[str] = set()
    for number in range(MOST_ROUNDS * rounds):
        if number >= rounds and len(server.book) > rounds // 3:
            break
        begin = len(server.book)
        heard = told_until_ctrl_c(client, moments.uniform(0, longest))
        lost |= set(server.book[begin:]) - heard
    gc.collect()
    assert len(server.book) > rounds // 3
    assert lost == set()
