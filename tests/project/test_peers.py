"""`make benchmark` measures the clients that a user would pick instead, and ours beside them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from benchmark import stub
from peers.clients import CLIENTS, IMPORTS, Ways
from peers.drive import behave
from peers.environment import CONSTRAINTS
from peers.stub import FAULTS, SHAPES
from peers.table import Found, table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url() -> Iterator[str]:
    with stub("peers.stub") as url:
        yield url


def pins(path: Path) -> dict[str, str]:
    """Names, as the registry compares them, and versions; anything but `name==version` fails."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[0-9][\w.]*", line)] == []
    split = [line.lower().replace("_", "-").split("==") for line in lines]
    return dict(sorted(split))


def test_each_client_is_pinned_and_shares_our_versions() -> None:
    """Both are measured with the same httpx, in an environment that is the same everywhere."""
    theirs, ours = pins(CONSTRAINTS), pins(ROOT / "scripts" / "constraints.txt")
    assert set(CLIENTS) - {"imagen4"} < set(theirs)
    assert {name: ours[name] for name in ours.keys() & theirs} == {
        name: theirs[name] for name in ours.keys() & theirs
    }
    assert set(CLIENTS) == set(SHAPES) == set(IMPORTS)


def test_a_table_says_what_was_cut_off_and_what_is_not_there() -> None:
    """A dash for no waiting; `>=` where a create was still sent again when the time was up."""
    posts = dict(zip(FAULTS, (8, 9, 1, 1, 9), strict=True))
    ended = frozenset(("500", "503"))
    rows = table(
        [
            Found("one", "1.0.3", 1.5, 1.25, posts, ended, polls=(50, 100), late=(0.05, 0.1)),
            Found("two", "3.6.1", 6.0, 1.4, posts, frozenset(FAULTS), polls=(), late=()),
        ]
    )
    assert rows.splitlines() == [
        "| client    | import | cycle  | no answer | reset | 500 | 503 | 429  | polls | late   |",
        "| --------- | ------ | ------ | --------- | ----- | --- | --- | ---- | ----- | ------ |",
        "| one 1.0.3 | 1.50 x | 1.25 x | >= 8      | >= 9  | 1   | 1   | >= 9 | 75.0  | 0.08 s |",
        "| two 3.6.1 | 6.00 x | 1.40 x | 8         | 9     | 1   | 1   | 9    | -     | -      |",
    ]


def hasty(http: httpx.Client, url: str) -> Ways:
    """A client that sends a create again, once, and polls three times whatever it hears."""

    def create() -> str:
        with suppress(httpx.HTTPStatusError, httpx.ReadError):
            return http.post(f"{url}/create").raise_for_status().json()["data"]["taskId"]
        return http.post(f"{url}/create").raise_for_status().json()["data"]["taskId"]

    return Ways(create, lambda task: [http.get(f"{url}/{task}") for _ in range(3)])


def test_what_reaches_the_server_is_counted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of creates that meet a fault, each POST; of a task, each poll and how late it was known."""
    with httpx.Client() as http:
        monkeypatch.setitem(CLIENTS, "imagen4", lambda url, _: hasty(http, url))
        told = behave("imagen4", url, faults=("reset", "503"), lasting=(0,))
        came = http.get(f"{url}/counts").json()
    assert sorted(told.ended) == ["503", "reset"]
    assert [0 < late < 10 for late in told.late] == [True]
    assert came["posts"] == {"imagen4 reset": 2, "imagen4 503": 2, "imagen4 0": 1}
    assert came["polls"] == {"imagen4 0": 3}


def test_readme_quotes_the_guide_of_the_same_day() -> None:
    """The figures that both have are the same ones."""
    guide = (ROOT / "wrapper/guide/promises.md").read_text()
    readme = (ROOT / "README.md").read_text()
    quoted, whole = table_beside(readme), table_beside(guide)
    assert list(quoted) == list(whole)
    for name, row in quoted.items():
        assert row.items() <= whole[name].items()
    (day,) = re.findall(r"make benchmark-peers`, (\S+)\)", guide)
    assert f"({day}; [all" in readme


def table_beside(text: str) -> dict[str, dict[str, str]]:
    """The rows of the one table of clients, by their first cell."""
    (lines,) = re.findall(r"(?:^\| client .*\n)(?:\|.*\n)+", text, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()]
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:]}
