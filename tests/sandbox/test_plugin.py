"""A fixture that waits, leaks state, or breaks other people's sessions would not be used."""

import inspect
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import imagen4.testing

PLUGIN = ["-p", "imagen4.testing.plugin"]


def suite(folder: Path, source: str, *argv: str) -> tuple[int, str]:
    """Exit code and output of a user's test-suite, in a process of its own."""
    (folder / "test_theirs.py").write_text(textwrap.dedent(source))
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", *PLUGIN, *argv, str(folder)]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=folder)
    return run.returncode, run.stdout + run.stderr


def example() -> str:
    """The indented block of the package's docstring."""
    lines = inspect.getdoc(imagen4.testing).splitlines()  # type: ignore[union-attr]
    return "\n".join(line for line in lines if line.startswith("    "))


def test_the_example_works_as_pasted(tmp_path: Path) -> None:
    """The eight lines of the documentation, in a suite that turns warnings into errors."""
    code, said = suite(tmp_path, example())
    assert (code, "1 passed" in said) == (0, True), said
    assert len(example().splitlines()) <= 8


def test_both_gateways_and_both_clients_work_without_waiting(tmp_path: Path) -> None:
    """Eight seconds of a task pass on the sandbox's clock, not on the wall's."""
    code, said = suite(
        tmp_path,
        """
        import asyncio, time
        import pytest

        @pytest.mark.parametrize("gateway", ["kie", "apikley"])
        def test_sync(imagen4_sandbox, gateway, tmp_path, monkeypatch):
            monkeypatch.setattr(time, "sleep", None)
            before = imagen4_sandbox.clock.now()
            result = imagen4_sandbox.client(gateway).generate("a fox", num_images=3)
            assert [image.save(tmp_path).exists() for image in result.images] == [True] * 3
            assert imagen4_sandbox.clock.now() - before >= 8

        @pytest.mark.parametrize("gateway", ["kie", "apikley"])
        def test_async(imagen4_sandbox, gateway):
            async def many():
                async with imagen4_sandbox.async_client(gateway) as client:
                    prompts = [f"fox {number}" for number in range(20)]
                    return [one async for one in client.generate_many(prompts)]
            before = imagen4_sandbox.clock.now()
            assert all(one.error is None for one in asyncio.run(many()))
            assert imagen4_sandbox.clock.now() - before < 120
        """,
    )
    assert (code, "4 passed" in said) == (0, True), said


STATE = """
    import pytest

    @pytest.mark.parametrize("turn", range(6))
    def test_state(imagen4_sandbox, turn):
        assert imagen4_sandbox.requests == []
        client = imagen4_sandbox.client("kie")
        assert client.credits() == 100_000
        imagen4_sandbox.fault("code-402", times=9)
        imagen4_sandbox.configure(profile="documented", credits=1)
"""


def test_every_test_begins_with_a_clean_state(tmp_path: Path) -> None:
    """Whatever the one before has done to it."""
    code, said = suite(tmp_path, STATE)
    assert (code, "6 passed" in said) == (0, True), said


@pytest.mark.slow
def test_it_works_under_xdist(tmp_path: Path) -> None:
    """A server for each worker."""
    code, said = suite(tmp_path, STATE, "-p", "xdist.plugin", "-n", "2")
    assert (code, "6 passed" in said) == (0, True), said


def test_a_clock_that_is_stepped_moves_tasks(tmp_path: Path) -> None:
    """For code under test that does not sleep through the client."""
    code, said = suite(
        tmp_path,
        """
        def test_steps(imagen4_sandbox):
            job = imagen4_sandbox.client("kie").submit("a fox")
            assert [task.state for task in job.status()] == ["waiting"]
            imagen4_sandbox.clock.advance(10)
            assert [task.state for task in job.status()] == ["success"]
        """,
    )
    assert (code, "1 passed" in said) == (0, True), said


def test_loading_the_plugin_loads_nothing_else() -> None:
    """It is part of every session in the environment, also of those that do not need it."""
    script = (
        "import pytest, sys; before = set(sys.modules); import imagen4.testing.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    argv = [sys.executable, "-c", script]
    loaded = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["imagen4", "imagen4.testing", "imagen4.testing.plugin"]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """Only tests that ask for the fixture fail, with one line."""
    (tmp_path / "conftest.py").write_text("import sys; sys.modules['starlette'] = None")
    code, said = suite(
        tmp_path,
        """
        def test_other(): pass
        def test_theirs(imagen4_sandbox): pass
        """,
    )
    assert code == 1
    assert "pip install 'imagen4[testing]'" in said
    assert "1 passed, 1 error" in said
    assert "Traceback" not in said
    assert "ModuleNotFoundError" not in said


def test_the_class_says_the_same_without_the_extra() -> None:
    """Whoever makes a `ClientSandbox` of their own is not left with the name of a library."""
    script = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "try: from imagen4.testing import ClientSandbox\n"
        "except ModuleNotFoundError as error: print(error.name, error, sep='; ')"
    )
    argv = [sys.executable, "-c", script]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    words = "imagen4.testing needs uvicorn; run: pip install 'imagen4[testing]'"
    assert said == f"uvicorn; {words}\n"
