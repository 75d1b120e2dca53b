"""Guards `imagen4 batch`: what it reads, what it pays, and that it continues."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.invoking import at
from imagen4 import Ledger
from imagen4.sandbox import Sandbox

Imagen4 = Callable[..., Run]


def written(folder: Path, text: str, name: str = "prompts.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def creates(sandbox: Sandbox) -> int:
    return [request.operation for request in sandbox.requests].count("createTask")


def run(
    imagen4: Imagen4, sandbox: Sandbox, tmp_path: Path, file: str, *more: str
) -> tuple[Run, list[dict]]:
    """One run with `--json`, and its lines."""
    where = (*at(sandbox, "kie"), "-o", str(tmp_path / "out"), "--json")
    done = imagen4("batch", file, *where, *more)
    return done, json.loads(done.out)["lines"] if done.out.startswith('{\n  "lines"') else []


def test_each_line_becomes_a_picture_with_a_name(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Columns are arguments and the model's fields; a tag names the file."""
    text = "prompt,tag,num_images,aspect_ratio\na fox,fox,2,16:9\nan owl,,,\n"
    file = written(tmp_path, text, "list.csv")
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert done.code == 0, done.err
    assert [line["state"] for line in lines] == ["saved", "saved"]
    names = sorted(path.stem for path in (tmp_path / "out").glob("*.png"))
    assert names[1:] == ["fox-1", "fox-2"]
    assert names[0].startswith("an-owl-")


