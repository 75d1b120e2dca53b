"""The checks in somebody else's pytest suite."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from imagen4.contract.checks import CHECKS
from imagen4.sandbox import Sandbox

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PYTEST, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def server() -> object:
    with Sandbox(speed=1000, limits=False) as running:
        yield running


@pytest.mark.slow
def test_each_check_is_a_test(server: Sandbox, tmp_path: Path) -> None:
    """One test for each check, behind the suite's own tests, green on a conforming server."""
    (tmp_path / "test_own.py").write_text("def test_own() -> None:\n    assert True\n")
    where = f"--imagen4-base-url={server.url('kie')}"
    result = _pytest(tmp_path, "--imagen4-contract=kie", where)
    assert result.returncode == 0, result.stdout
    passed, skipped = (int(each) for each in re.findall(r"(\d+) (?:passed|skipped)", result.stdout))
    assert passed + skipped == len(CHECKS) + 2
    assert skipped < 10


@pytest.mark.slow
def test_a_broken_promise_is_a_failed_test(server: Sandbox, tmp_path: Path) -> None:
    """The failure has the sentence, the pointer and the curl, and no traceback."""
    options = [f"--imagen4-base-url={server.url('kie')}", "--imagen4-api-key=some-other-key"]
    result = _pytest(tmp_path, "-rs", "--imagen4-contract=kie", *options)
    assert result.returncode == 1
    assert "The account's key is accepted." in result.stdout
    assert "1 failed" in result.stdout
    assert "the key was refused" in result.stdout
    assert "Traceback" not in result.stdout
    assert "some-other-key" not in result.stdout


@pytest.mark.slow
def test_strict_fails_where_not_all_was_seen(server: Sandbox, tmp_path: Path) -> None:
    """That server's time is its own, so nothing can be said of its times of day."""
    where = f"--imagen4-base-url={server.url('kie')}"
    result = _pytest(tmp_path, "--imagen4-contract=kie", where, "--imagen4-strict")
    assert result.returncode == 1
    assert "not all seen: nothing to look at for " in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:1", "could not run: unreachable"),
        ("https://staging.invalid", "give --imagen4-api-key for staging.invalid"),
        ("http://staging.invalid", "unless IMAGEN4_ALLOW_HTTP=1"),
    ],
)
def test_what_cannot_run_is_one_failure(tmp_path: Path, address: str, why: str) -> None:
    """The first test says why, in pytest's options; the others are skipped: nothing is known."""
    result = _pytest(tmp_path, "--imagen4-contract=kie", f"--imagen4-base-url={address}")
    assert result.returncode == 1
    assert f"1 failed, {len(CHECKS)} skipped" in result.stdout
    assert why in result.stdout


@pytest.mark.slow
def test_a_baseline_that_cannot_be_read_is_said(server: Sandbox, tmp_path: Path) -> None:
    """The plugin goes by the same file as the command."""
    options = [f"--imagen4-base-url={server.url('kie')}", "--imagen4-baseline=missing.toml"]
    result = _pytest(tmp_path, "--imagen4-contract=kie", *options)
    assert "could not run: the baseline missing.toml" in result.stdout


@pytest.mark.slow
def test_without_the_option_nothing_is_added(tmp_path: Path) -> None:
    """A suite that has the plugin installed and does not ask for it runs as before."""
    (tmp_path / "test_own.py").write_text("def test_own() -> None:\n    assert True\n")
    assert "1 passed" in _pytest(tmp_path).stdout


def test_importing_the_plugin_is_cheap() -> None:
    """pytest imports it on every start, so it must not bring schemathesis along."""
    code = (
        "import sys, imagen4.contract.plugin as _;"
        "assert not {'schemathesis', 'httpx', 'jsonschema_rs', 'hypothesis'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, before any test: no internal error of pytest."""
    (tmp_path / "conftest.py").write_text("import sys; sys.modules['schemathesis'] = None")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the others take two seconds
    options = ["-p", "imagen4.contract.plugin", "--imagen4-contract=kie"]
    result = _pytest(tmp_path, *options, "--imagen4-base-url=http://127.0.0.1:1")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: no schemathesis: pip install 'imagen4[contract]'" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
