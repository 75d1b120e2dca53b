"""The modules that users import, as pdoc reads them, and their docstrings as Markdown."""

import re
from dataclasses import fields, is_dataclass
from importlib import import_module

from pdoc.doc import Class, Module

from reference.errors_table import errors_table

PUBLIC = (
    "imagen4",
    "imagen4.callbacks",
    "imagen4.errors",
    "imagen4.events",
    "imagen4.ledger",
    "imagen4.otel",
    "imagen4.sandbox",
    "imagen4.testing",
    "imagen4.workers",
)
ITEM = re.compile(r"(\w+(?:, \w+)*): (?=\S)")


def public_modules() -> dict[str, Module]:
    modules = {name: _loaded(name) for name in PUBLIC}
    errors = modules["imagen4.errors"]
    errors.docstring = f"{errors.docstring}\n\n{errors_table()}"
    return modules


def _loaded(name: str) -> Module:
    """A module with every public name in it, also those that are loaded when they are used."""
    module = import_module(name)
    names = getattr(module, "__all__", ())
    vars(module).update({each: getattr(module, each) for each in names})
    documented = Module(module)
    for each in documented.flattened_own_members:
        if isinstance(each, Class):
            each.own_members = [
                member
                for member in each.members.values()
                if (member in each.own_members or _is_hidden(member.taken_from[0]))
                and not (member.name == "__init__" and _is_made_by_us(each.obj))
            ]
    return documented


def _is_hidden(name: str) -> bool:
    """Whether it is a module of ours that is not shown: what is inherited from there is."""
    return name.startswith("imagen4.") and name not in PUBLIC


def _is_made_by_us(kind: type) -> bool:
    """Whether users get such an object and make none: it is a tuple, or has fields of ours."""
    ours = is_dataclass(kind) and any(each.name.startswith("_") for each in fields(kind))
    return ours or issubclass(kind, tuple)


def as_markdown(docstring: str) -> str:
    """A docstring's lines `name: what it means` become a list; what follows is a paragraph."""
    lines, in_list = [], False
    for line in docstring.splitlines():
        item = ITEM.match(line)
        begins, ends = item and not in_list, in_list and not item and line[:1].strip()
        if begins or ends:
            lines.append("")
        in_list = bool(item or (in_list and not ends))
        lines.append(f"- **{item[1]}**: {line[item.end() :]}" if item else line)
    return "\n".join(lines)
