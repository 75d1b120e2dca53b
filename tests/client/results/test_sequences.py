"""Guards against a result that is not the sequence of pictures that people take it for."""

from collections.abc import Sequence
from typing import Any

import pytest

from client.play import KINDS, Script, play, succeeded


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_the_sequence_of_its_images(kind: str) -> None:
    """Length, index, slice, iteration, membership, both directions; as a tuple has them."""
    urls = [f"https://files.example/{number}.png" for number in range(3)]
    result: Any = play(kind, Script(polls=[succeeded("t1", *urls)]), lambda c: c.job("t1").wait())
    first, second, third = result
    assert isinstance(result, Sequence)
    assert (len(result), bool(result)) == (3, True)
    assert [each.url for each in result] == urls
    assert (result[0], result[-1]) == (first, third)
    assert (result[1:], result[::-1]) == ((second, third), (third, second, first))
    assert list(reversed(result)) == [third, second, first]
    assert second in result
    assert "no picture" not in result
    assert (result.index(third), result.count(third)) == (2, 1)
    with pytest.raises(IndexError):
        result[3]
    with pytest.raises(TypeError):
        result[0] = first
