"""A ledger: every create stands in it before it is sent, so that what is paid survives the process.

    from imagen4 import Client, Ledger

    ledger = Ledger("pictures.db")
    with Client("kie") as client:
        for done in client.generate_many(requests, ledger=ledger):
            done.get().save("out/")

It is a listener on `imagen4.events`, the first one told. The states of a row, which is a create:

    planned → sending → created → succeeded → saved
                 │         └→ failed
                 ├→ refused: certainly no task, so it may be sent again
                 └→ uncertain: never sent again by itself

`sending` is committed before the first byte leaves; what the gateway answered is committed before
anything else is done with it. So a row that is `sending` when nobody is at work is uncertain.

Only this package imports SQLAlchemy, the extra `ledger`.
"""

from ..extras import needing

with needing("ledger", "imagen4.Ledger"):
    from .ledger import Ledger
    from .open_jobs import OpenJob
    from .rows import Row, state_of_request
    from .schema import RowState

__all__ = ["Ledger", "OpenJob", "Row", "RowState", "state_of_request"]
