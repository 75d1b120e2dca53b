"""The gateway kie."""

from kie_api.api.default import (
    get_account_credits,
    get_download_url,
    get_task_details,
    google_imagen4,
)
from kie_api.models.get_account_credits_response_200 import GetAccountCreditsResponse200
from kie_api.models.get_download_url_body import GetDownloadUrlBody
from kie_api.models.get_task_details_response_200 import GetTaskDetailsResponse200
from kie_api.models.google_imagen_4_body import GoogleImagen4Body
from kie_api.models.google_imagen_4_response_200 import GoogleImagen4Response200

from .adapter import Adapter

ADAPTER = Adapter(
    name="kie",
    package="kie_api",
    server="https://api.kie.ai",
    key_variable="KIE_API_KEY",
    body_model=GoogleImagen4Body,
    created_model=GoogleImagen4Response200,
    details_model=GetTaskDetailsResponse200,
    credits_model=GetAccountCreditsResponse200,
    create_kwargs=google_imagen4._get_kwargs,
    details_kwargs=get_task_details._get_kwargs,
    credits_kwargs=get_account_credits._get_kwargs,
    link_model=GetDownloadUrlBody,
    link_kwargs=get_download_url._get_kwargs,
)
