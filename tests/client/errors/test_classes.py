"""Guards against an error that is not in the documented tree, or says less than is known."""

import inspect
import re

import pytest

import imagen4
from imagen4 import errors

ERRORS = [
    each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, Exception)
]


def test_the_tree_is_drawn_as_it_is() -> None:
    """The docstring names every error, and every error is one of ours alone."""
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == {each.__name__ for each in ERRORS} - {"Imagen4Error"}
    assert {each.__mro__[1] for each in ERRORS} <= {*ERRORS, Exception}
    assert drawn | {"Imagen4Error"} <= set(imagen4.__all__)


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_says_what_is_known(kind: type[errors.Imagen4Error]) -> None:
    """In its text and as attributes."""
    bare = kind("It broke")
    assert str(bare) == bare.message == "It broke"
    assert (bare.gateway, bare.task_ids, bare.code, bare.http_status, bare.body, bare.job) == (
        None, (), None, None, None, None,
    )  # fmt: skip
    full = kind(
        "It broke", gateway="kie", task_ids=("t1", "t2"), code=500, http_status=200, body="x"
    )
    assert str(full) == "It broke [gateway kie, code 500, HTTP 200, task t1, t2]"
    assert (full.gateway, full.task_ids, full.code) == ("kie", ("t1", "t2"), 500)
    assert (full.http_status, full.body) == (200, "x")
