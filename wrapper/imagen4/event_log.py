"""The log of what happens: one listener among others."""

from __future__ import annotations

import logging

from .events import (
    CreateUncertain,
    Event,
    GatewayPassedOver,
    PictureSaved,
    PollFailed,
    RequestEnded,
    Retrying,
    TaskCreated,
    TaskState,
)
from .logs import logger


def log_event(event: Event) -> None:
    """What is paid for at INFO, what needs somebody's attention at WARNING, the rest at DEBUG."""
    match event:
        case TaskCreated():
            logger.info("%s: created task %s", event.gateway, event.task_id)
        case CreateUncertain():
            logger.warning("%s: %s", event.gateway, event.error.message)
        case Retrying():
            failed = {"create": "not created", "download": "not fetched"}[event.what]
            text = "%s: %s (%s), again in %.1f s"
            logger.warning(text, event.gateway, failed, event.reason, event.pause)
        case GatewayPassedOver():
            log_passed_over(event)
        case RequestEnded(missing=missing) if missing:
            ids = ", ".join(event.task_ids)
            text = "%s: %d pictures that were paid for did not come, tasks %s"
            logger.warning(text, event.gateway, missing, ids)
        case TaskState():
            log_state(event)
        case _:
            log_detail(event)


def log_detail(event: Event) -> None:
    match event:
        case PollFailed():
            logger.debug("%s: task %s: %s", event.gateway, event.task_id, event.error)
        case PictureSaved():
            log_saved(event)


def log_passed_over(event: GatewayPassedOver) -> None:
    """At WARNING what a gateway said, and not again for all that is not sent to it after that."""
    gateway, error = event.passed
    level = logging.WARNING if error.tried else logging.DEBUG
    logger.log(level, "%s does not serve the request: %s", gateway, error.message)


def log_state(event: TaskState) -> None:
    """A task's state; where only some results can be pictures, no error says so."""
    logger.debug("%s: task %s is %s", event.gateway, event.task_id, event.task.state)
    if event.task.urls and event.task.unusable_links:
        text = "%s: task %s: %d of its links lead to no picture"
        logger.warning(text, event.gateway, event.task_id, event.task.unusable_links)


def log_saved(event: PictureSaved) -> None:
    """A picture on the disk; at WARNING if its name says that it is of another kind."""
    logger.debug("%s: saved a picture of task %s", event.gateway, event.task_id)
    if event.misnamed:
        text = "%s: %r holds %s, whatever its name says"
        logger.warning(text, event.gateway, str(event.path), event.content_type)
