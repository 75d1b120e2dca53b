"""Pictures by Google's Imagen 4 through the gateways kie and apikley.

    from imagen4 import Client

    with Client("kie") as client:
        result = client.generate("a red fox in the snow", num_images=4, aspect_ratio="16:9")
        for image in result:
            image.save("out/")

The names are loaded when they are first used, so that importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import callbacks, errors, events
    from ._version import __version__
    from .aio import AsyncClient
    from .async_image import AsyncImage
    from .async_job import AsyncJob
    from .async_result import AsyncResult
    from .client import Client
    from .confirmed import ConfirmedTask
    from .core.many import Failed, Finished, Succeeded
    from .core.polling import Polling
    from .core.price import Cost
    from .core.request import Request
    from .core.task import Task
    from .errors import (
        AuthenticationError,
        CreateStopped,
        DownloadError,
        FeatureDisabled,
        GatewayUnavailable,
        Imagen4Error,
        InsufficientCredits,
        InvalidRequest,
        LedgerError,
        LedgerUnavailable,
        ModelUnavailable,
        PartialFailure,
        QuotaExceeded,
        RateLimited,
        SubmissionUncertain,
        TaskFailed,
        TaskNotFound,
        TaskTimeout,
        TransportError,
        UnexpectedResponse,
    )
    from .gateways.adapter import Adapter
    from .image import Image
    from .job import Job
    from .ledger import Ledger
    from .literals import AspectRatio, Gateway, Model
    from .result import Result

_ERRORS = (
    "AuthenticationError CreateStopped DownloadError FeatureDisabled GatewayUnavailable "
    "Imagen4Error InsufficientCredits InvalidRequest LedgerError LedgerUnavailable "
    "ModelUnavailable PartialFailure QuotaExceeded RateLimited SubmissionUncertain TaskFailed "
    "TaskNotFound TaskTimeout TransportError UnexpectedResponse"
)
_HOMES = {
    "_version": "__version__",
    "aio": "AsyncClient",
    "async_image": "AsyncImage",
    "async_job": "AsyncJob",
    "async_result": "AsyncResult",
    "client": "Client",
    "confirmed": "ConfirmedTask",
    "errors": _ERRORS,
    "gateways.adapter": "Adapter",
    "job": "Job",
    "ledger": "Ledger",
    "literals": "AspectRatio Gateway Model",
    "core.many": "Failed Finished Succeeded",
    "core.polling": "Polling",
    "core.price": "Cost",
    "core.request": "Request",
    "image": "Image",
    "result": "Result",
    "core.task": "Task",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Adapter",
    "AspectRatio",
    "AsyncClient",
    "AsyncImage",
    "AsyncJob",
    "AsyncResult",
    "AuthenticationError",
    "Client",
    "ConfirmedTask",
    "Cost",
    "CreateStopped",
    "DownloadError",
    "Failed",
    "FeatureDisabled",
    "Finished",
    "Gateway",
    "GatewayUnavailable",
    "Image",
    "Imagen4Error",
    "InsufficientCredits",
    "InvalidRequest",
    "Job",
    "Ledger",
    "LedgerError",
    "LedgerUnavailable",
    "Model",
    "ModelUnavailable",
    "PartialFailure",
    "Polling",
    "QuotaExceeded",
    "RateLimited",
    "Request",
    "Result",
    "SubmissionUncertain",
    "Succeeded",
    "Task",
    "TaskFailed",
    "TaskNotFound",
    "TaskTimeout",
    "TransportError",
    "UnexpectedResponse",
    "__version__",
    "callbacks",
    "errors",
    "events",
]


def __getattr__(name: str) -> Any:
    if name in ("callbacks", "errors", "events"):
        return import_module(f"{__name__}.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
