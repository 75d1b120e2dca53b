"""Guards that a worker which is told to stop pays for nothing more, and loses nothing it paid."""

from pathlib import Path
from threading import Event

import pytest

from client.loopback import Loopback, Received
from postgres import Server
from waiting import until
from workers.fleet import fleet, under_way
from workers.many_accounts import CREATES, ManyAccounts

REQUESTS = CREATES + 5  # some are still waiting for their turn
TURNS = "(SELECT json_agg(extract(epoch FROM clock_timestamp()) + {}) FROM generate_series(1, {}))"
# The next ones' turn is not before they are stopped, however slow the machine: it is put off.
NO_MORE = f"""CREATE FUNCTION put_off() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN new.pace = {TURNS.format(1000, CREATES)}; RETURN new; END $$;
CREATE TRIGGER put_off BEFORE UPDATE ON turns FOR EACH ROW
    WHEN (new.kind = 'creates' AND json_array_length(new.pace) = {CREATES})
    EXECUTE FUNCTION put_off()"""
MORE = "DROP TRIGGER put_off ON turns; UPDATE turns SET pace = {} WHERE kind = 'creates'"


class Slow(ManyAccounts):
    """Keeps creates waiting for their answers until `answering` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answering = Event()
        self.out = 0
        self.server = Loopback(self._keep_waiting)

    def _keep_waiting(self, received: Received) -> bytes:
        if received.method == "POST":
            self.out += 1
            self.answering.wait(180)
        return self._reply(received)


@pytest.mark.slow
def test_a_worker_that_is_stopped_waits_for_answers_and_leaves_the_rest_to_others(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM: creates that are out get their answers into the ledger, no further one is sent."""
    monkeypatch.setenv("KIE_API_KEY", "secret")
    gateway, place = Slow(), postgres.new_place()
    schema = f"SET search_path TO {place.rpartition('%3D')[2]}"
    with gateway.server as loopback, fleet(tmp_path, place, loopback.url) as workers:
        workers.enqueue([f"fox number {number}" for number in range(REQUESTS)])
        postgres.do(f"{schema}; {NO_MORE}")
        workers.start()
        until(lambda: gateway.out == CREATES, 120)
        stopped = workers.workers.pop()
        stopped.terminate()
        until(lambda: workers.told("no new create") == 1, 60)
        assert stopped.poll() is None
        gateway.answering.set()
        assert stopped.wait(timeout=60) == 0
        assert [row.state for row in workers.rows()] == ["created"] * CREATES
        assert gateway.out == CREATES
        postgres.do(f"{schema}; {MORE.format(TURNS.format(0, CREATES))}")
        workers.start()
        until(lambda: under_way(postgres, place) == 0, 180)
        assert [row.state for row in workers.rows()] == ["saved"] * REQUESTS
        assert workers.told("is silent") == 0  # it handed its requests back itself
        assert workers.stop() == [0]
    assert len(set(gateway.prompts)) == len(gateway.prompts) == REQUESTS
