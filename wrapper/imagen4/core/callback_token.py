"""The token in a create's callback URL, by which a callback is known to be about that create.

A create that has no answer made a task whose id nobody knows; its callback names both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from .job_state import JobState
    from .session import Session

NAME = "imagen4-token"


def marked_url(session: Session, job: JobState) -> tuple[str | None, str | None]:
    """A create's callback URL, and the token in it by which somebody will know it again."""
    if job.callback_url is None or not (job.recorded or job.bell):
        return job.callback_url, None
    token = session.new_token() if job.bell is None else job.bell.new_token()
    parts = urlsplit(job.callback_url)
    query = f"{parts.query}&{NAME}={token}" if parts.query else f"{NAME}={token}"
    return parts._replace(query=query).geturl(), token


def as_url(url: object) -> str:
    """A callback's URL, or the query of it, as a web framework has it. Raises InvalidRequest."""
    if isinstance(url, bytes):
        return url.decode("latin-1")
    if url is None or isinstance(url, str):
        return url or ""
    raise InvalidRequest("The URL of a callback, or its query, is text or bytes, as it came")


def token_in(url: str | bytes | None) -> str | None:
    """The one token in a URL, of which the query is enough. Raises InvalidRequest."""
    url = as_url(url)
    query = url.partition("?")[2] if "?" in url else url
    found = parse_qs(query.partition("#")[0]).get(NAME, [])
    return found[0] if len(found) == 1 else None
