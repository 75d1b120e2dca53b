"""Guards against polls that a callback makes needless, and waits that only a callback can end."""

import random
import time as real_time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from client.play import KINDS, Script, Time, created, details, play, succeeded
from client.signed_callbacks import BODY, WEBHOOK_KEY, signed
from imagen4 import TaskTimeout
from imagen4.callbacks import Receiver

URL = "https://shop.example/done"


class Gateway(Time):
    """Time that stops for a moment when the task ends, so that the gateway can call.

    late: seconds after which its records say so, too.
    """

    def __init__(
        self, duration: float, end: Callable[["Gateway"], object], late: float = 0.0
    ) -> None:
        super().__init__()
        self.over = self.now + duration
        self.late = late
        self.polled: list[float] = []
        self._end = end
        self.script = Script(creates=[created("t1")], polls=[self.poll])

    def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        if self.now < self.over <= until:
            self.now = self.over
            until = self.now if self._end(self) else until
        self.now = until

    def poll(self, _: httpx.Request) -> httpx.Response:
        self.polled.append(self.now - 1000)
        return succeeded("t1") if self.now >= self.over + self.late else details("t1", "generating")

    def call(self, receiver: Receiver) -> int:
        """The callback, with the token that the create had."""
        query = self.script.bodies[0]["callBackUrl"].partition("?")[2]
        return receiver.receive({}, succeeded("t1").content, query)


def generate(kind: str, gateway: Gateway, receiver: Receiver, **more: Any) -> Any:
    return play(
        kind, gateway.script, lambda c: c.generate("a fox", callback=receiver, **more), time=gateway
    )


@pytest.mark.parametrize("kind", KINDS)
def test_results_are_known_within_a_second_at_three_polls(kind: str) -> None:
    """Of tasks of 5 seconds to almost 15 minutes, and of those of up to a minute at one poll."""
    dice = random.Random(1)
    for longest, polls in ((60, 1), (240, 2), (890, 3)):
        for _ in range(20):
            receiver = Receiver(URL)
            duration = 5 * (longest / 5) ** dice.random()
            gateway = Gateway(duration, lambda self, to=receiver: self.call(to))
            generate(kind, gateway, receiver)
            assert gateway.now - gateway.over < 1
            assert len(gateway.polled) <= polls


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_callback_comes_the_task_is_asked_for(kind: str) -> None:
    """After 1 and 4 minutes, and at the deadline, whatever else is wrong."""
    gateway = Gateway(10_000, lambda _: None)
    with pytest.raises(TaskTimeout):
        generate(kind, gateway, Receiver(URL))
    # Many short sleeps come to a hair less than one long one, so there may be two at the deadline.
    assert {round(moment) for moment in gateway.polled} == {60, 240, 900}
    gateway = Gateway(50, lambda _: None)
    generate(kind, gateway, receiver := Receiver(URL))
    assert (gateway.polled, receiver.reliable) == (pytest.approx([60], abs=0.2), False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_for_a_callback_ends_in_time_where_each_sleep_is_a_little_long(kind: str) -> None:
    """As on a busy machine: the sync client's look at whether it came is 9,000 sleeps in a wait."""

    class Busy(Gateway):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds + 0.003)

    gateway = Busy(10_000, lambda _: None)
    with pytest.raises(TaskTimeout):
        generate(kind, gateway, Receiver(URL))
    assert 900 <= gateway.now - 1000 <= 901


@pytest.mark.parametrize("kind", KINDS)
def test_callbacks_that_do_not_come_are_not_counted_on(kind: str) -> None:
    """After a miss, polls keep the documented pace until two came, after the next until four."""
    receiver = Receiver(URL)
    for needed in (2, 4, 8):
        receiver.bell("kie").missed("t0")
        receiver.bell("kie").missed("t0")  # those that began at the same time count as one
        for _ in range(needed):
            assert not receiver.reliable
            gateway = Gateway(20, lambda self: self.call(receiver))
            generate(kind, gateway, receiver)
            pauses = [later - now for now, later in pairwise(gateway.polled)]
            assert gateway.polled[0] == 0
            assert all(2 <= pause <= 3 for pause in pauses[:-1])
            assert gateway.polled[-1] == pytest.approx(20)
        generate(kind, gateway := Gateway(20, lambda self: self.call(receiver)), receiver)
        assert gateway.polled == pytest.approx([20])


def test_another_processs_callbacks_are_no_reason_to_count_on_ours() -> None:
    """They are taken, since they are signed; but ours may come to that process in turn."""
    receiver = Receiver(URL, webhook_key=WEBHOOK_KEY)
    receiver.bell("kie").missed("t0")
    for _ in range(5):
        headers = signed(timestamp=int(real_time.time()))
        assert receiver.receive(headers, BODY, "imagen4-token=theirs") == 200
    assert not receiver.reliable


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_runs_on_after_its_callback_keeps_the_documented_pace(kind: str) -> None:
    """Be it forged or too early: it is asked for once at once, further callbacks change nothing."""
    receiver = Receiver(URL)
    gateway = Gateway(5, lambda self: self.call(receiver), late=15)

    def poll(request: httpx.Request) -> httpx.Response:
        gateway.call(receiver)
        return gateway.poll(request)

    gateway.script = Script(creates=[created("t1")], polls=[poll])
    generate(kind, gateway, receiver)
    assert gateway.polled[0] == 5
    pauses = [later - now for now, later in pairwise(gateway.polled)]
    assert all(2 <= pause <= 3 for pause in pauses)


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_while_the_task_is_asked_for_is_heard(kind: str) -> None:
    """The answer under way says that it runs; so it is asked for again, at once."""
    receiver = Receiver(URL)
    gateway = Gateway(70, lambda self: None)

    def ends_meanwhile(request: httpx.Request) -> httpx.Response:
        answer = gateway.poll(request)
        gateway.over = gateway.now
        gateway.call(receiver)
        return answer

    gateway.script = Script(creates=[created("t1")], polls=[ends_meanwhile])
    generate(kind, gateway, receiver)
    assert gateway.polled == pytest.approx([60, 60], abs=0.2)
