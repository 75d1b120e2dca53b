"""Exit codes: the number for each error, and what a script reads beside it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import respx

from cli.invoking import AT_NOWHERE, at
from imagen4 import errors
from imagen4.__main__ import main
from imagen4.cli import exits
from imagen4.sandbox import Sandbox

LISTED = {
    errors.InvalidRequest: 2,
    errors.CreateStopped: 2,
    errors.LedgerError: 2,
    errors.AuthenticationError: 3,
    errors.InsufficientCredits: 4,
    errors.RateLimited: 8,
    errors.QuotaExceeded: 4,
    errors.GatewayUnavailable: 8,
    errors.FeatureDisabled: 4,
    errors.TaskNotFound: 1,
    errors.ModelUnavailable: 1,
    errors.TaskFailed: 1,
    errors.PartialFailure: 7,
    errors.TaskTimeout: 5,
    errors.SubmissionUncertain: 6,
    errors.UnexpectedResponse: 1,
    errors.TransportError: 8,
    errors.DownloadError: 9,
}


@pytest.mark.parametrize(("kind", "code"), LISTED.items())
def test_every_error_has_its_exit_code(kind: type[errors.Imagen4Error], code: int) -> None:
    """The one that `--help` lists; scripts decide by it."""
    assert exits.code_of(kind("no")) == code


def test_no_error_is_without_an_exit_code() -> None:
    """A new class is to be given one here, on purpose."""
    assert set(errors.Imagen4Error.__subclasses__()) == set(LISTED)


def test_a_request_that_the_gateway_refuses_is_no_wrong_usage() -> None:
    """Exit code 2 says that nothing was sent."""
    assert exits.code_of(errors.InvalidRequest("no", code=422)) == exits.Exit.FAILED
    assert exits.code_of(errors.InvalidRequest("no", http_status=422)) == exits.Exit.FAILED


def test_maintenance_is_worth_another_try_later(
    imagen4: Callable, routes: respx.MockRouter
) -> None:
    """A script can tell a gateway that is down from one that refuses: 8, not 1."""
    routes.get("/api/v1/chat/credit").respond(json={"code": 455, "msg": "maintenance"})
    assert imagen4("credits", *AT_NOWHERE).code == 8


def test_each_failure_of_a_partial_one_is_in_the_document(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Which tasks, the gateway's code and its words: enough to decide which to repeat."""
    sandbox.fault("fail", times=1)
    where = [*at(sandbox, "kie"), "-o", str(tmp_path)]
    told = json.loads(imagen4("generate", "a fox", *where, "-n", "3", "--json").out)
    (failure,) = told["error"]["failures"]
    assert failure["task_ids"] == told["error"]["task_ids"]
    task = json.loads(imagen4("status", *failure["task_ids"], *at(sandbox, "kie"), "--json").out)
    (ended,) = task["tasks"]
    assert failure["fail_code"] == ended["fail_code"]
    assert failure["fail_message"] == ended["fail_message"]
    assert failure["fail_message"] in failure["message"]


def test_a_failure_without_a_code_of_its_own_has_its_message() -> None:
    """An unknown id among others: the keys are the same for every failure."""
    error = errors.PartialFailure("1 of 2 tasks could not be read", task_ids=("t1",))
    error.failures = (errors.TaskNotFound("Unknown task", task_ids=("t1",)),)
    assert exits.as_json(error)["failures"] == [
        {"task_ids": ["t1"], "fail_code": None, "fail_message": None, "message": "Unknown task"}
    ]


def test_a_ctrl_c_as_python_ends_does_not_take_the_exit_code_away() -> None:
    """By then all is told, and its number says whether a paid request is out."""
    pressing = "import os\nclass Late:\n    def __del__(self, kill=os.kill, process=os.getpid()):\n"
    run = "from imagen4.__main__ import main\nmain()\n"
    program = f"{pressing}        kill(process, 2)\nlate = Late()\n{run}"
    command = [sys.executable, "-c", program, "wait", "--timeout", "never"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2


def test_a_ctrl_c_while_the_command_line_is_imported_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was sent by then; there is no traceback."""

    def pressed() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagen4.cli.group.run", pressed)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "imagen4: interrupted\n"