def test_the_same_command_continues_and_pays_nothing_twice(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Lines that are new are paid, wherever they were put in."""
    file = written(tmp_path, "a fox\nan owl\n")
    assert run(imagen4, sandbox, tmp_path, file)[0].code == 0
    asked = len(sandbox.requests)
    assert run(imagen4, sandbox, tmp_path, file)[0].code == 0
    assert len(sandbox.requests) == asked
    written(tmp_path, "a lynx\na fox\nan owl\n")
    assert run(imagen4, sandbox, tmp_path, file)[0].code == 0
    assert creates(sandbox) == 3


def test_a_picture_that_was_deleted_is_fetched_again(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """And not paid again."""
    file = written(tmp_path, '{"prompt": "a fox", "tag": "fox"}\n', "list.jsonl")
    run(imagen4, sandbox, tmp_path, file)
    (tmp_path / "out/fox-1.png").unlink()
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert (done.code, lines[0]["paths"]) == (0, [str(tmp_path / "out/fox-1.png")])
    assert (tmp_path / "out/fox-1.png").exists()
    assert creates(sandbox) == 1


def test_all_mistakes_are_told_before_anything_is_sent(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """With the numbers of their lines."""
    rows = ["a fox,x,1", "an owl,x,1", ",y,1", "a lynx,z,9", "a, b, c, d"]
    file = written(tmp_path, "\n".join(["prompt,tag,num_images", *rows]), "list.csv")
    done, _ = run(imagen4, sandbox, tmp_path, file)
    assert done.code == 2
    for words in ("line 3: tag x is that of line 2", "line 4: ", "line 5: ", "line 6: more cells"):
        assert words in done.err
    assert sandbox.requests == []
    assert not (tmp_path / "out").exists()


def test_a_column_that_is_set_is_that_of_all_lines_without_it(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Fields as the model types them, and the arguments of a request."""
    text = "prompt,resolution\na fox,\nan owl,4K\n"
    more = ("-m", "nano-banana-2", "--set", "resolution=2K", "--set", "aspect_ratio=16:9")
    image = ("--set", 'image_input=["https://x.example/1.png"]')
    done, _ = run(imagen4, sandbox, tmp_path, written(tmp_path, text, "l.csv"), *more, *image)
    assert done.code == 0, done.err
    bodies = [each.body["input"] for each in sandbox.requests if each.operation == "createTask"]
    sent = {each["prompt"]: (each["resolution"], each["aspect_ratio"]) for each in bodies}
    assert sent == {"a fox": ("2K", "16:9"), "an owl": ("4K", "16:9")}
    assert bodies[0]["image_input"] == ["https://x.example/1.png"]


def test_each_create_of_a_batch_has_a_callback_of_its_own(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """At the address that is given, or the line's own."""
    text = "prompt,callback_url\na fox,\nan owl,http://localhost:9/own\n"
    file = written(tmp_path, text, "l.csv")
    run(imagen4, sandbox, tmp_path, file, "--callback-url", "http://localhost:9/all")
    bodies = [each.body for each in sandbox.requests if each.operation == "createTask"]
    urls = {body["input"]["prompt"]: body["callBackUrl"].split("=") for body in bodies}
    assert urls["a fox"][0] == "http://localhost:9/all?imagen4-token"
    assert urls["an owl"][0] == "http://localhost:9/own?imagen4-token"
    assert urls["a fox"][1] != urls["an owl"][1]


@pytest.mark.parametrize("pairs", [("--set", "x"), ("--set", "seed=1", "--set", "seed=2")])
def test_what_is_set_wrongly_is_told(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, pairs: tuple[str, ...]
) -> None:
    """Before anything is sent."""
    done, _ = run(imagen4, sandbox, tmp_path, written(tmp_path, "a\n"), *pairs)
    assert (done.code, "--set" in done.err, len(sandbox.requests)) == (2, True, 0)


@pytest.mark.parametrize(
    "template", ["{tag}", "{task}.{ext}", "{tag.x}.{ext}", "same.{ext}", "{.{ext}"]
)
def test_a_template_without_names_for_all_is_refused(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, template: str
) -> None:
    """Before anything is sent."""
    done, _ = run(imagen4, sandbox, tmp_path, written(tmp_path, "a\nb\n"), "--name", template)
    assert done.code == 2
    assert "--name" in done.err
    assert sandbox.requests == []


def test_a_tag_leads_into_no_other_folder(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Whatever it is made of."""
    file = written(tmp_path, json.dumps({"prompt": "a", "tag": "../../etc/x"}), "list.jsonl")
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert done.code == 0, done.err
    assert Path(lines[0]["paths"][0]).parent == tmp_path / "out"


def test_a_dry_run_says_what_is_left_to_pay(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Without a key, and without sending or writing anything."""
    text = "prompt,model,num_images\na fox,,2\nan owl,nano-banana-2,1\n"
    file = written(tmp_path, text, "list.csv")
    arguments = ("batch", file, *at(sandbox, "kie"), "-o", str(tmp_path / "out"), "--dry-run")
    told = json.loads(imagen4(*arguments, "--json").out)
    assert told == {
        "requests": 2,
        "paid": 0,
        "tasks": 3,
        "pictures": 3,
        "credits": 16.0,
        "dollars": 0.08,
        "unknown": 1,
    }
    assert "16 ($0.08)" in imagen4(*arguments).out
    assert sandbox.requests == []
    assert not (tmp_path / "out").exists()
    run(imagen4, sandbox, tmp_path, file)
    assert json.loads(imagen4(*arguments, "--json").out)["tasks"] == 0


def test_the_limit_of_credits_stops_the_batch(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """What fits is made; the rest is told, and made by a later run that may."""
    file = written(tmp_path, "\n".join(f"picture {n}" for n in range(5)))
    done, lines = run(imagen4, sandbox, tmp_path, file, "--max-credits", "20")
    assert done.code == 7
    assert [line["state"] for line in lines].count("saved") == creates(sandbox) == 2
    assert "allows 20 credits and 16 are spent" in done.err
    assert run(imagen4, sandbox, tmp_path, file, "--max-credits", "40")[0].code == 0
    assert creates(sandbox) == 5


def test_failed_tasks_are_tried_again_only_on_request(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """They are told with their reason, and both tasks stay in the ledger's books."""
    file = written(tmp_path, "a fox\n")
    sandbox.fault("fail", times=1)
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert (done.code, lines[0]["state"]) == (1, "failed")
    assert lines[0]["reason"] in done.err
    asked = len(sandbox.requests)
    assert run(imagen4, sandbox, tmp_path, file)[1][0]["state"] == "failed"
    assert len(sandbox.requests) == asked
    done, lines = run(imagen4, sandbox, tmp_path, file, "--retry-failed")
    assert (done.code, lines[0]["state"]) == (0, "saved")
    assert creates(sandbox) == 2
    assert Ledger(tmp_path / "out/ledger.db").spent() == 16.0


def test_an_uncertain_line_is_never_sent_again(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Not even with --retry-failed; the other lines are made."""
    file = written(tmp_path, "a fox\nan owl\n")
    sandbox.fault("reset", times=1)
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert done.code == 6, done.err
    assert sorted(line["state"] for line in lines) == ["saved", "uncertain"]
    assert run(imagen4, sandbox, tmp_path, file, "--retry-failed")[0].code == 6
    assert creates(sandbox) == 2


def test_what_all_further_creates_would_be_told_ends_the_batch(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """An account without credits is not asked a hundred times."""
    file = written(tmp_path, "\n".join(f"picture {n}" for n in range(100)))
    sandbox.fault("code-402", times=100)
    done, _ = run(imagen4, sandbox, tmp_path, file)
    assert done.code == 4
    assert creates(sandbox) < 50


def test_a_second_process_is_refused(sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path) -> None:
    """On the same ledger: nothing is sent."""
    (tmp_path / "out").mkdir()
    with Ledger(tmp_path / "out/ledger.db").alone():
        done, _ = run(imagen4, sandbox, tmp_path, written(tmp_path, "a fox\n"))
    assert done.code == 2
    assert "is at work in another process" in done.err
    assert sandbox.requests == []


def test_spend_adds_up_what_is_in_the_ledger(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """By day, model, gateway or batch; uncertain creates are in it."""
    sandbox.fault("reset", times=1)
    run(imagen4, sandbox, tmp_path, written(tmp_path, "a fox\nan owl\n"))
    book = ("spend", "--ledger", str(tmp_path / "out/ledger.db"))
    (found,) = json.loads(imagen4(*book, "--by", "batch", "--json").out)
    assert (found["batch"], found["spent"], found["uncertain"]) == ("prompts.txt", 16.0, 1)
    assert imagen4(*book, "--by", "model").out.startswith("google/imagen4  16 credits, 2 tasks")


def test_tasks_of_a_killed_run_are_fetched_under_their_names(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Created, and never asked for: the next run has the picture."""
    file = written(tmp_path, '{"prompt": "a fox", "tag": "fox"}\n', "list.jsonl")
    run(imagen4, sandbox, tmp_path, file, "--timeout", "0.000001")
    done, lines = run(imagen4, sandbox, tmp_path, file)
    assert (done.code, [Path(path).name for path in lines[0]["paths"]]) == (0, ["fox-1.png"])
    assert creates(sandbox) == 1
