"""Every snippet of README and guide is run where the wheel is installed, as it is pasted."""

import subprocess

import httpx
import pytest
from ruamel.yaml import YAML

from ports import own_port
from project.conftest import Desk
from project.readme import Block, blocks

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_each_snippet_does_what_it_says(desk: Desk, block: Block) -> None:
    """It runs to its end, asks a gateway, and where it saves, there are pictures in out/."""
    (desk.folder / "snippet.py").write_text(block.text, encoding="utf-8")
    done = desk.typed("python -W error snippet.py")
    assert done.returncode == 0, done.stderr
    assert desk.sandbox.requests
    saved = list(desk.folder.glob("out/*.*"))
    assert bool(saved) == (".save(" in block.text)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in saved)


@pytest.mark.parametrize("block", blocks("python", "app"), ids=str)
def test_each_application_is_called_back(desk: Desk, block: Block) -> None:
    """Served by uvicorn, it answers with the pictures once the gateway's callback has come."""
    (desk.folder / "application.py").write_text(block.text, encoding="utf-8")
    port = str(own_port())
    address = f"http://127.0.0.1:{port}"
    given = {"PUBLIC_URL": address, "KIE_WEBHOOK_KEY": desk.sandbox.webhook_key("kie")}
    environment = desk.installed.environment(desk.folder, desk.variables | given)
    command = [desk.installed.bin / "uvicorn", "application:app", "--port", port]
    with subprocess.Popen(command, env=environment, cwd=desk.folder, stderr=-1) as serving:
        assert serving.stderr is not None
        next(line for line in serving.stderr if b"Uvicorn running" in line)
        params = {"prompt": "a red fox"}
        answer = httpx.post(f"{address}/pictures", params=params, timeout=30, trust_env=False)
        serving.terminate()
    assert [len(answer.json()["images"])] == [1]
    assert [each.outcome for each in desk.sandbox.callbacks] == ["HTTP 200"]


@pytest.mark.parametrize("block", blocks("python", "test"), ids=str)
def test_each_example_test_passes(desk: Desk, block: Block) -> None:
    """A user's test file with the example in it passes, with the fixture from the plugin."""
    (desk.folder / "test_example.py").write_text(block.text, encoding="utf-8")
    done = desk.typed("pytest -q -p no:cacheprovider")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_each_workflow_step_works_as_pasted(desk: Desk, block: Block) -> None:
    """The step's script, run by a shell with its variables set, passes and writes its reports."""
    (step,) = YAML(typ="safe").load(block.text)
    given = {"GATEWAY_URL": desk.sandbox.url("kie"), "KIE_API_KEY": desk.sandbox.key("kie")}
    assert set(step["env"]) == set(given)
    done = desk.typed(step["run"], **given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("conforms")
    assert {path.name for path in desk.folder.iterdir()} >= {"contract.xml", "contract.sarif"}
