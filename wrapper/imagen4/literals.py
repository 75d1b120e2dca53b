"""The names a caller may write, for type checkers and for `typing.get_args`.

Models and ratios are those of the vendored pages: they change with the pages, never by hand.
Values are checked at run time against the schema of the one model in use.
"""

from typing import Literal, TypeAlias

from imagen4_generated.names import ApikleyModel, AspectRatio, KieModel

Model: TypeAlias = KieModel | ApikleyModel
Gateway: TypeAlias = Literal["kie", "apikley"]

__all__ = ["ApikleyModel", "AspectRatio", "Gateway", "KieModel", "Model"]
