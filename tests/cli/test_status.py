"""`imagen4 status`: what it prints, and how often."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import respx

from cli.invoking import AT_NOWHERE, at, create
from client.loopback import Loopback, http
from client.play import succeeded
from imagen4.sandbox import Sandbox


def test_a_link_is_printed_once(sandbox: Sandbox, imagen4: Callable, tmp_path: Path) -> None:
    """Also when another id is unknown and the command ends with an error."""
    at = ("--gateway", "kie", "--base-url", sandbox.url("kie"))
    made = json.loads(imagen4("generate", "a fox", *at, "--output", str(tmp_path), "--json").out)
    (image,) = made["images"]
    status = imagen4("status", "unknown", image["task_id"], *at)
    assert status.out.count(image["url"]) == 1


def test_its_json_is_an_object_with_tasks(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Without an error when all could be read."""
    (task_id,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    told = json.loads(imagen4("status", task_id, *at(sandbox, "kie"), "--json").out)
    assert list(told) == ["tasks"]
    assert [(task["task_id"], task["state"]) for task in told["tasks"]] == [(task_id, "success")]


def test_its_json_has_tasks_also_when_none_is_known(
    imagen4: Callable, routes: respx.MockRouter
) -> None:
    """Whoever reads it needs to look in one place only; the error stands beside."""
    answer = {"code": 422, "msg": "recordInfo is null"}
    routes.get("/api/v1/jobs/recordInfo").respond(json=answer)
    told = json.loads(imagen4("status", "t1", *AT_NOWHERE, "--json").out)
    assert (told["tasks"], told["error"]["type"]) == ([], "TaskNotFound")


def test_its_json_has_tasks_also_when_nothing_could_be_asked(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Say, because there is no key."""
    monkeypatch.delenv("KIE_API_KEY", raising=False)
    told = json.loads(imagen4("status", "t1", *AT_NOWHERE, "--json").out)
    assert (told["tasks"], told["error"]["type"]) == ([], "InvalidRequest")


def test_links_that_lead_nowhere_are_told(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not printed, and a success without any other does not look like one to fetch."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    with Loopback(lambda _: http(200, succeeded("t1", "javascript:x").content)) as server:
        where = ("status", "t1", "--gateway", "kie", "--base-url", server.url)
        assert imagen4(*where).out == "t1  success  (1 of its links lead to no picture)\n"
        (task,) = json.loads(imagen4(*where, "--json").out)["tasks"]
    assert (task["urls"], task["unusable_links"]) == ([], 1)
