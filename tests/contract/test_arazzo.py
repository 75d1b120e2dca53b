"""A judge that others wrote, Redocly's Respect, comes to the same verdict as our own command."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox

pytestmark = pytest.mark.arazzo
GENERATED = Path(__file__).parents[2] / "generated" / "imagen4_generated"
SETTINGS = [("kie", "observed"), ("apikley", "documented")]
FAULTS = ["", "null-data", "vanish", "picture-count"]
"""None; a create without an id; a task that nobody knows; a success without pictures."""
PARAMETERS: dict[str, dict[str, float]] = {
    "vanish": {"seconds": 0.0},
    "picture-count": {"count": 0},
}


@contextmanager
def _spoilt(fault: str, profile: str) -> Iterator[Sandbox]:
    """A sandbox that has this fault all the time."""
    with Sandbox(profile=profile, speed=1000, limits=False) as sandbox:
        if fault:
            sandbox.fault(fault, share=1.0, **PARAMETERS.get(fault, {}))
        yield sandbox


def _redocly(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What `make arazzo` has installed; it tells nobody that it ran."""
    environment = os.environ | variables | {"REDOCLY_TELEMETRY": "off", "NO_COLOR": "1"}
    command = [os.environ["REDOCLY"], *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def _respect(gateway: str, url: str, key: str, *words: str | Path) -> int:
    """0 if every step of the gateway's workflow came out right; the key is in no argument."""
    document = GENERATED / gateway / "arazzo.json"
    server = ("--server", f"{gateway}={url}")
    told = json.dumps({"key": key})
    return _redocly("respect", document, *server, *words, REDOCLY_CLI_RESPECT_INPUT=told).returncode


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_linter_has_nothing_to_say(gateway: str) -> None:
    """The document is Arazzo 1.0.1, and its operations are there."""
    done = _redocly("lint", GENERATED / gateway / "arazzo.json", "--format", "json")
    assert json.loads(done.stdout)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("gateway", "profile"), SETTINGS)
def test_both_judges_agree(gateway: str, profile: str, fault: str) -> None:
    """Green on the sandbox as it is, red on each of the three that are broken."""
    with _spoilt(fault, profile) as sandbox:
        server = ServerUnderTest(gateway, sandbox.url(gateway), sandbox.key(gateway))
        ours = run_contract(RunOptions(server)).exit_code
        theirs = _respect(gateway, server.base_url, server.key)
    assert (ours, theirs) == ((1, 1) if fault else (0, 0))


def test_the_key_is_in_none_of_the_files_that_the_runner_writes(tmp_path: Path) -> None:
    """It is given by the security scheme, which the runner knows for a secret."""
    with Sandbox(speed=1000, limits=False) as sandbox:
        files = [tmp_path / "log.har", tmp_path / "log.json"]
        options = ("--har-output", files[0], "--json-output", files[1])
        assert _respect("kie", sandbox.url("kie"), sandbox.key("kie"), *options) == 0
        written = "".join(each.read_text(encoding="utf-8") for each in files)
    assert "recordInfo" in written
    assert sandbox.key("kie") not in written
