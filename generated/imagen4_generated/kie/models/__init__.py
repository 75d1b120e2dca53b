"""Contains all the data models used in inputs/outputs"""

from .api_response import ApiResponse
from .create_task_body import CreateTaskBody
from .create_task_body_input import CreateTaskBodyInput
from .create_task_response_200 import CreateTaskResponse200
from .created_task import CreatedTask
from .get_credits_response_200 import GetCreditsResponse200
from .get_download_url_body import GetDownloadUrlBody
from .get_download_url_response_200 import GetDownloadUrlResponse200
from .get_task_response_200 import GetTaskResponse200
from .task_details import TaskDetails

__all__ = (
    "ApiResponse",
    "CreatedTask",
    "CreateTaskBody",
    "CreateTaskBodyInput",
    "CreateTaskResponse200",
    "GetCreditsResponse200",
    "GetDownloadUrlBody",
    "GetDownloadUrlResponse200",
    "GetTaskResponse200",
    "TaskDetails",
)
