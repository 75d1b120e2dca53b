"""The gateway apikley. It names no limits of its own ("may differ"): kie's are kept to."""

from apikley_api.api.default import get_account_credits, get_task_details, google_imagen4
from apikley_api.models.get_account_credits_response_200 import GetAccountCreditsResponse200
from apikley_api.models.get_task_details_response_200 import GetTaskDetailsResponse200
from apikley_api.models.google_imagen_4_body import GoogleImagen4Body
from apikley_api.models.google_imagen_4_response_200 import GoogleImagen4Response200

from .adapter import Adapter

ADAPTER = Adapter(
    name="apikley",
    package="apikley_api",
    server="https://api.apikley.ru",
    key_variable="APIKLEY_API_KEY",
    body_model=GoogleImagen4Body,
    created_model=GoogleImagen4Response200,
    details_model=GetTaskDetailsResponse200,
    credits_model=GetAccountCreditsResponse200,
    create_kwargs=google_imagen4._get_kwargs,
    details_kwargs=get_task_details._get_kwargs,
    credits_kwargs=get_account_credits._get_kwargs,
)
