"""What the shells are given when somebody presses Tab."""

import shlex
from collections.abc import Callable

import pytest

WORDS = {
    "bash": lambda answer: [line.split(",", 1)[1] for line in answer.splitlines()],
    "zsh": lambda answer: answer.splitlines()[1::3],
    "fish": lambda answer: [line.split(",", 1)[1].split("\t")[0] for line in answer.splitlines()],
}


@pytest.fixture(params=WORDS)
def completed(
    request: pytest.FixtureRequest, imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], list[str]]:
    """Asks as the shell's own code does."""

    def call(line: str, incomplete: str) -> list[str]:
        words = f"imagen4 {line} {shlex.quote(incomplete)}"
        fish = request.param == "fish"
        monkeypatch.setenv("_IMAGEN4_COMPLETE", f"{request.param}_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", incomplete if fish else str(len(shlex.split(words)) - 1))
        # Click ends the process itself when it has answered.
        with pytest.raises(SystemExit):
            imagen4()
        return WORDS[request.param](request.getfixturevalue("capsys").readouterr().out)

    return call


@pytest.mark.parametrize(
    ("line", "incomplete", "word"),
    [
        ("generate fox --gateway", "k", "kie"),
        ("generate fox --gateway", "kie,", "kie,apikley"),
        ("generate fox -g kie --model", "nano-banana-2", "nano-banana-2"),
        ("generate fox -g kie --aspect-ratio", "16", "16:9"),
        ("generate fox -g kie -m nano-banana-2 --aspect-ratio", "21", "21:9"),
    ],
)
def test_values_are_completed(completed: Callable, line: str, incomplete: str, word: str) -> None:
    """Those of the gateway and the model on the line, and no other."""
    found = completed(line, incomplete)
    assert word in found
    assert all(each.startswith(incomplete) for each in found)


@pytest.mark.parametrize(
    ("incomplete", "breaks", "word"),
    [
        ("--aspect-ratio 16:", '"=:', "plain,9"),
        ("--aspect-ratio=16:", '"=:', "plain,9"),
        ("--aspect-ratio 16:", "", "plain,16:9"),
        ("-m nano-banana-2 --set resolution=2", '"=:', "plain,2K"),
    ],
)
def test_bash_gets_what_its_last_word_lacks(
    imagen4: Callable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    incomplete: str,
    breaks: str,
    word: str,
) -> None:
    """It parts words at colons and at equals signs, unless it is told not to."""
    monkeypatch.setenv("_IMAGEN4_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"imagen4 generate fox -g kie {incomplete}")
    monkeypatch.setenv("COMP_WORDBREAKS", breaks)
    with pytest.raises(SystemExit):
        imagen4()
    assert capsys.readouterr().out.splitlines() == [word]
