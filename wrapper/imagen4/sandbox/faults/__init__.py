"""Bad days, on request: what can go wrong, when it does, and how.

catalogue.py names every fault, book.py holds those that are armed and decides whose turn it is,
answers.py and connection.py spoil answers and downloads, scripts.py spoils the life of a task.
Callbacks are spoilt where they are sent, in callbacks.py.
"""

from .book import Armed, FaultBook
from .catalogue import FAULTS, Fault, Stage

__all__ = ["FAULTS", "Armed", "Fault", "FaultBook", "Stage"]
