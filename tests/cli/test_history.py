"""Guards what is told of a ledger's rows, and that uncertain ones are resolved, not guessed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.invoking import at
from cli.test_batch import creates
from imagen4 import Client, Ledger
from imagen4.cli import watching
from imagen4.sandbox import Sandbox

Imagen4 = Callable[..., Run]


@pytest.fixture
def batch(sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path) -> Callable[[], Run]:
    """Two lines, the first of which is uncertain after the first run."""
    rows = [{"prompt": "a red fox", "tag": "fox"}, {"prompt": "an owl", "tag": "owl"}]
    file = tmp_path / "list.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    arguments = ("batch", str(file), *at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    sandbox.fault("reset", word="red fox", times=1)
    assert imagen4(*arguments).code == 6
    return lambda: imagen4(*arguments)


def history(imagen4: Imagen4, tmp_path: Path, *more: str) -> list[dict]:
    book = ("--ledger", str(tmp_path / "out/ledger.db"))
    return json.loads(imagen4("history", *book, "--json", *more).out)


def test_history_finds_by_word_tag_and_state(
    batch: object, imagen4: Imagen4, tmp_path: Path
) -> None:
    """The newest create first."""
    every = history(imagen4, tmp_path)
    assert [row["id"] for row in every] == sorted((row["id"] for row in every), reverse=True)
    assert [row["tag"] for row in history(imagen4, tmp_path, "RED FOX")] == ["fox"]
    assert [row["tag"] for row in history(imagen4, tmp_path, "--tag", "owl")] == ["owl"]
    (row,) = history(imagen4, tmp_path, "--state", "uncertain")
    assert row["reason"]
    said = imagen4("history", "--ledger", str(tmp_path / "out/ledger.db"), "--tag", row["tag"]).out
    assert f"uncertain  {row['tag']}" in said


def test_a_row_that_made_a_task_is_resumed(
    batch: Callable[[], Run], sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """The task's picture is fetched, and nothing is sent again."""
    (row,) = history(imagen4, tmp_path, "--state", "uncertain")
    with Client("kie", base_url=sandbox.url("kie")) as client:
        (lost,) = client.submit("a task that the gateway's list shows").task_ids
    book = ("--ledger", str(tmp_path / "out/ledger.db"))
    assert imagen4("resolve", str(row["id"]), *book, "--created", lost).code == 0
    before = creates(sandbox)
    assert batch().code == 0
    assert creates(sandbox) == before
    assert lost in {row["task_id"] for row in history(imagen4, tmp_path, "--state", "saved")}


def test_a_row_that_made_none_is_sent_again(
    batch: Callable[[], Run], sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Once somebody has said so."""
    (row,) = history(imagen4, tmp_path, "--state", "uncertain")
    book = ("--ledger", str(tmp_path / "out/ledger.db"))
    assert imagen4("resolve", str(row["id"]), *book, "--not-created").code == 0
    assert batch().code == 0
    assert creates(sandbox) == 3


def test_only_what_is_uncertain_can_be_resolved(
    batch: object, imagen4: Imagen4, tmp_path: Path
) -> None:
    """And only by a task that no other row has."""
    (done,) = history(imagen4, tmp_path, "--state", "saved")
    (row,) = history(imagen4, tmp_path, "--state", "uncertain")
    book = ("--ledger", str(tmp_path / "out/ledger.db"))
    for number, how in (
        (done["id"], ("--not-created",)),
        (row["id"], ()),
        (row["id"], ("--created", "x", "--not-created")),
        (row["id"], ("--created", done["task_id"])),
        (999, ("--created", "x")),
    ):
        assert imagen4("resolve", str(number), *book, *how).code == 2
    assert history(imagen4, tmp_path, "--state", "uncertain") == [row]


def test_the_balance_around_it_is_shown_before_it_is_resolved(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """The sandbox has charged for the create whose answer was lost; that decides nothing."""
    book = ("--ledger", str(tmp_path / "l.db"))
    sandbox.fault("reset", operation="createTask", times=1)
    assert imagen4("generate", "a fox", *at(sandbox, "kie"), *book).code == 6
    words = "balance 100000 → 99992: the price of one create: probably created"
    assert words in imagen4("history", *book).out
    (row,) = json.loads(imagen4("history", *book, "--json").out)
    assert (row["balance_before"], row["balance_after"]) == (100000, 99992)
    done = imagen4("resolve", str(row["id"]), *book)
    assert done.code == 2
    assert words in done.err
    assert "Either --created TASK or --not-created" in done.err
    assert "uncertain" in imagen4("history", *book).out


def test_history_goes_on_with_what_changes(
    batch: object, imagen4: Imagen4, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line for each create, and one more whenever it is not what it was; Ctrl-C ends it."""
    place = tmp_path / "out/ledger.db"
    (row,) = history(imagen4, tmp_path, "--state", "uncertain")

    def resolve() -> None:
        with Ledger(place) as other:
            other.resolve(row["id"], None)

    happens = iter([lambda: None, resolve, lambda: None])

    def pause(_seconds: float) -> None:
        for each in happens:
            return each()
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "sleep", pause)
    done = imagen4("history", "--ledger", str(place), "--watch", "--json")
    states = [json.loads(line)["state"] for line in done.out.splitlines()]
    assert (states, done.code) == (["uncertain", "saved", "refused"], 130)
