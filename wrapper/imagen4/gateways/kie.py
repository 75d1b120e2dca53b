"""The gateway kie."""

from imagen4_generated.kie.api.default import (
    create_task,
    get_credits,
    get_download_url,
    get_task,
)
from imagen4_generated.kie.models.create_task_body import CreateTaskBody
from imagen4_generated.kie.models.create_task_response_200 import CreateTaskResponse200
from imagen4_generated.kie.models.get_credits_response_200 import GetCreditsResponse200
from imagen4_generated.kie.models.get_download_url_body import GetDownloadUrlBody
from imagen4_generated.kie.models.get_task_response_200 import GetTaskResponse200

from .adapter import Adapter

ADAPTER = Adapter(
    name="kie",
    package="imagen4_generated.kie",
    server="https://api.kie.ai",
    key_variable="KIE_API_KEY",
    body_model=CreateTaskBody,
    created_model=CreateTaskResponse200,
    details_model=GetTaskResponse200,
    credits_model=GetCreditsResponse200,
    create_kwargs=create_task._get_kwargs,
    details_kwargs=get_task._get_kwargs,
    credits_kwargs=get_credits._get_kwargs,
    link_model=GetDownloadUrlBody,
    link_kwargs=get_download_url._get_kwargs,
)
