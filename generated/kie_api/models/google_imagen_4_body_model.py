from typing import Literal

GoogleImagen4BodyModel = Literal["google/imagen4"]

GOOGLE_IMAGEN_4_BODY_MODEL_VALUES: set[GoogleImagen4BodyModel] = {
    "google/imagen4",
}


def check_google_imagen_4_body_model(value: str) -> GoogleImagen4BodyModel:
    if value in GOOGLE_IMAGEN_4_BODY_MODEL_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GOOGLE_IMAGEN_4_BODY_MODEL_VALUES!r}"
    )
