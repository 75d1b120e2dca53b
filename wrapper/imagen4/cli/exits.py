"""Exit codes, and how an error becomes one of them and one line."""

import enum
import errno
import logging
import re
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

import click

from .. import errors


class Exit(enum.IntEnum):
    """The exit codes that `imagen4 --help` lists."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "Exit":
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OK = 0, "Done."
    FAILED = 1, "The gateway refused, the task failed, or an answer made no sense."
    USAGE = 2, "Request, command line, key or extra is missing or not valid; nothing was sent."
    AUTHENTICATION = 3, "The gateway refused the API key."
    CREDITS = 4, "Credits, a quota or a feature is missing."
    TIMEOUT = 5, "The time was up; the task goes on and can be resumed."
    UNCERTAIN = 6, "A paid request may or may not have arrived; look before repeating it."
    PARTIAL = 7, "Some pictures were made, others failed."
    UNAVAILABLE = 8, "The gateway could not be reached, is down, or limits the rate."
    DOWNLOAD = 9, "The pictures exist, but could not be saved."
    INTERRUPTED = 130, "Interrupted, when no paid request was out."


# First match wins; a class stands before its bases.
CODES: tuple[tuple[type[Exception], Exit], ...] = (
    (errors.InvalidRequest, Exit.USAGE),
    (errors.CreateStopped, Exit.USAGE),
    (errors.LedgerError, Exit.USAGE),
    (errors.AuthenticationError, Exit.AUTHENTICATION),
    (errors.InsufficientCredits, Exit.CREDITS),
    (errors.QuotaExceeded, Exit.CREDITS),
    (errors.FeatureDisabled, Exit.CREDITS),
    (errors.TaskTimeout, Exit.TIMEOUT),
    (errors.SubmissionUncertain, Exit.UNCERTAIN),
    (errors.PartialFailure, Exit.PARTIAL),
    (errors.DownloadError, Exit.DOWNLOAD),
    (errors.GatewayUnavailable, Exit.UNAVAILABLE),
    (errors.RateLimited, Exit.UNAVAILABLE),
    (errors.TransportError, Exit.UNAVAILABLE),
)


TOLD = (
    *("gateway", "task_ids", "code", "http_status", "fail_code", "fail_message"),
    *("record_id", "sent_at", "model", "successors"),
)


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def code_of(error: Exception) -> Exit:
    """The exit code for an error of the client; anything else counts as failed."""
    if isinstance(error, errors.InvalidRequest) and (error.code or error.http_status):
        return Exit.FAILED  # it was sent, and the gateway refused it
    return next((code for kind, code in CODES if isinstance(error, kind)), Exit.FAILED)


def explain(error: Exception) -> tuple[Exit, str]:
    """The exit code and one line for an error; a traceback goes to the debug log only."""
    logging.getLogger("imagen4").debug("failed", exc_info=error)
    if isinstance(error, OSError) and error.errno in FULL and error.filename is None:
        # Whatever else is written has an error of its own: the pictures may well be saved.
        return Exit.FAILED, f"standard output cannot be written: {error.strerror}"
    if isinstance(error, errors.Imagen4Error | OSError):
        return code_of(error), said(error)
    return Exit.FAILED, f"{type(error).__name__}: {error} (IMAGEN4_LOG=debug shows where)"


def said(error: Exception) -> str:
    """What an error says; our own refusals name options where Python has arguments."""
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(error, errors.InvalidRequest) or error.http_status:
        return str(error)
    options = [each for each in context.command.params if isinstance(each, click.Option)]
    names = {each.name: max(each.opts, key=len) for each in options}
    # A plain word is an argument at the beginning only; a flag is given without a value.
    argument = r"(^[a-z]+\b|\b[a-z]+_[a-z_]+\b)(?:=True)?"
    return re.sub(argument, lambda found: names.get(found[1], found[0]), str(error))


def report(code: Exit, line: str) -> int:
    """Print ``line``, made one line, to standard error; return the code to exit with."""
    tell("imagen4: " + " ".join(line.split()))
    return int(code)


def tell(text: str) -> None:
    """Print to standard error. That nobody reads it any more must not keep us from going on."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def as_json(error: Exception) -> dict[str, Any]:
    """An error as `--json` prints it: type, message, and what of the rest is known."""
    known = {name: getattr(error, name, None) for name in TOLD}
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in known.items()
        if value
    }
    failures = [_failure(each) for each in getattr(error, "failures", ())]
    told |= {"failures": failures} if failures else {}
    passed_over = {name: each.message for name, each in getattr(error, "passed_over", ())}
    told |= {"passed_over": passed_over} if passed_over else {}
    return {"type": type(error).__name__, "message": said(error)} | told


def _failure(error: errors.Imagen4Error) -> dict[str, Any]:
    """One of the failures in a partial one: which tasks, and why."""
    return {
        "task_ids": list(error.task_ids),
        "fail_code": getattr(error, "fail_code", None),
        "fail_message": getattr(error, "fail_message", None),
        "message": error.message,
    }
