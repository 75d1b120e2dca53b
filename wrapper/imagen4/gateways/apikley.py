"""The gateway apikley. It names no limits of its own ("may differ"): kie's are kept to."""

from imagen4_generated.apikley.api.default import create_task, get_credits, get_task
from imagen4_generated.apikley.models.create_task_body import CreateTaskBody
from imagen4_generated.apikley.models.create_task_response_200 import CreateTaskResponse200
from imagen4_generated.apikley.models.get_credits_response_200 import GetCreditsResponse200
from imagen4_generated.apikley.models.get_task_response_200 import GetTaskResponse200

from .adapter import Adapter

ADAPTER = Adapter(
    name="apikley",
    package="imagen4_generated.apikley",
    server="https://api.apikley.ru",
    key_variable="APIKLEY_API_KEY",
    body_model=CreateTaskBody,
    created_model=CreateTaskResponse200,
    details_model=GetTaskResponse200,
    credits_model=GetCreditsResponse200,
    create_kwargs=create_task._get_kwargs,
    details_kwargs=get_task._get_kwargs,
    credits_kwargs=get_credits._get_kwargs,
)
