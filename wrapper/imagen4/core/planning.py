"""What a request becomes at one gateway: its creates, none of them sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidRequest
from .job_state import JobState
from .request import callback_url_of, plan_creates
from .schema import texts_in

if TYPE_CHECKING:
    from .ports import CallbackReceiver
    from .request import Request
    from .session import Session


def plan_job(session: Session, request: Request, index: int = 0) -> JobState:
    """The creates of a request. Raises InvalidRequest."""
    model = request.model or session.model
    try:
        schema = session.adapter.input_schema(model)
        plans = plan_creates(request, schema, f"{model} on {session.name}")
        url = callback_url_of(request, reaching_loopback=session.on_loopback)
    except InvalidRequest as error:
        error.gateway, error.accepted, error.tried = session.name, "no", False
        raise
    job_id = session.new_id()
    job = JobState(
        job_id,
        index,
        key=f"job {job_id}",
        tag=request.tag,
        model=model,
        plans=plans,
        callback_url=url,
        recorded=session.recorded,
        prompts=tuple(dict.fromkeys(texts_in(plans[0].fields, schema))),
    )
    return listening(job, session.name, request.callback)


def listening(job: JobState, gateway: str, receiver: CallbackReceiver | None) -> JobState:
    """The job, which from now on hears of callbacks about its tasks."""
    if receiver is not None:
        job.bell = receiver.bell(gateway)
        for task_id in job.task_ids:
            job.bell.expect(task_id)
    return job
