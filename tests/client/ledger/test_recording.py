"""Guards what a ledger holds at each moment of a create's life."""

import resource
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import Loopback, http
from client.pictures import GATEWAY, PNG
from client.play import (
    KEY,
    KINDS,
    PROMPT,
    Script,
    created,
    details,
    envelope,
    play,
    settled,
    succeeded,
)
from imagen4 import CreateStopped, Ledger, LedgerError, SubmissionUncertain, TaskFailed
from imagen4.events import CreateStarting, Event
from imagen4.ledger.sqlite import SQLiteFile
from postgres import Server


def committed(path: Path) -> list[str]:
    """The states that another process would find."""
    with closing(sqlite3.connect(path)) as other, other:
        return [state for (state,) in other.execute("SELECT state FROM creates ORDER BY id")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_says_sending_before_a_byte_leaves(kind: str, tmp_path: Path) -> None:
    """When the gateway sees the create, the row is on the disk already."""
    seen: list[list[str]] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(committed(tmp_path / "l.db"))
        return created(f"t{len(seen)}")

    script = Script(creates=[note, note])
    play(
        kind,
        script,
        lambda c: c.submit(PROMPT, num_images=2),
        ledger=Ledger(tmp_path / "l.db"),
    )
    assert seen == [["sending"], ["created", "sending"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_another_program_holds_is_waited_for_once_an_event(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each wait is half a minute; what comes of it is told in one line, without a traceback."""
    monkeypatch.setattr("imagen4.ledger.sqlite.PATIENCE", 0.0)
    waits, begin = [], SQLiteFile.begin_writing
    monkeypatch.setattr(
        SQLiteFile, "begin_writing", lambda *a, **k: (waits.append(a), begin(*a, **k))
    )
    ledger, script = Ledger(tmp_path / "l.db"), Script(creates=[created("t1")])
    with closing(sqlite3.connect(tmp_path / "l.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="is locked"):
            play(kind, script, lambda c: c.submit(PROMPT), ledger=ledger)
        other.execute("ROLLBACK")
    # What names the request, CreateStarting, CreateRefused, RequestEnded, and what is still owed.
    assert (len(waits), script.requests) == (5, [])
    told = [record for record in caplog.records if "a listener raised" in record.message]
    assert [record.exc_info for record in told] == [None, None]
    assert all("CreateRefused (The ledger" in each.message for each in told[:1])


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_on_the_disk_before_anybody_is_told(kind: str, tmp_path: Path) -> None:
    """Of the call's listener and the client's, none hears of a task that could still be lost."""
    path, told = tmp_path / "l.db", []

    def listen(event: Event) -> None:
        told.append((type(event).__name__, *committed(path)))

    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    play(kind, script, lambda c: c.generate(PROMPT, on_event=listen), ledger=Ledger(path))
    assert told == [
        ("CreateStarting", "sending"),
        ("TaskCreated", "created"),
        ("TaskState", "succeeded"),
        ("RequestEnded", "succeeded"),
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("script", "error", "state"),
    [
        (Script(creates=[envelope(402)]), Exception, "refused"),
        (Script(creates=[httpx.ReadTimeout("late")]), SubmissionUncertain, "uncertain"),
        (Script([created("t1")], [details("t1", "fail", failMsg="no")]), TaskFailed, "failed"),
        (Script([created("t1")], [envelope(404)]), Exception, "failed"),
    ],
)
def test_each_end_of_a_create_is_a_state(
    kind: str, script: Script, error: type[Exception], state: str, tmp_path: Path
) -> None:
    """With its reason in words."""
    again = Script(script.creates, script.polls)
    with pytest.raises(error):
        play(kind, again, lambda c: c.generate(PROMPT), ledger=Ledger(tmp_path / "l.db"))
    (row,) = Ledger(tmp_path / "l.db").rows()
    assert row.state == state
    assert row.reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_create_that_is_sent_again_stays_one_row(kind: str, tmp_path: Path) -> None:
    """Too many requests, twice, and then a task."""
    script = Script(creates=[envelope(429), envelope(429), created("t1")])
    play(kind, script, lambda c: c.submit(PROMPT), ledger=Ledger(tmp_path / "l.db"))
    (row,) = Ledger(tmp_path / "l.db").rows()
    assert (row.state, row.attempt, row.task_id, row.reason) == ("created", 3, "t1", None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_is_saved_when_all_its_pictures_are(kind: str, tmp_path: Path) -> None:
    """One of two is not enough; where they are is in the row."""
    ledger = Ledger(tmp_path / "l.db")
    with Loopback(lambda _: http(200, PNG)) as host:
        links = (f"{host.url}/1.png", f"{host.url}/2.png")
        script = Script(creates=[created("t1")], polls=[succeeded("t1", *links)])
        states = []

        async def save(client: Any) -> None:
            result = await settled(client.generate(PROMPT))
            for image in result.images:
                await settled(image.save(tmp_path / "out"))
                states.extend(committed(tmp_path / "l.db"))

        play(kind, script, save, ledger=ledger, base_url=GATEWAY)
    assert states == ["succeeded", "saved"]
    (row,) = ledger.rows()
    assert {Path(path).name for path in row.paths.values()} == {"t1-1.png", "t1-2.png"}
    assert row.paths.keys() == set(links)


@pytest.mark.parametrize("kind", KINDS)
def test_prices_and_what_was_charged_stand_side_by_side(kind: str, tmp_path: Path) -> None:
    """The gateway's own figure counts, where it says one."""
    polls = [details("t1", "success", resultJson='{"resultUrls": ["https://f.example/1.png"]}')]
    script = Script(creates=[created("t1")], polls=polls)
    ledger = Ledger(tmp_path / "l.db")
    play(kind, script, lambda c: c.generate(PROMPT), ledger=ledger)
    (row,) = ledger.rows()
    assert (row.estimate, row.charged, ledger.spent()) == (8.0, None, 8.0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_is_never_in_the_file(kind: str, tmp_path: Path) -> None:
    """The prompt is, and the file is for its owner alone."""
    script = Script(creates=[created("t1")])
    play(kind, script, lambda c: c.submit(PROMPT), ledger=Ledger(tmp_path / "l.db"))
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert PROMPT.encode() in content
    assert KEY.encode() not in content
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def read_only(path: Path) -> None:
    """As it is for everybody who may only read it, root included: its log cannot be opened."""
    for each in path.parent.glob(f"{path.name}-*"):
        each.unlink()
    Path(f"{path}-wal").mkdir()


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_stops_the_create_before_it_is_sent(kind: str, tmp_path: Path) -> None:
    """What cannot be written down is not paid."""
    script, ledger = Script(creates=[created("t1")]), Ledger(tmp_path / "l.db")
    with full_disk(), pytest.raises(LedgerError) as caught:
        play(kind, script, lambda c: c.submit(PROMPT), ledger=ledger)
    assert caught.value.accepted == "no"
    assert PROMPT not in str(caught.value)
    assert script.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_ledger_that_cannot_be_written_stops_the_create(kind: str, tmp_path: Path) -> None:
    """Nothing is sent, although the client was made while it still could be."""
    script, ledger = Script(creates=[created("t1")]), Ledger(tmp_path / "l.db")
    ledger.close()
    read_only(tmp_path / "l.db")
    with pytest.raises(LedgerError, match="cannot be"):
        play(kind, script, lambda c: c.submit(PROMPT), ledger=ledger)
    assert script.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_listener_that_stops_a_create_leaves_it_refused(kind: str, tmp_path: Path) -> None:
    """The ledger was told first, and has to learn that nothing was sent."""

    def stop(event: Event) -> None:
        if isinstance(event, CreateStarting):
            raise TypeError(PROMPT)

    with pytest.raises(CreateStopped):
        play(
            kind,
            Script(),
            lambda c: c.submit(PROMPT, on_event=stop),
            ledger=Ledger(tmp_path / "l.db"),
        )
    assert [(row.state, row.reason) for row in Ledger(tmp_path / "l.db").rows()] == [
        ("refused", "TypeError")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_refuses_the_create_that_would_pass_it(kind: str, tmp_path: Path) -> None:
    """Uncertain creates count as spent, refused ones do not."""
    ledger = Ledger(tmp_path / "l.db", max_credits=20)
    creates = [created("t1"), httpx.ReadTimeout("late"), created("t3")]
    script = Script(creates=creates)

    async def three(client: Any) -> None:
        await settled(client.submit(PROMPT))
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit(PROMPT))
        with pytest.raises(LedgerError, match="allows 20 credits and 16 are spent"):
            await settled(client.submit(PROMPT))
        with pytest.raises(LedgerError, match="not known"):
            await settled(client.submit(PROMPT, model="nano-banana-pro"))

    play(kind, script, three, ledger=ledger)
    assert len(script.requests) == 2


@pytest.fixture(params=["a file", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger may be."""
    if request.param == "a file":
        return str(tmp_path / "l.db")
    postgres: Server = request.getfixturevalue("postgres")
    return postgres.new_place()


def test_many_at_once_never_pass_the_limit(place: str) -> None:
    """Between the question what is spent and the row that is written nobody else writes."""
    Ledger(place).close()

    def program(name: str) -> int:
        script = Script(creates=[created(f"{name}{number}") for number in range(9)])
        with Ledger(place, max_credits=80) as ledger:
            requests = [f"{name} {number}" for number in range(9)]
            play("sync", script, lambda c: c.generate_many(requests, ledger=ledger, timeout=0))
        return len(script.sent("createTask"))

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(program, "abcd"))
    assert sum(sent) == 10
    with Ledger(place) as ledger:
        assert ledger.spent() == 80.0
