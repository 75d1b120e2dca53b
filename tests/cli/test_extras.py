"""Commands whose extra is not installed say what to install, and still explain themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

START = "import sys; sys.modules[sys.argv.pop(1)] = None; from imagen4.__main__ import main; main()"

# The contract's server is one that costs money: nobody is to be asked about that first.
MISSED = [
    ("demo", [], "jsonschema_rs", "sandbox"),
    ("sandbox", ["--port", "0"], "jsonschema_rs", "sandbox"),
    ("worker", ["--gateway", "kie"], "dbos", "workers"),
    ("contract", ["kie", "--base-url", "https://a.example", "--api-key", "k"], "schemathesis", ""),
]


def without(module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command line in a process that cannot import the module."""
    argv = [sys.executable, "-c", START, module, *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("name", "more", "module", "extra"), MISSED)
def test_a_missing_extra_is_one_line(name: str, more: list[str], module: str, extra: str) -> None:
    """Nothing but that line, and exit code 2: it is the installation that has to change."""
    done = without(module, name, *more)
    line = f"imagen4: `{name}` needs {module}; run: pip install 'imagen4[{extra or name}]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.parametrize(
    ("line", "module", "extra", "user"),
    [
        ("from imagen4 import Ledger", "sqlalchemy", "ledger", "imagen4.Ledger"),
        ("from imagen4.sandbox import Sandbox", "uvicorn", "sandbox", "imagen4.sandbox"),
        ("from imagen4.workers import wake", "dbos", "workers", "imagen4.workers"),
    ],
)
def test_a_part_that_is_imported_says_its_extra_too(
    line: str, module: str, extra: str, user: str
) -> None:
    """The last line of the traceback is what people look for."""
    argv = [sys.executable, "-c", f"import sys; sys.modules[{module!r}] = None; {line}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    words = f"{user} needs {module}; run: pip install 'imagen4[{extra}]'"
    assert done.stderr.splitlines()[-1] == f"ModuleNotFoundError: {words}"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        pytest.param(name, module, marks=[] if name == "contract" else pytest.mark.slow)
        for name, _, module, _ in MISSED
    ],
)
def test_help_needs_no_extra(name: str, module: str) -> None:
    """Whoever wonders whether to install it can read what it does."""
    done = without(module, name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: imagen4 {name}")


@pytest.mark.parametrize(
    ("module", "extra", "arguments"),
    [
        ("dbos", "workers", ("batch", "p.txt", "--enqueue")),
        pytest.param("opentelemetry", "otel", ("worker", "--telemetry"), marks=pytest.mark.slow),
    ],
)
def test_an_option_that_needs_an_extra_says_which(
    module: str,
    extra: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the option, the command needs no more than its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIE_API_KEY", "k")
    (tmp_path / "p.txt").write_text("a fox")
    done = without(module, *arguments, "--gateway", "kie", "--database", "x.db")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"imagen4: `{arguments[0]}` needs {module}")
    assert done.stderr.endswith(f"; run: pip install 'imagen4[{extra}]'\n")
