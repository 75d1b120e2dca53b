"""Mutants of what stands outside functions: tables, limits and defaults.

mutmut mutates functions only. Its operators are applied here to everything else; each mutant
gets a process of its own, forked with all libraries loaded, that imports the changed module
and runs the tests.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst
from mutmut.mutation.mutators import mutation_operators

from mutating.copying import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from libcst import CSTNode

LONGEST_RUN = 180  # seconds; a mutant that hangs is a mutant noticed
PRELOADED = ("pytest", "hypothesis", "httpx", "respx", "schemathesis", "jsonschema_rs")
# Type variables and loggers decide nothing.
DULL = ("TypeVar(", "getLogger(")


class Outside(libcst.CSTVisitor):
    """Collects (node, changed node) for everything outside functions."""

    def __init__(self, module: libcst.Module) -> None:
        super().__init__()
        self._module = module
        self.found: list[tuple[CSTNode, CSTNode]] = []

    def on_visit(self, node: CSTNode) -> bool:
        skipped = (libcst.FunctionDef, libcst.Annotation, libcst.Decorator, libcst.If)
        if isinstance(node, (*skipped, libcst.Import, libcst.ImportFrom)):
            return False
        if isinstance(node, libcst.Assign) and self._dull(node):
            return False
        for kind, change in mutation_operators:
            if isinstance(node, kind):
                self.found.extend((node, changed) for changed in change(node))
        return True

    def _dull(self, node: CSTNode) -> bool:
        text = self._module.code_for_node(node)
        return any(word in text for word in DULL)


def mutants(source: str) -> Iterator[str]:
    """Each changed source of a module."""
    module = libcst.parse_module(source)
    outside = Outside(module)
    module.visit(outside)
    for node, changed in outside.found:
        mutant = module.deep_replace(node, changed)
        if isinstance(mutant, libcst.Module):
            yield mutant.code


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed source."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, self._name, "exec"), module.__dict__)  # noqa: S102 - our own source


def run_tests(module: str, source: str) -> int:
    """In a child: the tests against the changed module. Does not return."""
    import pytest

    signal.alarm(LONGEST_RUN)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.meta_path.insert(0, Changed(f"imagen4.{module}", source))
    try:
        code = int(pytest.main(["-x", "-q", "--assert=plain", "-p", "mutating.killers", "tests"]))
    except BaseException:
        code = 1
    os._exit(code)


def started(module: str, source: str) -> int:
    """The process that runs the tests against a changed module; its status is 0 if they pass."""
    child = os.fork()
    if child == 0:
        run_tests(module, source)
    return child


def survivors(module: str, jobs: int) -> tuple[int, list[str]]:
    """How many mutants of a module there are, and the sources that no test noticed."""
    source = Path(source_of(module)).read_text(encoding="utf-8")
    waiting = list(mutants(source))
    total, running, found = len(waiting), dict[int, str](), list[str]()
    while waiting or running:
        while waiting and len(running) < jobs:
            changed = waiting.pop()
            running[started(module, changed)] = changed
        child, status = os.wait()
        if status == 0:
            found.append(running[child])
        del running[child]
    return total, found


def main(modules: list[str], jobs: int, order: Path) -> dict[str, Any]:
    """Run in the copy; for each module the number of mutants and the surviving sources."""
    for name in PRELOADED:
        import_module(name)
    os.environ["IMAGEN4_MUTATION_ORDER"] = str(order)
    unchanged = Path(source_of(modules[0])).read_text(encoding="utf-8")
    if os.waitpid(started(modules[0], unchanged), 0)[1] != 0:
        sys.exit("The tests do not pass without any mutant")
    return {module: survivors(module, jobs) for module in modules}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[3:], int(sys.argv[2]), Path(sys.argv[1]))))
