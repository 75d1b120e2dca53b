"""The names a caller may write, for type checkers and for `typing.get_args`.

All are generated: gateways, models and ratios are those of the facts and of the vendored pages,
and change with them, never by hand. Values are checked at run time against the schema of the one
model in use.
"""

from imagen4_generated.names import AspectRatio, Gateway, Model

__all__ = ["AspectRatio", "Gateway", "Model"]
