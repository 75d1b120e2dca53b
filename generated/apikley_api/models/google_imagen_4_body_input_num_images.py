from typing import Literal

GoogleImagen4BodyInputNumImages = Literal["1", "2", "3", "4"]

GOOGLE_IMAGEN_4_BODY_INPUT_NUM_IMAGES_VALUES: set[GoogleImagen4BodyInputNumImages] = {
    "1",
    "2",
    "3",
    "4",
}


def check_google_imagen_4_body_input_num_images(
    value: str,
) -> GoogleImagen4BodyInputNumImages:
    if value in GOOGLE_IMAGEN_4_BODY_INPUT_NUM_IMAGES_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GOOGLE_IMAGEN_4_BODY_INPUT_NUM_IMAGES_VALUES!r}"
    )
