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

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def keys_of(self, jobs: Mapping[str, JobState]) -> dict[str, str]:
        """At each gateway that the request may be sent to.

        Raises InvalidRequest for a tag that an earlier request of the run has.
        """
        (tag,) = {job.tag for job in jobs.values()}
        if not tag:
            return {gateway: self._key(gateway, job) for gateway, job in jobs.items()}
        key = key_of_tag(tag)
        if self._seen[key]:
            raise InvalidRequest("tag: two requests have the same one")
        self._seen[key] += 1
        return dict.fromkeys(jobs, key)

    def _key(self, gateway: str, job: JobState) -> str:
        text = "\n".join(canonical(plan.fields) for plan in job.plans)
        named = f"{gateway}\n{job.model}\n{text}"
        digest = hashlib.sha256(named.encode()).hexdigest()
        self._seen[digest] += 1
        return f"request {digest} {self._seen[digest]}"


def key_of_tag(tag: str) -> str:
    return f"tag {tag}"


def canonical(fields: Mapping[str, Any]) -> str:
    """The fields as a text that is the same for the same fields."""
    return json.dumps(dict(fields), sort_keys=True, default=list)
