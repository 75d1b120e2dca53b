"""Guards against a command that is stopped while a paid request is out, and does not say so."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from client.booked import KEY, PATIENCE, Booked

OUT = "interrupted while a paid request was out: it may have arrived, look before repeating it"


def stopped(
    server: Booked, folder: Path, *kinds: signal.Signals, level: str = ""
) -> tuple[int, dict[str, object], str]:
    """Exit code, JSON document and standard error of a command that is told to stop.

    One of its three tasks is known, the second one's create is out.
    """
    where = ["--gateway", "kie", "--base-url", server.url, "--output", str(folder)]
    command = [sys.executable, "-m", "imagen4", "generate", "a fox", "-n", "3", "--json"]
    environment = {**os.environ, "KIE_API_KEY": KEY, "IMAGEN4_LOG": level}
    with subprocess.Popen(
        [*command, *where],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert server.held.wait(PATIENCE)
            for kind in kinds:
                running.send_signal(kind)
            out, err = running.communicate(timeout=PATIENCE)
        finally:
            running.kill()
    document: dict[str, object] = json.loads(out)["error"]
    return running.returncode, document, err


@pytest.mark.parametrize(
    "kind", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_create_that_is_out_is_said_with_an_exit_code_of_its_own(
    kind: signal.Signals, tmp_path: Path
) -> None:
    """A script knows the ids, and that there may be one more task to look for."""
    with Booked(prompt=1) as server:
        code, error, said = stopped(server, tmp_path, kind)
    assert code == 6
    assert (error["type"], error["task_ids"], error["creates_out"]) == (
        "KeyboardInterrupt", ["t1"], 1,
    )  # fmt: skip
    assert said.endswith(f"-- t1\nimagen4: {OUT}\n")


def test_a_second_ctrl_c_takes_nothing_away(tmp_path: Path) -> None:
    """Whatever the log level, the document and the command that resumes are there."""
    with Booked(prompt=1) as server:
        twice = (signal.SIGINT, signal.SIGTERM)
        code, error, said = stopped(server, tmp_path, *twice, level="error")
    assert error["task_ids"] == ["t1"]
    assert "-- t1" in said
    assert code == 6
