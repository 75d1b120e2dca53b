"""The failure this prevents: a page from outside that fills the memory or writes half a file."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import vendor
from market import samples
from market.writer import flatten

ROOT = Path(__file__).resolve().parents[2]
LAUGHS = "openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
NESTED = "openapi: 3.0.0\ninfo: " + "[" * 50_000
YAML = samples.yaml()


def within(steps: int) -> dict[str, Any]:
    """A document with a schema within a schema, and so on."""
    made, schema = samples.document(), dict[str, Any](type="string")
    for _ in range(steps):
        schema = {"type": "object", "properties": {"a": schema}}
    made["components"]["schemas"]["Deep"] = schema
    return made


def referring(steps: int, times: int) -> dict[str, Any]:
    """A document with schemas each of which refers to the next one, as often as is said."""
    made = samples.document()
    schemas = made["components"]["schemas"]
    schemas["Step0"] = {"type": "string"}
    for step in range(steps):
        ref = {"$ref": f"#/components/schemas/Step{step}"}
        schemas[f"Step{step + 1}"] = {"allOf": [ref] * times}
    return made


def into_a_list(step: str) -> bytes:
    """A page with a reference to an item of a list."""
    made = samples.document()
    schemas = made["components"]["schemas"]
    schemas |= {"List": {"allOf": [{}]}, "One": {"$ref": f"#/components/schemas/List/allOf/{step}"}}
    return json.dumps(made).encode()


PAGES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n \n",
    "alias bomb": LAUGHS.encode(),
    "deep nesting": NESTED.encode(),
    "deep json": b'{"openapi": "3.0.0", "info": ' + b"[" * 100_000,
    "deep schema in json": json.dumps(within(250)).encode(),
    "references that double": json.dumps(referring(30, 2)).encode(),
    "long way by references": json.dumps(referring(300, 1)).encode(),
    "reference by a digit that is no number": into_a_list("²"),
    "reference by a number too long to read": into_a_list("9" * 5000),
    "a name of two lines": json.dumps(samples.document() | {"a\n::error::b": 1}).encode(),
    "more than a number holds": json.dumps(samples.document() | {"x-n": 0}).encode()[:-2]
    + b"1e400}",
    "a line end of YAML's own": json.dumps(samples.document() | {"x-a": "a\x85b"}).encode(),
    "twice the same key in json": b'{"openapi": "3.0.0", "openapi": "3.0.0"}',
    "NUL": YAML.replace("Lab", "L\0ab").encode(),
    "invalid UTF-8": YAML.encode().replace(b"Lab", b"\xff\xfe"),
    "UTF-16": YAML.encode("utf-16"),
    "tabs": YAML.replace("  ", "\t").encode(),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "a list": b"- openapi: 3.0.0\n",
    "a login page": b"<!doctype html><html><body><form><input type=password></form></body></html>",
    "a control character, flattened": flatten(YAML).replace("prompt:", "pr\x1bompt:").encode(),
    "thousands of digits, flattened": flatten(YAML).replace("5000", "5" * 5_000).encode(),
    "many lines": flatten(YAML).encode() + b"x: y\n" * 20_000,
    "many keys like structure": flatten(YAML.split("components:")[0]).encode()
    + b"description: a\nproperties:\ntype: object\n" * 3_000,
    "too many characters": b"openapi: 3.0.0\ninfo:\n  title: " + b"x" * 3_000_000,
}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A copy of what stands beside the specs, to be left alone."""
    folder = tmp_path / "specs" / "pages"
    folder.mkdir(parents=True)
    for name in ("SOURCES.toml", "kie-google-imagen4.md", "apikley-google-imagen4.txt"):
        (folder / name).write_bytes((ROOT / "specs" / "pages" / name).read_bytes())
    (folder.parent / "kie.yaml").write_text("as it was", encoding="utf-8")
    return folder.parent


def _state(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", PAGES)
def test_bad_pages_end_in_one_line_and_change_nothing(
    case: str, specs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad page is refused quickly, in one line, and no file is touched."""
    page = tmp_path / "page.txt"
    page.write_bytes(PAGES[case])
    before, start = _state(specs), time.process_time()
    assert vendor.main(["kie", str(page), "--specs", str(specs)]) == 1
    assert time.process_time() - start < 10
    assert capsys.readouterr().err.count("\n") == 1
    assert _state(specs) == before


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None], ids=["directory", "missing"])
def test_what_is_no_file_is_refused(make: Callable[[Path], object], specs: Path) -> None:
    """A directory or nothing at all is refused like a bad page."""
    page = specs.parent / "page"
    make(page)
    assert vendor.main(["kie", str(page), "--specs", str(specs)]) == 1


def test_a_page_of_50_megabytes_takes_neither_time_nor_memory(specs: Path, tmp_path: Path) -> None:
    """The size is looked at before the page is read."""
    page = tmp_path / "huge.txt"
    with page.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    command = [sys.executable, str(ROOT / "scripts" / "vendor.py"), "kie", str(page)]

    def limits() -> None:
        """After ten seconds of the processor it is killed, for more than 300 MB a MemoryError.

        What a child's peak is reported as holds the memory of the process that it was forked from.
        """
        resource.setrlimit(resource.RLIMIT_DATA, (300 << 20, 300 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))

    command += ["--specs", str(specs)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limits)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "MemoryError" not in done.stderr


def test_only_https_is_fetched(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An http address is refused before a connection is made."""
    assert vendor.main(["kie", "http://docs.kie.ai/a.md", "--specs", str(specs)]) == 1
    assert "https" in capsys.readouterr().err
