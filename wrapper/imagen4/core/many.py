"""Many requests at a time: what each of them comes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, NoReturn, TypeAlias, TypeVar

from ..errors import Imagen4Error
from .request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from .effects import Steps

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Succeeded(Generic[R]):
    """One of many requests that has its result."""

    index: int
    """The request's place, from 0."""
    request: Request
    result: R
    error: None = None

    def get(self) -> R:
        """The result."""
        return self.result


@dataclass(frozen=True, slots=True)
class Failed:
    """One of many requests that has none."""

    index: int
    """The request's place, from 0."""
    request: Request
    error: Imagen4Error
    result: None = None

    def get(self) -> NoReturn:
        """Raises the error."""
        raise self.error


# What came of one of many requests: `result` or `error` is None.
Finished: TypeAlias = Succeeded[R] | Failed


def finish(
    index: int,
    item: str | Request,
    generate: Callable[[Request, int, Callable[[R], Finished[R]]], Steps[Finished[R]]],
) -> Steps[Finished[R]]:
    """The steps of one of many requests: its failure is its own.

    `generate` makes the steps, which conclude with what is made of the request's result.
    """
    request = item if isinstance(item, Request) else Request(item)
    try:
        return (yield from generate(request, index, partial(Succeeded, index, request)))
    except Imagen4Error as error:
        return Failed(index, request, error)
