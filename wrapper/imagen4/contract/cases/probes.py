"""Requests that ask for what is not there: other tasks, no task, other keys and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import CREATE_PATH
from ..credentials import Credential
from ..document import CREATE_ITEM, KEY_SCHEME, TASK_ID_PARAMETER, TASK_SCHEMA
from ..exchange import Case, Expect, HttpRequest, Intent, Subject
from .build import poll_case, read_case, unknown_task_case

if TYPE_CHECKING:
    from ..document import Link

NO_SUCH_TASK = "imagen4-contract-no-such-task"
NO_TASKS = {
    "deadbeefdeadbeefdeadbeefdeadbeef": "an id of 32 hexadecimal digits",
    "task_google_999999999999": "an id like the document's example",
    NO_SUCH_TASK: "an id in words",
    "../../etc/passwd": "an id like a path",
    "' OR '1'='1": "an id like a piece of SQL",
    "*": "an id like a wildcard",
    "x" * 600: "an id of 600 characters",
}


def unknown_tasks() -> list[Case]:
    return [unknown_task_case(task_id, what) for task_id, what in NO_TASKS.items()]


def near_misses(task_id: str) -> list[Case]:
    """Ids close to that of a task that exists; none for short ids, which may be anybody's.

    Long ones may be counted up as well: a digit more, or the last one less, may be another task.
    """
    if len(task_id) < SHORTEST_UNGUESSABLE:
        return []
    variants = {
        task_id[: len(task_id) // 2]: "the first half of a created task's id",
        f"{task_id}x": "a created task's id with a letter more",
        task_id[1:]: "a created task's id without its first character",
        "%": "a percent sign as the id",
    }
    return [unknown_task_case(name, what) for name, what in variants.items()]


def without_id() -> list[Case]:
    intent = Intent(Expect.REFUSE, Subject.NO_TASK_ID, TASK_ID_PARAMETER, "no taskId")
    empty = Intent(Expect.REFUSE, Subject.NO_TASK_ID, TASK_ID_PARAMETER, "an empty taskId")
    return [read_case(None, intent), read_case("", empty)]


SHORTEST_UNGUESSABLE = 16
WRONG_KEYS: list[Credential] = [
    credential for credential in Credential if credential is not Credential.KEY
]


def wrong_keys_for_record(task_id: str, which: list[Credential]) -> list[Case]:
    return [read_case(task_id, _key_intent(credential), credential) for credential in which]


def keys_in_turn(link: Link, task_id: str) -> list[tuple[Case, str]]:
    """Reads of a task with the key, with none, with a wrong one, and with the key again.

    For one connection that is kept: a server may let it in because it was let in before.
    Each with the id of the task that its answer is to be the record of, if any.
    """
    wrong = wrong_keys_for_record(task_id, [Credential.NONE, Credential.WRONG])
    good = (poll_case(link, task_id, TASK_SCHEMA), task_id)
    return [good, *((case, "") for case in wrong), good]


def no_key_for_no_task() -> list[Case]:
    """An answer other than 401 would tell strangers which tasks exist."""
    what = f"{Credential.NONE.value}, for a task that does not exist"
    intent = Intent(Expect.REFUSE, Subject.KEY, KEY_SCHEME, what)
    return [read_case(NO_SUCH_TASK, intent, Credential.NONE)]


def wrong_keys_for_create(case: Case, which: list[Credential]) -> list[Case]:
    """The same create with keys that must not open it."""
    content, kind = case.request.content, case.request.content_type
    return [
        Case(
            HttpRequest("POST", CREATE_PATH, (), content, kind, credential), _key_intent(credential)
        )
        for credential in which
    ]


def other_methods(case: Case) -> list[Case]:
    """createTask by methods that the document does not have there: GET bare, PUT with the body."""
    content, kind = case.request.content, case.request.content_type
    return [
        Case(HttpRequest("GET", CREATE_PATH), _method_intent("GET")),
        Case(HttpRequest("PUT", CREATE_PATH, (), content, kind), _method_intent("PUT")),
    ]


def _method_intent(method: str) -> Intent:
    return Intent(Expect.REFUSE, Subject.METHOD, CREATE_ITEM, f"createTask by {method}")


def _key_intent(credential: Credential) -> Intent:
    return Intent(Expect.REFUSE, Subject.KEY, KEY_SCHEME, credential.value)
