"""Contains all the data models used in inputs/outputs"""

from .api_response import ApiResponse
from .created_task import CreatedTask
from .get_account_credits_response_200 import GetAccountCreditsResponse200
from .get_download_url_body import GetDownloadUrlBody
from .get_download_url_response_200 import GetDownloadUrlResponse200
from .get_task_details_response_200 import GetTaskDetailsResponse200
from .google_imagen_4_body import GoogleImagen4Body
from .google_imagen_4_body_input import GoogleImagen4BodyInput
from .google_imagen_4_body_input_aspect_ratio import GoogleImagen4BodyInputAspectRatio
from .google_imagen_4_body_model import GoogleImagen4BodyModel
from .google_imagen_4_response_200 import GoogleImagen4Response200
from .task_details import TaskDetails

__all__ = (
    "ApiResponse",
    "CreatedTask",
    "GetAccountCreditsResponse200",
    "GetDownloadUrlBody",
    "GetDownloadUrlResponse200",
    "GetTaskDetailsResponse200",
    "GoogleImagen4Body",
    "GoogleImagen4BodyInput",
    "GoogleImagen4BodyInputAspectRatio",
    "GoogleImagen4BodyModel",
    "GoogleImagen4Response200",
    "TaskDetails",
)
