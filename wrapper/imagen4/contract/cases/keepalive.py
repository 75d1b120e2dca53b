"""What is asked over one connection that is kept open.

Every other request has a connection of its own. So a server that takes answers on one
connection for another request's, or lets a connection in because it was let in before,
would look sound, though clients in the field keep theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..credentials import Credential
from ..document import TASK_SCHEMA, Link
from .build import poll_case
from .probes import wrong_keys_for_record

if TYPE_CHECKING:
    from ..exchange import Case

CREATES = 2
"""Of the allowed ones: as many as it takes for two answers that could be mixed up."""


def keys_in_turn(link: Link, task_id: str) -> list[tuple[Case, str]]:
    """Reads of a task with the key, with none, with a wrong one, and with the key again.

    Each with the id of the task that its answer is to be the record of, if any.
    """
    wrong = wrong_keys_for_record(task_id, [Credential.NONE, Credential.WRONG])
    good = (poll_case(link, task_id, TASK_SCHEMA), task_id)
    return [good, *((plan, "") for plan in wrong), good]
