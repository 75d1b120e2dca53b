from typing import Literal

CreateTaskBodyInputAspectRatio = Literal["16:9", "1:1", "3:4", "4:3", "9:16"]

CREATE_TASK_BODY_INPUT_ASPECT_RATIO_VALUES: set[CreateTaskBodyInputAspectRatio] = {
    "16:9",
    "1:1",
    "3:4",
    "4:3",
    "9:16",
}


def check_create_task_body_input_aspect_ratio(
    value: str,
) -> CreateTaskBodyInputAspectRatio:
    if value in CREATE_TASK_BODY_INPUT_ASPECT_RATIO_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {CREATE_TASK_BODY_INPUT_ASPECT_RATIO_VALUES!r}"
    )
