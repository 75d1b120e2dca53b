"""The copy of the client in which mutants live, laid out as mutmut wants it."""

from __future__ import annotations

import ast
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("generated", "specs", "scripts", "tests/client", "tests/consumer")
FILES = ("README.md", "tests/conftest.py")
SETTINGS = """
[tool.mutmut]
source_paths = ["imagen4"]
only_mutate = [{modules}]
also_copy = ["generated", "scripts", "specs", "README.md"]
pytest_add_cli_args = ["--assert=plain", "-p", "mutating.killers"]
pytest_add_cli_args_test_selection = ["tests/client", "tests/consumer"]
use_git_change_detection = false
timeout_multiplier = 5.0
timeout_constant = 5.0

[tool.pytest.ini_options]
pythonpath = [".", "generated", "scripts", "tests"]
addopts = ["--import-mode=importlib", "--disable-socket", "--allow-unix-socket",
    "--allow-hosts=127.0.0.1,::1,localhost", "-m", "not slow"]
markers = ["slow: takes seconds"]
"""


def source_of(module: str) -> str:
    """Where a module of the client is, from the copy's top."""
    return f"imagen4/{module.replace('.', '/')}.py"


def prepare(root: Path, place: Path, modules: list[str]) -> None:
    """Copy the client, the generated packages and the tests from the checkout."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "wrapper" / "imagen4", place / "imagen4", ignore=ignored)
    for part in PARTS:
        shutil.copytree(root / part, place / part, ignore=ignored)
    for part in FILES:
        shutil.copy(root / part, place / part)
    listed = ", ".join(f'"{source_of(module)}"' for module in modules)
    (place / "pyproject.toml").write_text(SETTINGS.format(modules=listed), encoding="utf-8")
    for module in modules:
        path = place / source_of(module)
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")


def undecorated(source: str) -> str:
    """The module with every decorator applied after its function.

    mutmut leaves decorated functions alone; but properties hold decisions, too.
    """
    lines = source.splitlines()
    for function in sorted(decorated(source), key=lambda node: -node.lineno):
        first = function.decorator_list[0].lineno - 1
        value = function.name
        for decorator in reversed(function.decorator_list):
            value = f"{ast.unparse(decorator)}({value})"
        indent = " " * function.col_offset
        lines.insert(function.end_lineno or 0, f"{indent}{function.name} = {value}")
        del lines[first : function.lineno - 1]
    return "\n".join(lines) + "\n"


def decorated(source: str) -> list[ast.FunctionDef]:
    """The functions with a decorator that mutmut cannot work with."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and node.decorator_list
        and ast.unparse(node.decorator_list[0]) not in ("staticmethod", "classmethod")
    ]
