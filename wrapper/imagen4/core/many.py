"""Many requests at a time: what each of them comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from ..errors import Imagen4Error, InvalidRequest
from .batch import logger
from .request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from .effects import Steps

R = TypeVar("R")
# Steps for a request, which conclude with what is made of its result.
Generate: TypeAlias = "Callable[[Request, Callable[[R], Finished[R]]], Steps[Finished[R]]]"


@dataclass(frozen=True, slots=True)
class Finished(Generic[R]):
    """What came of one of many requests: either `result` or `error`; `index` from 0."""

    index: int
    request: Request
    result: R | None = None
    error: Imagen4Error | None = None

    def get(self) -> R:
        """The result, or the error raised."""
        if self.result is None:
            raise self.error or InvalidRequest("neither result nor error")
        return self.result


def finished(index: int, item: str | Request, generate: Generate[R]) -> Steps[Finished[R]]:
    """The steps of one of many requests: its failure is its own."""
    request = item if isinstance(item, Request) else Request(item)
    try:
        return (yield from generate(request, partial(Finished, index, request)))
    except Imagen4Error as error:
        return Finished(index, request, error=error)


def log_untaken(finished: Finished[Any]) -> None:
    """What reaches nobody, since the loop over `generate_many` ended before, is not lost."""
    done: Any = finished.result or finished.error
    if done.task_ids:
        logger.warning("Results that were not taken: tasks %s", ", ".join(done.task_ids))


def checked_requests(requests: Iterable[str | Request]) -> Iterable[str | Request]:
    """A single prompt is refused: its characters are not meant, and each would be paid for."""
    if isinstance(requests, (str, bytes, bytearray, Request)) or not isinstance(requests, Iterable):
        raise InvalidRequest("generate_many() takes an iterable of prompts and Requests")
    return requests
