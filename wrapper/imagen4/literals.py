"""The names a caller may write, for type checkers and for `typing.get_args`.

AspectRatio is whatever either generated package allows: it changes with the documents, never
by hand. The package of the one gateway in use checks the value at run time.
"""

from typing import Literal, TypeAlias

from imagen4_generated.apikley.models.create_task_body_input_aspect_ratio import (
    CreateTaskBodyInputAspectRatio as ApikleyRatio,
)
from imagen4_generated.kie.models.create_task_body_input_aspect_ratio import (
    CreateTaskBodyInputAspectRatio as KieRatio,
)

AspectRatio: TypeAlias = KieRatio | ApikleyRatio
Gateway: TypeAlias = Literal["kie", "apikley"]
