"""The names a caller may write, for type checkers and for `typing.get_args`.

AspectRatio is whatever either generated package allows: it changes with the documents, never
by hand. The package of the one gateway in use checks the value at run time.
"""

from typing import Literal, TypeAlias

from apikley_api.models.google_imagen_4_body_input_aspect_ratio import (
    GoogleImagen4BodyInputAspectRatio as ApikleyRatio,
)
from kie_api.models.google_imagen_4_body_input_aspect_ratio import (
    GoogleImagen4BodyInputAspectRatio as KieRatio,
)

AspectRatio: TypeAlias = KieRatio | ApikleyRatio
Gateway: TypeAlias = Literal["kie", "apikley"]
