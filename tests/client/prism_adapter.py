"""The adapter of an invented gateway, as somebody would write it for a real one."""

from prism_generated.prism.api.default import create_task, get_credits, get_task
from prism_generated.prism.models.create_task_body import CreateTaskBody
from prism_generated.prism.models.create_task_response_200 import CreateTaskResponse200
from prism_generated.prism.models.get_credits_response_200 import GetCreditsResponse200
from prism_generated.prism.models.get_task_response_200 import GetTaskResponse200

from imagen4 import Adapter

ADAPTER = Adapter(
    name="prism",
    package="prism_generated.prism",
    server="https://api.prism.example",
    key_variable="PRISM_API_KEY",
    body_model=CreateTaskBody,
    created_model=CreateTaskResponse200,
    details_model=GetTaskResponse200,
    credits_model=GetCreditsResponse200,
    create_kwargs=create_task._get_kwargs,
    details_kwargs=get_task._get_kwargs,
    credits_kwargs=get_credits._get_kwargs,
    creates=(5, 1.0),
)
