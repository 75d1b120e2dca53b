"""What GitHub runs is pinned, has no more rights than it needs, and publishes only releases."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github"
FORMS = sorted(path for path in FOLDER.glob("ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")
WORKFLOWS = sorted(FOLDER.glob("workflows/*.yml"))
USES = re.compile(r"uses: *(?P<action>\S+)@(?P<commit>\S+) *(?P<comment>.*)")
# The first major version of each that runs on Node 24.
NODE_24 = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
    "actions/download-artifact": 7,
}


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(path)
    return content


def name_of(path: Path) -> str:
    return path.name


@pytest.fixture(scope="module")
def publish() -> dict[str, Any]:
    return loaded(FOLDER / "workflows" / "publish.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_a_workflow_gives_no_rights_by_default(path: Path) -> None:
    """Each job says for itself what it may do, and for how long."""
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    assert all({"permissions", "timeout-minutes"} <= set(job) for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """A tag can be moved by whoever takes an action over. The comment names the release."""
    used = list(USES.finditer(path.read_text(encoding="utf-8")))
    assert used
    for use in used:
        assert re.fullmatch("[0-9a-f]{40}", use["commit"]), use[0]
        version = re.fullmatch(r"# v(\d+)\.\d+\.\d+", use["comment"])
        assert version, use[0]
        assert int(version[1]) >= NODE_24.get(use["action"], 0), use[0]


def test_an_action_is_the_same_everywhere() -> None:
    """One commit and one comment for each: an update that forgets a file is found."""
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS]
    pins = {(use["action"], use["commit"], use["comment"])
            for text in texts for use in USES.finditer(text)}  # fmt: skip
    assert len(pins) == len({action for action, *_ in pins})


def test_ci_runs_on_each_python_that_is_promised() -> None:
    """The classifiers are the promise."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    matrix = loaded(FOLDER / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == promised


def test_only_the_publishing_job_may_identify_itself(publish: dict[str, Any]) -> None:
    """It has a guarded environment, and runs nothing of the project: no script, no checkout."""
    assert publish["on"] == {"push": {"tags": ["v*"]}}
    rights = {name: job["permissions"] for name, job in publish["jobs"].items()}
    assert rights == {"build": {"contents": "read"}, "publish": {"id-token": "write"}}
    job = publish["jobs"]["publish"]
    assert (job["needs"], job["environment"]) == ("build", "release")
    actions = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert actions == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert job["steps"][-1]["with"] == {"attestations": True}


CHANGELOG = "# Changelog\n\n## 1.2.3 (2027-01-31)\n"
ADDRESS = 'Repository = "https://github.com/some/where"\n'


@pytest.mark.parametrize(
    ("tag", "changelog", "settings", "accepted"),
    [
        ("v1.2.3", CHANGELOG, ADDRESS, True),
        ("v1.2.4", CHANGELOG.replace("1.2.3", "1.2.4"), ADDRESS, False),
        ("v1.2.3", CHANGELOG.replace("2027-01-31", "unreleased"), ADDRESS, False),
        ("v1.2.3", CHANGELOG.replace("1.2.3", "1.2.2"), ADDRESS, False),
        ("v1.2.3", CHANGELOG, ADDRESS.replace("some", "another"), False),
        ("v1.2.3", CHANGELOG, "", False),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(
    publish: dict[str, Any], tmp_path: Path, tag: str, changelog: str, settings: str, accepted: bool
) -> None:
    """Another version, a changelog without a day, or the address of another repository."""
    (step,) = [step for step in publish["jobs"]["build"]["steps"] if "name" in step]
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "imagen4-1.2.3.tar.gz").touch()
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    (tmp_path / "pyproject.toml").write_text(settings)
    environment = {
        "PATH": "/usr/bin:/bin",
        "GITHUB_REF_NAME": tag,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "some/where",
    }
    done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environment)
    assert (done.returncode == 0) == accepted


@pytest.mark.parametrize(("key", "runs"), [("", 0), ("k", 2)])
def test_the_weekly_check_pays_for_one_picture(tmp_path: Path, key: str, runs: int) -> None:
    """The canary's, also where a promise is broken; without a key nothing is asked at all."""
    steps = loaded(FOLDER / "workflows" / "contract.yml")["jobs"]["check"]["steps"]
    (check,) = [step for step in steps if step.get("name") == "Check the gateway"]
    stand_in = tmp_path / ".venv" / "bin" / "imagen4"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text(
        '#!/bin/sh\necho "$*" >> asked\ncase "$*" in *--canary*) ;; *) exit 1; esac\n'
    )
    stand_in.chmod(0o755)
    (tmp_path / "asked").touch()
    environment = {"PATH": "/usr/bin:/bin", "GATEWAY": "kie", "URL": "https://api.kie.ai"}
    environment |= {"KIE_API_KEY": key, "GITHUB_STEP_SUMMARY": "summary"}
    done = subprocess.run(["bash", "-e", "-c", check["run"]], cwd=tmp_path, env=environment)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert (done.returncode, len(asked)) == (int(bool(runs)), runs)
    assert ["--canary" in line for line in asked] == [False, True][:runs]
    assert all(("--max-paid 0" in line) != ("--canary" in line) for line in asked)


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_an_issue_form_can_be_shown(path: Path) -> None:
    """It has what GitHub asks for, and asks each thing once, with a label."""
    form = loaded(path)
    assert form["name"]
    assert form["description"]
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in asked}) == len(asked) > 0
    assert all(field["attributes"]["label"] for field in asked)
