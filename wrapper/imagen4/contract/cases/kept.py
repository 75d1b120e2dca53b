"""What is asked over one connection that is kept open.

Every other request has a connection of its own. So a server that takes answers on one
connection for another request's, or lets a connection in because it was let in before,
would look sound, though clients in the field keep theirs.
"""

from imagen4.contract.cases.build import poll
from imagen4.contract.cases.reads import wrong_keys_for_record
from imagen4.contract.credentials import Credential
from imagen4.contract.document import TASK, Link
from imagen4.contract.exchange import Planned

CREATES = 2
"""Of the allowed ones: as many as it takes for two answers that could be mixed up."""


def keys_in_turn(link: Link, task_id: str) -> list[tuple[Planned, str]]:
    """Reads of a task with the key, with none, with a wrong one, and with the key again.

    Each with the id of the task that its answer is to be the record of, if any.
    """
    wrong = wrong_keys_for_record(task_id, [Credential.NONE, Credential.WRONG])
    good = (poll(link, task_id, TASK), task_id)
    return [good, *((plan, "") for plan in wrong), good]
