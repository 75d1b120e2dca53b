from typing import Literal

CreateTaskBodyModel = Literal["google/imagen4"]

CREATE_TASK_BODY_MODEL_VALUES: set[CreateTaskBodyModel] = {
    "google/imagen4",
}


def check_create_task_body_model(value: str) -> CreateTaskBodyModel:
    if value in CREATE_TASK_BODY_MODEL_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {CREATE_TASK_BODY_MODEL_VALUES!r}"
    )
