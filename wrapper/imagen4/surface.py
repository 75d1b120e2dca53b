"""What both clients offer, written once.

The type parameters are what the methods return: a value from `Client`, a coroutine of it
from `AsyncClient`. The driver decides, by performing the same steps either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .core.account import balance
from .core.batch import Batch, logger, taken_up
from .core.checks import at_least_one
from .core.many import checked_requests, finished
from .core.request import Request
from .job import Tasks
from .result import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .core.effects import Steps
    from .core.settings import Settings
    from .core.task import Task
    from .literals import AspectRatio
    from .wire.driving import OnUpdate

ResultT = TypeVar("ResultT")
SubmittedT = TypeVar("SubmittedT")
JobT = TypeVar("JobT", bound=Tasks[Any, Any, Any])
CreditsT = TypeVar("CreditsT")
TaskT = TypeVar("TaskT")
ManyT = TypeVar("ManyT")


class Surface(Generic[ResultT, SubmittedT, JobT, CreditsT, TaskT, ManyT]):
    """The operations of a client."""

    _settings: Settings
    _driver: Any  # Driver or AsyncDriver
    _job_type: type[JobT]
    _image_type: type[Any]
    _result_type: type[Any]

    @property
    def gateway(self) -> str:
        return self._settings.name

    @property
    def base_url(self) -> str:
        return self._settings.base_url

    def generate(
        self,
        prompt: str,
        *,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> ResultT:
        """Make pictures and wait for them; see `Request` for the arguments.

        timeout: seconds for everything together (default: Polling.timeout), except that a
            create that is out is never cut short, and a last poll gets up to 5 s for its
            answer. on_update: called with each `Update`.
        Raises InvalidRequest before anything is sent, SubmissionUncertain, TaskTimeout,
        TaskFailed, PartialFailure, and the other errors of `imagen4.errors`.
        """
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        result: ResultT = self._driver.run(self._generated(request, timeout), on_update)
        return result

    def submit(
        self,
        prompt: str,
        *,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> SubmittedT:
        """As `generate`, but returns as soon as all task ids are known."""
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        job: SubmittedT = self._driver.run(self._submitted(request, timeout), on_update)
        return job

    def job(self, *task_ids: str) -> JobT:
        """Take up tasks created earlier, by another process, or before a time-out."""
        return self._job_type(self, taken_up(task_ids))

    def generate_many(
        self,
        requests: Iterable[str | Request],
        *,
        max_in_flight: int = 20,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> ManyT:
        """`Finished` results as they complete, a failure being one like the others.

        At most `max_in_flight` requests are taken from the iterable ahead of those completed.
        Creates and polls keep to the gateway's limits. timeout: seconds to wait for each
        request, from when its tasks exist. Closing the iterator early leaves tasks behind
        that were paid for: their ids are logged at WARNING.
        """

        def generate(request: Request, conclude: Callable[[Any], Any]) -> Steps[Any]:
            return self._generated(request, timeout, conclude, turn_counts=False)

        limit = at_least_one(max_in_flight, "max_in_flight")
        items = enumerate(checked_requests(requests))
        every = (finished(index, item, generate) for index, item in items)
        many: ManyT = self._driver.many(every, limit, on_update)
        return many

    def credits(self) -> CreditsT:
        """What is left in the account."""
        left: CreditsT = self._driver.run(self._balance())
        return left

    def confirm(self, callback: Task) -> TaskT:
        """Ask the gateway about the task of a callback: a callback's content is not signed."""
        task: TaskT = self._driver.run(self._confirmed(callback))
        return task

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.gateway!r}, base_url={self.base_url!r})"

    def _planned(self, request: Request) -> JobT:
        return self._job_type(self, self._settings.batch(request))

    def _generated(
        self,
        request: Request,
        timeout: float | None,
        conclude: Callable[[Any], Any] | None = None,
        *,
        turn_counts: bool = True,
    ) -> Steps[Any]:
        job = self._planned(request)
        return (yield from job._generated(timeout, conclude, turn_counts=turn_counts))

    def _submitted(self, request: Request, timeout: float | None) -> Steps[JobT]:
        return (yield from self._planned(request)._submitted(timeout))

    def _balance(self) -> Steps[float]:
        return self._job_type(self, Batch())._kept(balance(self._settings))

    def _confirmed(self, callback: Task) -> Steps[Task]:
        (task,) = yield from self.job(callback.task_id)._states()
        return task

    def _result(self, tasks: list[Task], batch: Batch) -> Any:
        """What a user gets for tasks that have ended well."""
        run, settings = self._driver.run, self._settings
        fields = fields_of(tasks, batch.seeds)
        images = tuple(self._image_type(*each, settings, run) for each in fields)
        log_shortfall(batch, settings.name, len(images))
        return self._result_type(images, tuple(tasks), self._driver.together)


def log_shortfall(batch: Batch, gateway: str, count: int) -> None:
    """A success with fewer pictures than were asked and paid for is worth a word."""
    asked = sum(int(plan.fields.get("num_images", 1)) for plan in batch.plans)
    if count < asked and len(batch.ended) == len(batch.plans):
        ids = ", ".join(batch.task_ids)
        logger.warning("%s: %d of %d pictures came, tasks %s", gateway, count, asked, ids)
