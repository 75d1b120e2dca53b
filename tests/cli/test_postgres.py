"""Guards that each command that has a ledger takes one in PostgreSQL."""

import json
from collections.abc import Callable
from pathlib import Path

import postgres as server
from cli.conftest import Run
from cli.invoking import at
from cli.test_batch import creates
from cli.test_extras import without
from imagen4.sandbox import Sandbox

Imagen4 = Callable[..., Run]


def test_the_commands_share_a_ledger_in_postgresql(
    postgres: server.Server, sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """`--ledger` and `--database` are one option; nothing is paid twice, no password is told."""
    place, file, here = postgres.new_place(), tmp_path / "p.txt", at(sandbox, "kie")
    file.write_text("a red fox\nan owl\n")
    arguments = ("batch", str(file), *here, "-o", str(tmp_path / "out"), "--database", place)
    sandbox.fault("reset", times=1)
    ended = [imagen4(*arguments)]
    assert ended[0].code == 6
    rows = json.loads(imagen4("history", "--ledger", place, "--json").out)
    uncertain = [str(row["id"]) for row in rows if row["state"] == "uncertain"]
    assert len(rows) == 2
    ended.append(imagen4("resolve", *uncertain, "--not-created", "--database", place))
    ended.append(imagen4(*arguments))
    ended.append(imagen4("spend", "--database", place))
    assert "16 credits, 2 tasks" in ended[-1].out
    out = ("-o", str(tmp_path / "more"))
    ended.append(imagen4("generate", "a bear", *here, *out, "--ledger", place))
    ended.append(imagen4("resume", *here, *out, "--ledger", place))
    assert [each.code for each in ended] == [6, 0, 0, 0, 0, 0]
    assert creates(sandbox) == 4  # one of them without an answer
    assert not any(server.PASSWORD in each.out + each.err for each in ended)


def test_without_the_extra_a_line_says_what_to_install() -> None:
    """Exit code 2: it is the installation that has to change."""
    done = without("psycopg", "history", "--database", "postgresql://me:to-be-kept@127.0.0.1/x")
    line = "imagen4: A ledger in PostgreSQL needs psycopg; run: pip install 'imagen4[postgres]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)
