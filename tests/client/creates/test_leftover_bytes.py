"""Guards against taking bytes left over from one answer for the answer to the next create."""

from itertools import count
from typing import Any

import httpx
import pytest

from client.loopback import Loopback, Received
from client.play import KINDS, PICTURES, PROMPT, QUICK, play, settled
from client.raw_answers import answered
from imagen4 import Imagen4Error, SubmissionUncertain
from waiting import until


class InStep:
    """Answers each request as it should."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def __call__(self, request: Received) -> bytes:
        if request.method == "POST":
            return answered({"taskId": f"t{next(self.numbers)}"})
        task_id = request.path.partition("taskId=")[2]
        return answered({"taskId": task_id, "state": "success", "resultJson": PICTURES})


class OutOfStep(InStep):
    """After each poll's answer goes on with that to somebody else's create."""

    def __call__(self, request: Received) -> bytes:
        answer = super().__call__(request)
        return answer if request.method == "POST" else answer + answered({"taskId": "not-ours"})


async def one_after_the_other(client: Any) -> list[Any]:
    """Of three requests, the task ids or the error."""
    found: list[Any] = []
    for _ in range(3):
        try:
            found.append((await settled(client.generate(PROMPT))).task_ids)
        except Imagen4Error as error:
            found.append(error)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_was_there_before_the_create_is_not_its_answer(kind: str) -> None:
    """Creates go out on connections on which nothing can be left, polls ask once more."""
    with Loopback(OutOfStep()) as server:
        found = play(kind, None, one_after_the_other, base_url=server.url, polling=QUICK)
        assert found == [("t1",), ("t2",), ("t3",)]
        assert len(server.paths("POST")) == 3


def test_over_a_callers_connection_such_a_create_is_uncertain() -> None:
    """Nobody gets the id of a task that is not theirs; the create is sent once."""
    with Loopback(OutOfStep()) as server, httpx.Client() as own:
        settings: dict[str, Any] = {"base_url": server.url, "http_client": own}
        first, second, third = play("sync", None, one_after_the_other, polling=QUICK, **settings)
        assert first == ("t1",)
        assert isinstance(second, SubmissionUncertain)
        # Over a connection of its own, on which the server may be quicker.
        assert third in [("t2",), ("t3",)]
        until(lambda: len(server.paths("POST")) >= 3)
    assert len(server.paths("POST")) == 3


def test_connections_that_somebody_else_opened_are_not_judged() -> None:
    """What was read on them is not known, so nothing is said about it."""
    with Loopback(InStep()) as server, httpx.Client() as http_client:
        http_client.get(f"{server.url}/elsewhere")
        found = play(
            "sync", None, one_after_the_other,
            base_url=server.url, polling=QUICK, http_client=http_client,
        )  # fmt: skip
        assert found == [("t1",), ("t2",), ("t3",)]
