"""`llms.txt`: pages, public names and errors on one page, for programs that write programs."""

import inspect
import re
from typing import Any

from pdoc.doc import Class, Doc, Function, Module

from reference.errors_table import errors_table
from reference.pages import page_paths


def llms_text(modules: dict[str, Module]) -> str:
    """As llmstxt.org has it: a title, a summary, and links with what is behind them."""
    readme = page_paths()["index"].read_text(encoding="utf-8")
    title, summary = readme.split("\n\n")[:2]
    guide = [
        f"- [{path.read_text(encoding='utf-8').splitlines()[0].removeprefix('# ')}]({name}.html)"
        for name, path in page_paths().items()
        if name != "index"
    ]
    parts = [
        title,
        "> " + " ".join(summary.split()),
        _snippets(readme),
        "## Guide",
        "\n".join(guide).replace("guide.", "guide/"),
        "## Errors",
        errors_table(),
        *(part for name, module in modules.items() for part in _section(name, module)),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _snippets(readme: str) -> str:
    return "\n\n".join(re.findall(r"^```python.*?^```", readme, re.MULTILINE | re.DOTALL))


def _section(name: str, module: Module) -> tuple[str, str]:
    head = f"## [{name}]({name.replace('.', '/')}.html): {_first_sentence(module)}"
    lines = [line for member in module.own_members for line in _lines(member)]
    return head, "\n".join(lines)


def _lines(member: Doc[Any]) -> list[str]:
    """A public name and what it is; of a class, also its members, one step further in."""
    if member.name.startswith("_") or not member.docstring or isinstance(member, Module):
        return []
    signature = _signature(member.obj) if isinstance(member, Function) else ""
    below = member.own_members if isinstance(member, Class) else []
    said = f"- `{member.qualname}{signature}`: {_first_sentence(member)}"
    return [said, *(f"  {line}" for each in below for line in _lines(each))]


def _signature(function: Any) -> str:
    """Names and defaults, and what is returned; types stand in the reference."""
    signature = inspect.signature(function)
    bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
    returned = signature.return_annotation
    arrow = f" -> {returned}" if isinstance(returned, str) else ""
    shown = signature.replace(parameters=bare, return_annotation=signature.empty)
    return f"{shown}{arrow}".replace("(self, ", "(").replace("(self)", "()")


def _first_sentence(member: Doc[Any]) -> str:
    return " ".join(member.docstring.partition("\n\n")[0].split())
