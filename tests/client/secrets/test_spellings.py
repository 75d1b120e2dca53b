"""Guards against showing a prompt in another spelling, and a search that never ends."""

import html
import subprocess
import sys
from urllib.parse import quote, quote_plus

import pytest

from imagen4.core.redaction import BEGINNING, HIDDEN, clue, redacted

PROMPT = 'a "grey" fox & its cub,\n50% snow + fög 🦊'


@pytest.mark.parametrize("spell", [html.escape, quote, quote_plus])
def test_pages_and_addresses_spell_it_in_their_own_way(spell: object) -> None:
    """Error pages are HTML, and addresses are percent-encoded."""
    assert redacted(f"before {spell(PROMPT)} after", [PROMPT]) == f"before {HIDDEN} after"  # type: ignore[operator]


AT_THE_END = """
import builtins
from imagen4.core.redaction import redacted
class Keeper:
    redact = staticmethod(redacted)
    def __del__(self):
        for text in ("no zebra", "z&eacute;bra", r"z\\u0065bra"):
            print(self.redact(text, ["zebra"]))
builtins.keeper = Keeper()
"""


def test_at_the_very_end_of_a_program_what_cannot_be_read_is_hidden() -> None:
    """Nothing is imported any more, no table of HTML and no decoder."""
    run = [sys.executable, "-c", AT_THE_END]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"no {HIDDEN}\n{HIDDEN}\n{HIDDEN}\n", "")


def test_a_prompt_that_was_cut_short_is_hidden_as_far_as_it_goes() -> None:
    """Gateways quote the beginning of what they refuse; a few characters give nothing away."""
    assert redacted(f"too long: {PROMPT[:30]}…", [PROMPT]) == f"too long: {HIDDEN}…"
    assert redacted(f"too long: {PROMPT[:30]}", [PROMPT]) == f"too long: {HIDDEN}"
    short = PROMPT[: BEGINNING - 1]
    assert redacted(short, [PROMPT]) == short


@pytest.mark.parametrize("char", ["\\", " ", "+", "%", "&", '"', "\\ ", "\\n"])
def test_no_prompt_makes_the_search_slow(char: str) -> None:
    """The text is read once, whatever it holds; patterns made of such prompts never ended."""
    prompt = f"fox {char * 40} end"
    text = f"fox {char * 20_000} {prompt}"
    assert redacted(text, [prompt]).endswith(HIDDEN)


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("-" * 20 + " JANE DOE", "--" + "-" * 20 + " JANE DOE"),
        (r"c:\den", "c%3A%5Cden"),
        ("50%de fox", "50%25de%20fox"),
        ("50%de fox", "50%2525de%20fox"),
        ("back\\slash", r"back\u005cslash"),
        ("fög und Éclair", "f%25C3%25B6g%20und%20%25C3%2589clair"),
    ],
)
def test_beginnings_that_repeat_and_signs_that_are_escaped_twice(secret: str, text: str) -> None:
    """None of the words is left."""
    assert redacted(text, [secret]).replace("-", "") == HIDDEN


def test_a_text_without_end_is_not_read_to_its_end() -> None:
    """Nobody is shown that much of it."""
    assert len(redacted("x" * 5_000_000, ["fox"])) == 200_000


def test_letters_are_no_spaces() -> None:
    """What stands between two words of a secret matters, unless it is blank."""
    assert redacted("a box fox", ["boxXfox"]) == "a box fox"


def test_secrets_that_overlap_are_hidden_once() -> None:
    """Both are gone, and nothing of what stands between."""
    assert redacted("x abcdef y", ["abcd", "cdef"]) == f"x {HIDDEN} y"


@pytest.mark.parametrize(("secret", "found"), [("sk-12/aB34", "aB34"), ("--", ""), ("A", "A")])
def test_a_clue_is_what_nobody_spells_in_another_way(secret: str, found: str) -> None:
    """The longest run of letters and digits."""
    assert clue(secret) == found
