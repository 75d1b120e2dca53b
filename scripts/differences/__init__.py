"""What changed between two OpenAPI documents, from the point of view of a client."""

from differences.change import Change, Grade, Side, verdict
from differences.document import compare

__all__ = ["Change", "Grade", "Side", "compare", "verdict"]
