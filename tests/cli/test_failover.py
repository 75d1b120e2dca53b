"""`--gateway kie,apikley`: the next gateway is paid only for what certainly was not created."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.failover.test_matrix import Market, market, told
from client.loopback import Received, http
from client.pictures import PNG
from imagen4.cli import batch_file

ORDER = ("--gateway", "kie,apikley")


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    """kie has no credits left."""
    with market(told(402, "Credits insufficient")) as found:
        for name, server in found.servers.items():
            monkeypatch.setenv(f"{name.upper()}_BASE_URL", server.url)
            monkeypatch.setenv(f"{name.upper()}_API_KEY", f"key-of-{name}")
            server.reply = with_pictures(server.reply, server.url)
        yield found


def with_pictures(reply: Callable[[Received], bytes], url: str) -> Callable[[Received], bytes]:
    """The pictures are on loopback, too."""

    def answer(received: Received) -> bytes:
        if received.path.startswith("/picture"):
            return http(200, PNG)
        return reply(received).replace(b"https://files.example/1.png", f"{url}/picture".encode())

    return answer


def test_the_picture_comes_from_the_gateway_that_takes_the_request(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """Who did not serve is said with the reason, and each price before its first create."""
    done = imagen4("generate", "a fox", *ORDER, "-o", str(tmp_path))
    assert done.code == 0, done.err
    assert "kie does not serve this: Credits insufficient\n" in done.err
    assert done.err.splitlines()[0] == "1 task, 1 picture: 8 credits ($0.04) by the price list"
    assert "1 task, 1 picture: a price that apikley does not publish\n" in done.err
    assert (both.posts("kie"), both.apikley.paid) == (1, 1)


def test_json_names_both(both: Market, imagen4: Callable, tmp_path: Path) -> None:
    """For machines."""
    done = imagen4("generate", "a fox", *ORDER, "-o", str(tmp_path), "--json")
    found = json.loads(done.out)
    assert found["gateway"] == "apikley"
    assert list(found["passed_over"]) == ["kie"]
    assert both.apikley.paid == 1


def test_where_none_serves_a_request_each_says_why(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """In the line for people, for machines, and in the ledger."""
    both.apikley.answer = told(433, "limit reached")
    book = ("--ledger", str(tmp_path / "l.db"))
    done = imagen4("generate", "a fox", *ORDER, *book, "-o", str(tmp_path), "--json")
    error = json.loads(done.out)["error"]
    assert (error["gateway"], error["passed_over"]) == ("apikley", {"kie": "Credits insufficient"})
    assert "limit reached [gateway apikley, code 433, HTTP 200, not kie: Credits insuf" in done.err
    newest, oldest = imagen4("history", *book).out.splitlines()
    assert ("  apikley  refused  " in newest, "  kie  refused  " in oldest) == (True, True)
    rows = json.loads(imagen4("history", *book, "--json").out)
    assert [row["passed_over"] for row in rows] == [{"kie": "Credits insufficient"}, {}]


def test_resume_finishes_what_is_at_any_of_the_gateways(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """With one of them it says what is left at the other."""
    both.kie.answer = None
    book, out = ("--ledger", str(tmp_path / "l.db")), ("-o", str(tmp_path / "out"))
    replies = {name: server.reply for name, server in both.servers.items()}
    for name, server in both.servers.items():
        server.reply = lambda r, reply=replies[name]: told(422) if r.method == "GET" else reply(r)
        late = imagen4("generate", "a fox", "--gateway", name, *book, *out, "--timeout", "0.01")
        assert late.code == 5, late.err
    for name, server in both.servers.items():
        server.reply = replies[name]
    alone = imagen4("resume", "--gateway", "kie", *book, *out)
    assert (alone.code, len(alone.out.splitlines())) == (0, 1)
    assert "Tasks left at apikley, which --gateway does not name: 1\n" in alone.err
    done = imagen4("resume", *ORDER, *book, *out)
    assert (done.code, len(done.out.splitlines()), "left at" in done.err) == (0, 1, False)
    assert (both.kie.paid, both.apikley.paid) == (1, 1)


def test_the_way_to_take_tasks_up_names_the_gateway_that_has_them(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """Not the one that was preferred."""
    reply = both.servers["apikley"].reply
    lost = http(404, b"gone")
    both.servers["apikley"].reply = lambda r: lost if r.path == "/picture" else reply(r)
    done = imagen4("generate", "a fox", *ORDER, "-o", str(tmp_path))
    assert "imagen4 fetch --gateway apikley" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gateway", "kie,nobody"], "'nobody' is not one of kie, apikley."),
        (["--gateway", "kie,kie"], "Each gateway may be named once."),
        ([*ORDER, "--base-url", "http://127.0.0.1:1"], "--base-url is one gateway's"),
    ],
)
def test_what_makes_no_sense_is_refused(
    both: Market, imagen4: Callable, arguments: list[str], words: str
) -> None:
    """Before anything is sent."""
    done = imagen4("generate", "a fox", *arguments)
    assert (done.code, words in done.err) == (2, True)
    assert (both.posts("kie"), both.posts("apikley")) == (0, 0)


def test_a_batch_goes_on_at_the_next_gateway(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """Run again it pays nothing, also when the preferred gateway is well again."""
    (tmp_path / "prompts.txt").write_text("a fox\nan owl\n")
    command = (
        "batch",
        str(tmp_path / "prompts.txt"),
        *ORDER,
        "-o",
        str(tmp_path / "out"),
        "--json",
    )
    for _ in range(2):
        done = imagen4(*command)
        lines = json.loads(done.out)["lines"]
        assert (done.code, [line["state"] for line in lines]) == (0, ["saved"] * 2), done.err
        assert (both.kie.paid, both.apikley.paid) == (0, 2)
        both.kie.answer = None
    plan = imagen4(*command, "--dry-run")
    assert json.loads(plan.out)["paid"] == 2


def test_what_another_gateway_made_in_fewer_tasks_is_not_to_be_paid_again(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """Two pictures are two tasks at kie, and one at apikley."""
    (tmp_path / "list.jsonl").write_text('{"prompt": "a fox", "num_images": 2}\n')
    command = ("batch", str(tmp_path / "list.jsonl"), *ORDER, "-o", str(tmp_path / "out"))
    before = json.loads(imagen4(*command, "--dry-run", "--json").out)
    assert (before["paid"], before["tasks"]) == (0, 2)
    assert "saved" in imagen4(*command).err
    after = json.loads(imagen4(*command, "--dry-run", "--json").out)
    assert (after["paid"], after["tasks"], both.apikley.paid) == (1, 0, 1)


def test_a_dry_run_prices_each_request_where_it_would_go(imagen4: Callable, tmp_path: Path) -> None:
    """Credits of two gateways are not added up; each has a line that names it."""
    lines = '{"prompt": "a", "model": "google/imagen4-ultra"}\n{"prompt": "b"}\n'
    (tmp_path / "list.jsonl").write_text(lines)
    command = ("batch", str(tmp_path / "list.jsonl"), "--gateway", "apikley,kie", "--dry-run")
    told = json.loads(imagen4(*command, "--json").out)
    assert (told["tasks"], told["unknown"], told["credits"]) == (2, 1, None)
    assert [each["credits"] for each in told["gateways"].values()] == [None, 12]
    assert "1 task, 1 picture, at kie\ncredits   12 ($0.06)\n" in imagen4(*command).out
    one = imagen4("generate", "a", "--gateway", "kie,apikley", "--dry-run").out
    assert [line.partition(":")[0] for line in one.splitlines()] == ["kie", "apikley"]


def test_a_batch_with_fewer_gateways_pays_only_for_what_no_gateway_has(
    both: Market, imagen4: Callable, tmp_path: Path
) -> None:
    """What the missing one has, and is not saved, is said line by line; the others go on."""
    prompts, out = tmp_path / "prompts.txt", tmp_path / "out"
    prompts.write_text("a fox\nan owl\n")
    imagen4("batch", str(prompts), *ORDER, "-o", str(out))
    next(out.glob("an-owl*.png")).unlink()
    both.kie.answer = None
    prompts.write_text("a fox\nan owl\na wolf\n")
    command = ("batch", str(prompts), "--gateway", "kie", "-o", str(out), "--json")
    assert json.loads(imagen4(*command, "--dry-run").out)["paid"] == 2
    done = imagen4(*command)
    fox, owl, wolf = json.loads(done.out)["lines"]
    assert [line["state"] for line in (fox, owl, wolf)] == ["saved", "succeeded", "saved"]
    assert "has this request at apikley" in owl["reason"]
    assert (done.code, both.kie.paid, both.apikley.paid) == (7, 1, 2)


@pytest.mark.parametrize(
    "runs",
    [
        ["kie,apikley", "apikley,kie", "apikley", "kie"],
        ["apikley", "kie", "kie,apikley"],
        ["earlier version: apikley", "apikley", "apikley,kie", "kie"],
    ],
)
def test_a_line_of_a_batch_is_paid_once_whatever_gateways_are_named(
    runs: list[str],
    both: Market,
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Although a tag was made of what one of them is sent, which differs."""
    (tmp_path / "prompts.txt").write_text("a fox\na fox\n")
    command = ("batch", str(tmp_path / "prompts.txt"), "-o", str(tmp_path / "out"))
    for run in runs:
        with monkeypatch.context() as patch:
            if run.startswith("earlier"):
                patch.setattr(batch_file, "GATEWAYS", ["apikley"])
            done = imagen4(*command, "--gateway", run.rpartition(" ")[2])
        assert (done.code, len(set(done.out.splitlines()))) == (0, 2), done.err
        assert (both.kie.paid, both.apikley.paid) == (0, 2)
        both.kie.answer = None
