"""What a callback says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.answer import Answer, json_value
from ..core.echo import prompts_in
from ..core.envelope import error_from_answer, parse_envelope
from ..core.records import task_from_record, usable_id
from ..errors import InvalidRequest, UnexpectedResponse
from ..facts import DEFAULT_GATEWAY, protocol
from ..gateways import adapter_for

if TYPE_CHECKING:
    from ..core.task import Task
    from ..gateways.adapter import Adapter
    from ..literals import Gateway

SPELLINGS = (protocol.TASK_ID, protocol.TASK_ID_IN_SAMPLES)


def parse(body: bytes | str, gateway: Gateway | Adapter = DEFAULT_GATEWAY) -> Task:
    """The task that a callback tells of: what polling would give, also for a failed one.

    Both gateways send the same form. Raises UnexpectedResponse for anything else.
    """
    name = adapter_for(gateway).name
    content = body_bytes(body)
    envelope = parse_envelope(Answer(200, {}, content))
    secrets = prompts_in(envelope.data)
    found = task_from_record(
        envelope.record,
        name,
        envelope.answer.decoded,
        expected_id=task_id_in(content),
        secrets=secrets,
    )
    if found is None:
        reason = "The callback does not describe a task"
        raise error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    if found.succeeded and not envelope.succeeded:
        reason = "The callback's code is that of a failure, its state is success"
        raise error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    return found


def body_bytes(body: bytes | str) -> bytes:
    """What a web framework gives as the body of a request. Raises InvalidRequest."""
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise InvalidRequest("The body of a callback is bytes or text")


def task_id_in(body: bytes) -> str | None:
    """The id in `data.taskId` (what is sent) or `data.task_id` (the documents' sample).

    None if both are there and differ: one could be signed while the other is believed.
    """
    decoded = json_value(body)
    data = decoded.get(protocol.DATA) if isinstance(decoded, dict) else None
    names = data if isinstance(data, dict) else {}
    given = [names[spelling] for spelling in SPELLINGS if spelling in names]
    return usable_id(given[0]) if given and all(one == given[0] for one in given) else None
