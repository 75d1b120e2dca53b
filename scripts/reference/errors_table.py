"""The errors: when, whether a create was accepted, what to do, and how the command line ends."""

import inspect
import re

from imagen4 import errors
from imagen4.cli.exits import code_of

HEAD = "| error | when | `accepted` | what to do | exit |\n|---|---|---|---|---|\n"
TO_DO = re.compile(r"^To do: (.*)", re.MULTILINE | re.DOTALL)


def errors_table() -> str:
    """One row for each class, from its docstring, in the order of the source."""
    kinds = [each for each in vars(errors).values() if _is_an_error(each)]
    return HEAD + "".join(map(_row, kinds))


def _is_an_error(value: object) -> bool:
    root = errors.Imagen4Error
    return isinstance(value, type) and issubclass(value, root) and value is not root


def _row(kind: type[errors.Imagen4Error]) -> str:
    text = inspect.cleandoc(kind.__doc__ or "")
    to_do = TO_DO.search(text)
    if to_do is None:
        raise ValueError(f"{kind.__name__} does not say what to do")
    cells = (
        f"`{kind.__name__}`",
        text.partition("\n\n")[0],
        f"`{kind.accepted}`" if kind.accepted else "–",
        to_do[1],
        str(int(code_of(kind("")))),
    )
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |\n"
