from typing import Literal

CreateTaskBodyInputNumImages = Literal["1", "2", "3", "4"]

CREATE_TASK_BODY_INPUT_NUM_IMAGES_VALUES: set[CreateTaskBodyInputNumImages] = {
    "1",
    "2",
    "3",
    "4",
}


def check_create_task_body_input_num_images(value: str) -> CreateTaskBodyInputNumImages:
    if value in CREATE_TASK_BODY_INPUT_NUM_IMAGES_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {CREATE_TASK_BODY_INPUT_NUM_IMAGES_VALUES!r}"
    )
