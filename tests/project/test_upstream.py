"""The failure this prevents: a gateway's change that nobody hears of, as nothing was proposed."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from market.captured import KEPT, lay

ROOT = Path(__file__).resolve().parents[2]
JOBS = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "upstream.yml")["jobs"]
LOOK = [step["run"] for step in JOBS["look"]["steps"] if "id" in step]
PROPOSE = [step["run"] for step in JOBS["propose"]["steps"] if "run" in step]
RATIO = "                        - '4:3'\n"
PAGE = (KEPT / "kie-google-imagen4.md").read_text(encoding="utf-8")
NEW = PAGE.replace(RATIO, RATIO + RATIO.replace("4:3", "auto"))
GENERATOR = "from pathlib import Path\nPath('generated/new').write_text('new')\n"
REASON = "regenerate: client.yaml, action 4: the target matches nothing"


class Rehearsal(NamedTuple):
    """What the workflow left: how its first job ended, and what a person would see."""

    code: int
    outputs: str
    branch: str
    report: str
    asked: str


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def rehearse(folder: Path, page: str, generator: str) -> Rehearsal:
    """Run the commands of both jobs, with a folder for the network and a file for GitHub."""
    checkout, today, other = folder / "checkout", folder / "today", folder / "other"
    lay(checkout / "specs")
    for name in ("scripts", "generated"):
        shutil.copytree(ROOT / name, checkout / name)
    shutil.copytree(ROOT / "wrapper" / "guide", checkout / "wrapper" / "guide")
    (checkout / ".gitignore").write_text("__pycache__\n.venv\nproposal\n")
    (checkout / "scripts" / "regenerate.py").write_text(generator)
    today.mkdir()
    if page:
        (today / "kie.md").write_text(page, encoding="utf-8")
    git(folder, "init", "--quiet", "--bare", "origin")
    git(checkout, "init", "--quiet")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "as it was")
    git(checkout, "push", "--quiet", str(folder / "origin"), "HEAD:main")
    git(folder, "clone", "--quiet", "--branch", "main", "origin", str(other))
    python = f'exec {sys.executable} "$@" --no-tests --from {today}'
    executable(checkout / ".venv" / "bin" / "python", python)
    executable(folder / "bin" / "gh", f'echo "$@" >> {folder}/asked')
    (folder / "asked").touch()
    environment = {
        "PATH": f"{folder}/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(checkout),
    }
    look = subprocess.run(["bash", "-e", "-c", LOOK[0]], cwd=checkout, env=environment)
    outputs = (folder / "outputs").read_text()
    environment["RESULT"] = outputs.partition("result=")[2].partition("\n")[0]
    for command in PROPOSE if "changed=true" in outputs and look.returncode == 0 else ():
        subprocess.run(["bash", "-e", "-c", command], cwd=other, env=environment, check=True)
    branch = git(other, "diff", "main", "HEAD")
    report = (checkout / "proposal" / "report.md").read_text(encoding="utf-8")
    return Rehearsal(look.returncode, outputs, branch, report, (folder / "asked").read_text())


def test_what_can_be_taken_over_is_proposed(tmp_path: Path) -> None:
    """The branch holds the new documents and what is generated of them."""
    done = rehearse(tmp_path, NEW, GENERATOR)
    assert (done.code, done.outputs) == (0, "result=0\nchanged=true\n")
    assert "+                        - auto" in done.branch
    assert "b/generated/new" in done.branch
    assert "pr create --head upstream-documents" in done.asked
    assert "--add-label" not in done.asked


@pytest.mark.slow
def test_a_refused_regeneration_is_proposed_with_its_reason(tmp_path: Path) -> None:
    """The page and its document are there, generated/ is as it was, and a label says so."""
    done = rehearse(tmp_path, NEW, f"raise SystemExit({REASON!r})\n")
    assert (done.code, done.outputs) == (0, "result=5\nchanged=true\n")
    assert "b/specs/pages/kie-google-imagen4.md" in done.branch
    assert "b/generated/" not in done.branch
    assert REASON in done.report
    assert "enum value added: 'auto'" in done.report
    assert "--add-label refused" in done.asked


@pytest.mark.slow
def test_a_refused_page_is_proposed_with_its_reason(tmp_path: Path) -> None:
    """It is laid aside, by a name under which it can be tried again; nothing else changes."""
    done = rehearse(tmp_path, PAGE.replace("callBackUrl:", "hook:"), GENERATOR)
    assert (done.code, done.outputs) == (0, "result=3\nchanged=true\n")
    assert done.branch.count("diff --git") == 1
    assert "b/specs/pages/refused/kie.md" in done.branch
    assert "the body has a field beside model and input: 'hook'" in done.report
    assert "--add-label refused" in done.asked


@pytest.mark.parametrize("page", ["", pytest.param("# Just a moment", marks=pytest.mark.slow)])
def test_without_a_page_the_job_fails_and_proposes_nothing(page: str, tmp_path: Path) -> None:
    """No network, or what a guard shows instead of a page, is no change of a gateway."""
    done = rehearse(tmp_path, page, GENERATOR)
    assert (done.code, done.branch, done.asked) == (3, "", "")
