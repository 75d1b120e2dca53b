"""Guards what `imagen4 batch` makes of tables and texts as other programs write them."""

from pathlib import Path

import pytest

from cli.test_batch import Imagen4

PAID = "to pay    2 tasks, 2 pictures"


def dry(imagen4: Imagen4, folder: Path, content: bytes, name: str) -> tuple[int, str]:
    """The exit code, and what is told, of a run that would pay."""
    (folder / name).write_bytes(content)
    done = imagen4("batch", str(folder / name), "--gateway", "kie", "--dry-run")
    return done.code, done.out + done.err


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'prompt;seed\r\n"a fox; red";1\r\nan owl;\r\n', "l.csv"),
        (b"prompt\tseed\na fox, red\t1\nan owl\t2\n", "l.tsv"),
        (b"prompt\tseed\na fox\t1\nan owl\t2\n", "l.csv"),
        (b"\xef\xbb\xbfprompt, seed\r\na fox, 1\r\nan owl, 2\r\n", "l.csv"),
        (b"seed,prompt \n1,a fox\n2,an owl\n", "l.csv"),
    ],
    ids=["semicolons", "tsv", "tabs", "spaces", "a space at the end"],
)
def test_tables_are_read_however_they_are_separated(
    content: bytes, name: str, imagen4: Imagen4, tmp_path: Path
) -> None:
    """A table of tabs was taken for prompts, its head among them, which would have been paid."""
    code, told = dry(imagen4, tmp_path, content, name)
    assert (code, PAID in told) == (0, True), told


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"Prompt,Seed\na fox,1\n", "l.csv", "no column is called prompt; there are Prompt, Seed"),
        (b"prompt,seed,prompt\na,1,b\n", "l.csv", "two columns are called prompt"),
        ("a fox".encode("utf-16"), "l.txt", "l.txt is not UTF-8"),
        ("a fox".encode("utf-16-le"), "l.txt", "l.txt is not UTF-8"),
        ("prompt\na fox\n".encode("utf-16-be"), "l.csv", "l.csv is not UTF-8"),
        (b'[{"prompt": "a fox"},\n{"prompt": "an owl"}]', "l.json", "line 1: no JSON object or te"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_before_it_is_paid(
    content: bytes, name: str, words: str, imagen4: Imagen4, tmp_path: Path
) -> None:
    """Once, in its own words, and with the columns that there are."""
    code, told = dry(imagen4, tmp_path, content, name)
    assert (code, words in told) == (2, True), told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_prompt_in_utf_16_is_refused(encoding: str, imagen4: Imagen4, tmp_path: Path) -> None:
    """PowerShell writes such files."""
    (tmp_path / "p.txt").write_bytes("a fox".encode(encoding))
    done = imagen4("generate", "--prompt-file", str(tmp_path / "p.txt"), "-g", "kie", "--dry-run")
    assert (done.code, "p.txt is not UTF-8" in done.err) == (2, True)
