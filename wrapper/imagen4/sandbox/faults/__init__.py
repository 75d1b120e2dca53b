"""Bad days, on request: what can go wrong, when it does, and how.

catalogue.py names every fault, spec.py reads and lists them as text, book.py holds those that are
armed and decides which one strikes. What a striking fault does stands in answers.py and
connection.py for answers and downloads, in scripts.py for the life of a task, and in
deliveries.py for callbacks.
"""

from .book import ArmedFault, FaultBook
from .catalogue import FAULTS, Fault, InjectionPoint

__all__ = ["FAULTS", "ArmedFault", "Fault", "FaultBook", "InjectionPoint"]
