"""The stock fuzzer, with the gateways' own documents: nothing it thinks of may slip through."""

import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from imagen4.sandbox import Sandbox

CHECKS = (
    "not_a_server_error,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,positive_data_acceptance,"
    "missing_required_header,unsupported_method,ignored_auth"
)
"""All that apply but status_code_conformance: both documents know HTTP 200 and 500 alone."""
STYLELESS = "not_a_server_error,content_type_conformance,unsupported_method"
"""What can be judged without knowing that the verdict may stand under HTTP 200."""


def fuzzed(
    sandbox: Sandbox, gateway: str, document: str, checks: str, examples: int, folder: Path
) -> tuple[int, str]:
    """Exit code and report of `schemathesis run`."""
    with as_file(files("imagen4_generated") / gateway / document) as path:
        argv = [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(path)),
            *("--url", sandbox.url(gateway), "--continue-on-failure"),
            *("--header", f"Authorization: Bearer {sandbox.key(gateway)}"),
            *("--checks", checks, "--max-examples", str(examples), "--seed", "1"),
            *("--exclude-path", "/api/v1/common/download-url"),
        ]
        run = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder)
    return run.returncode, run.stdout[-4000:] + run.stderr[-1000:]


@pytest.mark.slow
def test_the_vendored_documents_are_kept(sandbox: Sandbox, gateway: str, tmp_path: Path) -> None:
    """In profile documented: everything allowed is accepted, everything else is refused."""
    sandbox.configure(profile="documented", limits=False)
    code, said = fuzzed(sandbox, gateway, "vendored.json", CHECKS, 10, tmp_path)
    assert code == 0, said
    assert len(sandbox.requests) > 50


@pytest.mark.slow
def test_full_intensity_does_not_hurt(
    sandbox: Sandbox, gateway: str, profile: str, tmp_path: Path
) -> None:
    """Four hundred examples an operation, all operations: no server error."""
    sandbox.configure(limits=False)
    checks = {"documented": CHECKS, "observed": STYLELESS}[profile]
    code, said = fuzzed(sandbox, gateway, "effective.json", checks, 400, tmp_path)
    assert code == 0, said
    assert len(sandbox.requests) > 500
