"""Guards against a gateway's text that breaks a line or has no end."""

from imagen4 import UnexpectedResponse
from imagen4.core.answer import Answer
from imagen4.core.envelope import error_from_answer, parse_envelope
from imagen4.core.records import usable_id
from imagen4.core.redaction import one_line, redacted


def test_one_line_is_printable() -> None:
    """Also for what JSON can hold and no terminal can show."""
    assert one_line("a\ud800b\tc\r\n d") == "a b c d"
    assert one_line("") == ""


def test_texts_are_cut_at_their_limits() -> None:
    """A body at 2,000 characters, a line at 300, an id at 256; short secrets stay."""
    error = error_from_answer(
        UnexpectedResponse, parse_envelope(Answer(200, {}, b"x" * 3000)), "no", ()
    )
    assert len(error.body or "") == 2000
    assert one_line("x" * 300) == "x" * 300
    assert one_line("x" * 301) == "x" * 299 + "…"
    assert [usable_id("x" * length) is None for length in (1, 256, 257)] == [False, False, True]
    assert redacted("ab abc", ["ab"]) == "ab abc"
    assert redacted("ab abc", ["abc"]) == "ab [hidden]"


def test_small_things_of_texts() -> None:
    """The smallest id that is a number, the furthest that a line is read, an error's own words."""
    assert [usable_id(number) for number in (-1, 0, 1)] == [None, None, "1"]
    assert one_line(" " * 3999 + "x") == "x"
    assert one_line(" " * 4000 + "x") == ""
    assert UnexpectedResponse("no").args == ("no",)
