"""What the page shows, as JSON: the newest of everything, cut to what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..facts.protocol import DETAILS_PATH, FAILED, INPUT, Code
from .admin import faults_as_json
from .callbacks import signing_key
from .documents import last_segment
from .gateways import SANDBOX_GATEWAYS
from .strictjson import dumps

if TYPE_CHECKING:
    from .callbacks import Delivery
    from .journal import RecordedRequest
    from .state import SandboxState
    from .tasks import SandboxTask

SHOWN = 40
"""The newest tasks, requests and callbacks that are shown."""
MAX_SHOWN_TEXT = 3_000
"""Characters of a body or an answer that are shown."""
MAX_SHOWN_PROMPT = 300
"""Characters of a prompt beside a request or a callback."""
POLL = last_segment(DETAILS_PATH)


def page_state(state: SandboxState, *, hide_polls: bool) -> dict[str, Any]:
    """Newest first. Polls that went well can be left out; they are counted all the same."""
    now = state.clock.now()
    requests = state.journal.entries()
    others = [entry for entry in requests if not _is_quiet_poll(entry)]
    deliveries = _newest(state.callback_sender.deliveries())
    return {
        "now": now,
        "profile": state.settings.profile,
        "speed": state.clock.speed,
        "gateways": [_gateway_as_json(name, state) for name in SANDBOX_GATEWAYS],
        "tasks": [_task_as_json(task, now) for task in _newest(state.tasks.values())],
        "polls": len(requests) - len(others),
        "requests": [
            _request_as_json(entry, state) for entry in _newest(others if hide_polls else requests)
        ],
        "callbacks": [_delivery_as_json(delivery, state) for delivery in deliveries],
        **faults_as_json(state),
    }


def _gateway_as_json(name: str, state: SandboxState) -> dict[str, Any]:
    return {
        "name": name,
        "key": SANDBOX_GATEWAYS[name].key,
        "webhook_key": signing_key(name, state.settings),
        "credits": state.accounts[name].credits,
    }


def _newest(items: list[Any]) -> list[Any]:
    return items[::-1][:SHOWN]


def _task_as_json(task: SandboxTask, now: float) -> dict[str, Any]:
    state = task.state(now)
    return {
        "id": task.id,
        "gateway": task.gateway,
        "state": state,
        "prompt": task.prompt,
        "model": task.model,
        "ratio": task.shape,
        "created": task.created,
        "updated": task.updated(now),
        "completed": task.completed,
        "failure": task.script.fail_message if state == FAILED else "",
        "visible": task.visible(now),
        "pictures": _picture_paths(task) if task.has_pictures(now) else [],
    }


def _picture_paths(task: SandboxTask) -> list[str]:
    """Apart from the result URLs, so that looking neither counts as a request nor expires."""
    return [f"/sandbox/pictures/{task.gateway}/{task.id}/{n}.png" for n in range(task.pictures)]


def _is_quiet_poll(entry: RecordedRequest) -> bool:
    """A poll that went well: most of what is asked, and the least of what there is to see."""
    return entry.operation == POLL and not entry.fault and entry.code == Code.OK


def _request_as_json(entry: RecordedRequest, state: SandboxState) -> dict[str, Any]:
    return {
        "number": entry.number,
        "time": entry.time,
        "method": entry.method,
        "path": entry.path + (f"?{entry.query}" if entry.query else ""),
        "gateway": entry.gateway,
        "operation": entry.operation,
        "status": entry.status,
        "code": entry.code,
        "task": entry.task_id,
        "prompt": _task_prompt(state, entry.gateway, entry.task_id) or _asked_prompt(entry.body),
        "fault": entry.fault,
        "body": _shown_body(entry.body),
        "answer": _shown_body(entry.answer),
    }


def _task_prompt(state: SandboxState, gateway: str, task_id: str) -> str:
    task = state.task(gateway, task_id)
    return "" if task is None else task.prompt[:MAX_SHOWN_PROMPT]


def _asked_prompt(body: Any) -> str:
    """Of a create that made no task; whatever stands where a prompt should."""
    given = body.get(INPUT) if isinstance(body, dict) else None
    return str(given.get("prompt", ""))[:MAX_SHOWN_PROMPT] if isinstance(given, dict) else ""


def _delivery_as_json(delivery: Delivery, state: SandboxState) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "task": delivery.task_id,
        "prompt": _task_prompt(state, delivery.gateway, delivery.task_id),
        "gateway": delivery.gateway,
        "url": delivery.url,
        "due": delivery.due,
        "sent": delivery.sent,
        "attempt": delivery.attempt,
        "outcome": delivery.outcome,
        "headers": _shown_body(delivery.headers),
        "body": _shown_body(delivery.body),
    }


def _shown_body(value: Any) -> str:
    """What a reader is shown of a body: indented JSON, or the text as it is."""
    if value is None or value == {}:
        return ""
    return (value if isinstance(value, str) else dumps(value, indent=2))[:MAX_SHOWN_TEXT]
