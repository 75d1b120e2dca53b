"""By what a request is found again in a ledger when its program runs again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..core.job_state import JobState


class Keys:
    """The keys of one run's requests, in their order.

    The caller's tag; else model, fields, and which of the equal requests it is. Counted among
    equal ones, so that a request put in before others does not make those new ones.
    """

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._seen: Counter[str] = Counter()

    def key_of(self, job: JobState) -> str:
        """Raises InvalidRequest for a tag that an earlier request of the run has."""
        if job.tag:
            if self._seen[f"tag {job.tag}"]:
                raise InvalidRequest("tag: two requests have the same one")
            self._seen[f"tag {job.tag}"] += 1
            return f"tag {job.tag}"
        text = "\n".join(canonical(plan.fields) for plan in job.plans)
        named = f"{self._gateway}\n{job.model}\n{text}"
        digest = hashlib.sha256(named.encode()).hexdigest()
        self._seen[digest] += 1
        return f"request {digest} {self._seen[digest]}"


def canonical(fields: Mapping[str, Any]) -> str:
    """The fields as a text that is the same for the same fields."""
    return json.dumps(dict(fields), sort_keys=True, default=list)
