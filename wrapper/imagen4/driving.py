"""Performing effects: the sync and the async loop around the same decisions."""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, TypeVar

from .effects import Answer, Course, Effect, Send, Sleep, Steps, Update

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

    OnUpdate = Callable[[Update], object]

T = TypeVar("T")


class Driver:
    """Runs steps with a blocking `send` and `sleep`."""

    def __init__(self, send: Callable[[Send], Answer], sleep: Callable[[float], object]) -> None:
        self._send = send
        self._sleep = sleep

    def run(self, steps: Steps[T], on_update: OnUpdate | None = None) -> T:
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                course.reply(self.perform(effect, on_update))
            except BaseException as problem:
                course.fail(problem)
        return course.value

    def updates(self, steps: Steps[object]) -> Iterator[Update]:
        """The steps' updates as they come; closing the iterator closes the steps."""
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                if isinstance(effect, Update):
                    yield effect
                course.reply(self.perform(effect))
            except BaseException as problem:
                course.fail(problem)

    def perform(self, effect: Effect, on_update: OnUpdate | None = None) -> Answer | None:
        if isinstance(effect, Send):
            return self._send(effect)
        if isinstance(effect, Sleep):
            self._sleep(effect.seconds)
        elif on_update is not None:
            on_update(effect)
        return None


class AsyncDriver:
    """The same with `await`. `on_update` may be a coroutine function."""

    def __init__(
        self,
        send: Callable[[Send], Awaitable[Answer]],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._send = send
        self._sleep = sleep

    async def run(self, steps: Steps[T], on_update: OnUpdate | None = None) -> T:
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                course.reply(await self.perform(effect, on_update))
            except BaseException as problem:
                course.fail(problem)
        return course.value

    async def updates(self, steps: Steps[object]) -> AsyncGenerator[Update]:
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                if isinstance(effect, Update):
                    yield effect
                course.reply(await self.perform(effect))
            except BaseException as problem:
                course.fail(problem)

    async def perform(self, effect: Effect, on_update: OnUpdate | None = None) -> Answer | None:
        if isinstance(effect, Send):
            return await self._send(effect)
        if isinstance(effect, Sleep):
            await self._sleep(effect.seconds)
        elif on_update is not None:
            awaited = on_update(effect)
            if isawaitable(awaited):
                await awaited
        return None
