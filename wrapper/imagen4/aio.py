"""The async client."""

from __future__ import annotations

import asyncio
import random as random_numbers
import time
from collections.abc import AsyncIterable, Collection
from itertools import count
from typing import TYPE_CHECKING

from .base_client import BaseClient
from .configuration import DEFAULT_TIMEOUT, make_route
from .core.checks import at_least_one, checked_requests
from .facts import DEFAULT_MODEL
from .wire.async_driving import AsyncDriver
from .wire.async_routes import AsyncRoutes
from .wire.items import each_item
from .wire.loops import running_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
    from typing import Any, Self

    import httpx

    from .async_job import AsyncJob
    from .async_result import AsyncResult
    from .callbacks import Receiver
    from .calls import Calls
    from .confirmed import ConfirmedTask
    from .core.many import Finished
    from .core.polling import Polling
    from .core.request import Request
    from .core.route import Prefer
    from .core.task import Task
    from .events import Listener
    from .gateways.adapter import Adapter
    from .ledger import Ledger
    from .literals import AspectRatio, Gateway, Model


class AsyncClient(BaseClient):
    """Pictures by Imagen 4 through one gateway, or several, for asyncio.

    gateway: one of `imagen4.Gateway`, or an `Adapter` of your own; or a list: what one of them
        certainly made no task of is tried at the next, and a task stays where it is.
    prefer: of several, "order" or "price": by the price lists, where both are known.
    model: the gateway's id of the model to use where a request names none.
    api_key: else from KIE_API_KEY or APIKLEY_API_KEY. It goes to `base_url` and nowhere else.
    base_url: another origin, also with a path; https, or http on this machine. Of several
        gateways, keys and addresses are given by name, such as {"kie": …}.
    timeout: seconds for one HTTP exchange. How long to wait for pictures: `polling`, or the
        call's own `timeout`.
    on_event: called with each event of every call, see `imagen4.events`; may be a
        coroutine function.
    ledger: where every create stands before it is sent, see `imagen4.ledger`.
    http_client: used for the gateway and not closed; its headers, auth and redirects are not.
        Its proxies and transport are, also for pictures, but never with the key for those; they
        must neither repeat a request nor keep the key. Only in
        its first event loop; our own connections serve one loop after another.
    allow_http: allow plain http anywhere.
    clock, sleep, random: seams for tests: a monotonic clock, a coroutine function that passes
        time on it, and numbers in [0, 1).
    """

    _driver: AsyncDriver

    def __init__(
        self,
        gateway: Gateway | Adapter | Sequence[Gateway | Adapter],
        *,
        model: Model = DEFAULT_MODEL,
        prefer: Prefer = "order",
        api_key: str | Mapping[str, str] | None = None,
        base_url: str | Mapping[str, str] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        polling: Polling | None = None,
        on_event: Listener | None = None,
        ledger: Ledger | None = None,
        http_client: httpx.AsyncClient | None = None,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        settings = (timeout, polling, allow_http, clock, random, model, ledger is not None)
        self._route = make_route(gateway, api_key, base_url, prefer, settings)
        self._wires = AsyncRoutes(self._route.sessions, http_client)
        driver = AsyncDriver(self._wires, sleep, on_event)
        self._driver = self._with_ledger_if_any(driver, ledger)

    def _load_calls(self) -> Calls:
        from .async_job import AsyncJob
        from .calls import Calls

        return Calls(self._route, self._driver, AsyncJob)

    async def generate(
        self,
        prompt: str | None = None,
        *,
        model: Model | None = None,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        callback: Receiver | None = None,
        tag: str | None = None,
        timeout: float | None = None,
        on_event: Listener | None = None,
        **fields: Any,
    ) -> AsyncResult:
        """Make pictures and wait for them.

        They are paid for: `price` says beforehand what the same arguments cost, in the gateway's
        credits and in dollars, and `Task.credits` what was charged, where the gateway tells.

        prompt: what to paint, at most as long as the model's document says (imagen4: 5,000
            characters); None for a model without a prompt.
        model: the gateway's id of the model; None is the client's own.
        num_images: 1 to 4. Where the model has no field to count with, each is a task of its own.
        aspect_ratio: one of the model's; None leaves its default (imagen4: "1:1").
        negative_prompt: what not to paint, where the model has that.
        seed: a text or a whole number; each `Image` says which one it got.
        callback_url: where the gateway reports the end, see `imagen4.callbacks`. With a ledger,
            each create's has a token of its own in its query.
        callback: in place of that, a `callbacks.Receiver` of this process: the result is there
            within a second of its callback, after at most 3 polls a task; where none comes, after
            1 or 4 minutes (`Polling.callback_patience`), or at the deadline.
        tag: a name of your own for the request, which every event about it carries.
        timeout: seconds for everything together (default: Polling.timeout), except that a
            create that is out is never cut short, and a last poll gets up to 5 s for its
            answer.
        on_event: called with each event, see `imagen4.events`; may be a coroutine function.
        fields: further fields of the model, as `imagen4 models NAME` lists them.
        Returns the pictures, as a sequence. Raises InvalidRequest, CreateStopped or LedgerError
        before anything is sent; ModelUnavailable, AuthenticationError, InsufficientCredits,
        QuotaExceeded, FeatureDisabled, RateLimited, GatewayUnavailable or TransportError where the
        gateway refused or was not reached; SubmissionUncertain where a create may have made a task
        (look before you repeat it); TaskFailed, PartialFailure (its `result` has the other
        pictures), TaskTimeout (its `job.wait()` goes on) or UnexpectedResponse of tasks that
        exist. Whatever is raised, the tasks that are known stand in its `task_ids`.
        """
        asked = (prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url, tag, model)
        steps = self._calls.generate((*asked, fields, callback), timeout)
        result: AsyncResult = await self._driver.run(steps, on_event)
        return result

    async def submit(
        self,
        prompt: str | None = None,
        *,
        model: Model | None = None,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        callback: Receiver | None = None,
        tag: str | None = None,
        timeout: float | None = None,
        on_event: Listener | None = None,
        **fields: Any,
    ) -> AsyncJob:
        """Create the tasks, and return as soon as all their ids are known.

        The arguments are those of `generate`; timeout: seconds until the last create leaves.
        Returns the job, whose `wait()` has the pictures. Raises what `generate` does, except
        for what comes of waiting.
        """
        asked = (prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url, tag, model)
        steps = self._calls.submit((*asked, fields, callback), timeout)
        job: AsyncJob = await self._driver.run(steps, on_event)
        return job

    def job(
        self, *task_ids: str, gateway: str | None = None, callback: Receiver | None = None
    ) -> AsyncJob:
        """Take up tasks created earlier, by another process, or before a time-out.

        Sends nothing. gateway: which one has them, where the client has several. callback: as for
        `generate`, for tasks whose creates named that receiver's URL. Raises InvalidRequest for
        what is no id.
        """
        job: AsyncJob = self._calls.take_up(self._at(gateway), task_ids, callback)
        return job

    def generate_many(
        self,
        requests: Iterable[str | Request] | AsyncIterable[str | Request],
        *,
        max_in_flight: int = 20,
        timeout: float | None = None,
        callback: Receiver | None = None,
        on_event: Listener | None = None,
        ledger: Ledger | None = None,
    ) -> AsyncGenerator[Finished[AsyncResult]]:
        """Many requests at a time, within the gateway's limits; a failure is one result of many.

        requests: prompts and `Request`s; may be async. Each is started as it is taken; an
            iterator is run on a thread of its own, and may wait for an earlier result.
        max_in_flight: so many are taken from the iterable ahead of those completed.
        timeout: seconds to wait for each request, from when its tasks exist; before, seconds for
            which its creates may be refused as too frequent.
        callback: as for `generate`, for each request that names none and no callback_url.
        on_event: called with each event; `index` and `tag` say of which request; may be a
            coroutine function.
        ledger: what stands in it is not paid again: tasks of an earlier run are taken up, and a
            request with a create that may have been accepted is a SubmissionUncertain. Requests
            are found again by their tag, else by model and fields; one that is at a gateway that
            the client does not have is an InvalidRequest, which names it.
        Yields, as they complete, what came of each: `result` if `error` is None. Leaving early
        leaves tasks behind that were paid for: their ids are logged at WARNING at once, and then
        creates that are out get their answers, but for a second Ctrl-C or a cancellation.
        """
        driver = self._with_ledger_if_any(self._driver, ledger)
        limit = at_least_one(max_in_flight, "max_in_flight")
        many = self._calls.many(driver, timeout, callback, ledger)
        items, index = checked_requests(requests, AsyncIterable), count()
        if isinstance(items, Collection):
            listed = (many.one(next(index), item) for item in items)
            return driver.run_many(listed, limit, on_event, many.under_way)
        every = (many.one(next(index), item) async for item in each_item(items))
        return driver.run_many(every, limit, on_event, many.under_way)

    def resume(
        self,
        ledger: Ledger,
        *,
        max_in_flight: int = 20,
        timeout: float | None = None,
        callback: Receiver | None = None,
        on_event: Listener | None = None,
    ) -> AsyncGenerator[Finished[AsyncResult]]:
        """Wait for the tasks that an earlier process left in the ledger; nothing is created.

        The arguments are those of `generate_many`. Yields, as they complete, what came of each
        request that has tasks here and is not saved. Creates without an answer are from now on
        called uncertain; `Ledger.open_jobs` has them.
        """
        limit = at_least_one(max_in_flight, "max_in_flight")
        driver = self._with_ledger(self._driver, ledger)
        many = self._calls.many(driver, timeout, callback)
        every = many.left_by(ledger)
        return driver.run_many(every, limit, on_event, many.under_way)

    async def credits(self, gateway: str | None = None) -> float:
        """What is left in the account, in the gateway's credits.

        gateway: which one's, where the client has several.
        """
        return await self._driver.run(self._calls.read_balance(self._at(gateway)))

    async def confirm(self, callback: Task) -> ConfirmedTask[AsyncResult]:
        """Ask the gateway about the task of a callback: a callback's content is not signed.

        Returns the task as the gateway has it; its `result` has the pictures, to be saved without
        asking again. Raises TaskNotFound where it has none.
        """
        return await self._driver.run(self._calls.confirm(callback))

    async def aclose(self) -> None:
        """Close the connections; an injected `http_client` stays open.

        Creates that are out get their answers first; nothing else is sent any more.
        """
        connections = self._wires.mark_closed(running_loop())
        try:
            if creates := self._wires.open_creates():
                self._tell_of_closing(len(creates))
                await asyncio.wait(creates)
            self._tell_of_closing()
        finally:
            for carrier in connections:
                await carrier.close()

    async def close(self) -> None:
        """The same as `aclose`."""
        await self.aclose()

    async def __aenter__(self) -> Self:
        running_loop()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
