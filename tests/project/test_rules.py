"""The rules that keep the project small and publishable, held by machine."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from imagen4.facts import GATEWAYS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = {"specs", "generated", "wrapper", "tests", "scripts"}
# Spelt in pieces, because this file is searched, too.
REGISTRY_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com"]


def tracked() -> list[Path]:
    """Every file of the project: what git knows, or would take in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    """The Python files in these folders at the top."""
    files = [p for p in tracked() if p.suffix == ".py"]
    return [p for p in files if p.relative_to(ROOT).parts[0] in folders]


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def function_lengths(paths: list[Path]) -> Iterator[int]:
    for path in paths:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def requirements() -> list[str]:
    groups = [
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    lines = [line for group in groups for line in group if isinstance(line, str)]
    return [line for line in lines if not line.startswith("imagen4[")]


def test_the_folders_at_the_top_are_those_agreed() -> None:
    """No other folder stands at the top, apart from those with a dot. Files may."""
    parts = [path.relative_to(ROOT).parts for path in tracked()]
    folders = {first for first, *rest in parts if rest}
    assert {name for name in folders if not name.startswith(".")} == FOLDERS


def test_no_file_names_a_package_registry() -> None:
    """Versions are pinned by name; where they come from is the installer's business."""
    found = [
        (path.name, host)
        for path in tracked()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes()
    ]
    assert found == []


def test_a_gateways_name_stands_in_the_facts_alone() -> None:
    """Elsewhere it is taken from there, or generated from them; examples in texts may have it."""
    facts = ROOT / "wrapper" / "imagen4" / "facts"
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files("wrapper", "scripts")
        if facts not in path.parents
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in GATEWAYS
    ]
    assert found == []


def test_every_dependency_has_an_upper_bound() -> None:
    """A new major version of a dependency must not break a fresh install."""
    assert [line for line in requirements() if "<" not in line] == []


def test_the_client_core_needs_only_httpx_and_attrs() -> None:
    """Everything else is an extra."""
    names = [re.split(r"[<>=]", line)[0] for line in PROJECT["project"]["dependencies"]]
    assert names == ["httpx", "attrs"]


def test_the_constraints_are_plain_exact_versions() -> None:
    """The file holds `name==version` lines and nothing else, sorted, each name once."""
    lines = (ROOT / "scripts/constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*", line)] == []
    names = [line.split("==")[0].lower() for line in lines]
    assert names == sorted(set(names))


@pytest.mark.parametrize("line", requirements())
def test_every_dependency_is_pinned(line: str) -> None:
    """What pyproject.toml asks for, the constraints name exactly."""
    name = re.split(r"[<>=\[]", line)[0].lower()
    text = (ROOT / "scripts/constraints.txt").read_text(encoding="utf-8").lower()
    assert f"\n{name}==" in "\n" + text.replace("_", "-")


def test_functions_stay_small() -> None:
    """Median function at most 8 lines, nine of ten at most 25."""
    lengths = list(function_lengths(python_files("wrapper", "scripts")))
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


@pytest.mark.parametrize("folder", ["wrapper", "scripts", "tests"])
def test_files_stay_small(folder: str) -> None:
    """No file over 300 lines, tests included: one concern a file."""
    files = python_files(folder)
    assert len(files) > 10
    lengths = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in files}
    assert {name: length for name, length in lengths.items() if length > 300} == {}
