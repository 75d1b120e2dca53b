"""What is paid for is told with the gateway that has it, when many requests are left."""

from typing import Any

import pytest

from client.failover.test_matrix import market, told
from client.loopback import Received, http
from client.play import KINDS, details


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_that_tells_the_ids_says_which_gateway_has_which(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By an id alone nobody can take a task up again."""
    with market(told(402)) as both:
        polled = set[str]()

        def reply(received: Received) -> bytes:
            task_id = received.path.partition("taskId=")[2]
            polled.add(task_id)
            ends = not task_id or (task_id == "apikley-1" and "apikley-2" in polled)
            return (
                both.apikley(received) if ends else http(200, details(task_id, "waiting").content)
            )

        both.servers["apikley"].reply = reply

        async def start(client: Any) -> None:
            many = client.generate_many(["a fox", "a wolf"], max_in_flight=2)
            if kind == "sync":
                next(many)
                many.close()
            else:
                await anext(many)
                await many.aclose()

        both.run(kind, start)
    lines = [each for each in caplog.messages if "while working on" in each]
    assert lines[0].startswith("kie: GeneratorExit while working on at apikley: tasks apikley-2")
