"""The adapter of an invented gateway, as somebody would write it for a real one."""

from prism_api.api.default import get_account_credits, get_task_details, google_imagen4
from prism_api.models.get_account_credits_response_200 import GetAccountCreditsResponse200
from prism_api.models.get_task_details_response_200 import GetTaskDetailsResponse200
from prism_api.models.google_imagen_4_body import GoogleImagen4Body
from prism_api.models.google_imagen_4_response_200 import GoogleImagen4Response200

from imagen4 import Adapter

ADAPTER = Adapter(
    name="prism",
    package="prism_api",
    server="https://api.prism.example",
    key_variable="PRISM_API_KEY",
    body_model=GoogleImagen4Body,
    created_model=GoogleImagen4Response200,
    details_model=GetTaskDetailsResponse200,
    credits_model=GetAccountCreditsResponse200,
    create_kwargs=google_imagen4._get_kwargs,
    details_kwargs=get_task_details._get_kwargs,
    credits_kwargs=get_account_credits._get_kwargs,
    creates=(5, 1.0),
)
