"""Requests that ask for what is not there: other tasks, no task, other keys and methods."""

from imagen4.contract.cases.build import record, unknown
from imagen4.contract.credentials import Credential
from imagen4.contract.document import CREATE, CREATE_PATH, KEY, TASK_ID_PARAMETER
from imagen4.contract.exchange import Expect, Intent, Planned, Request, Subject

NO_TASKS = {
    "deadbeefdeadbeefdeadbeefdeadbeef": "an id of 32 hexadecimal digits",
    "task_google_999999999999": "an id like the document's example",
    "imagen4-contract-no-such-task": "an id in words",
    "../../etc/passwd": "an id like a path",
    "' OR '1'='1": "an id like a piece of SQL",
    "*": "an id like a wildcard",
    "x" * 600: "an id of 600 characters",
}


def unknown_tasks() -> list[Planned]:
    return [unknown(task_id, what) for task_id, what in NO_TASKS.items()]


def near_misses(task_id: str) -> list[Planned]:
    """Ids close to that of a task that exists; none for short ids, which may be counted up."""
    if len(task_id) < SHORTEST_UNGUESSABLE:
        return []
    variants = {
        task_id[:-1]: "a created task's id without its last character",
        f"{task_id}0": "a created task's id with a character more",
        task_id[1:]: "a created task's id without its first character",
        "%": "a percent sign as the id",
    }
    return [unknown(name, what) for name, what in variants.items()]


def without_id() -> list[Planned]:
    intent = Intent(Expect.REFUSE, Subject.NO_TASK_ID, TASK_ID_PARAMETER, "no taskId")
    empty = Intent(Expect.REFUSE, Subject.NO_TASK_ID, TASK_ID_PARAMETER, "an empty taskId")
    return [record(None, intent), record("", empty)]


SHORTEST_UNGUESSABLE = 16
WRONG_KEYS: list[Credential] = [
    credential for credential in Credential if credential is not Credential.KEY
]


def wrong_keys_for_record(task_id: str, which: list[Credential]) -> list[Planned]:
    return [record(task_id, _key_intent(credential), credential) for credential in which]


def no_key_for_no_task() -> list[Planned]:
    """An answer other than 401 would tell strangers which tasks exist."""
    what = f"{Credential.NONE.value}, for a task that does not exist"
    intent = Intent(Expect.REFUSE, Subject.KEY, KEY, what)
    return [record("imagen4-contract-no-such-task", intent, Credential.NONE)]


def wrong_keys_for_create(planned: Planned, which: list[Credential]) -> list[Planned]:
    """The same create with keys that must not open it."""
    content, kind = planned.request.content, planned.request.content_type
    return [
        Planned(Request("POST", CREATE, (), content, kind, credential), _key_intent(credential))
        for credential in which
    ]


def other_methods(planned: Planned) -> list[Planned]:
    """createTask by methods that the document does not have there: GET bare, PUT with the body."""
    content, kind = planned.request.content, planned.request.content_type
    return [
        Planned(Request("GET", CREATE), _method_intent("GET")),
        Planned(Request("PUT", CREATE, (), content, kind), _method_intent("PUT")),
    ]


def _method_intent(method: str) -> Intent:
    return Intent(Expect.REFUSE, Subject.METHOD, CREATE_PATH, f"createTask by {method}")


def _key_intent(credential: Credential) -> Intent:
    return Intent(Expect.REFUSE, Subject.KEY, KEY, credential.value)
