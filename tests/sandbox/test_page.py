"""The page shows what strangers sent: it must load nothing, run nothing, and tell the truth."""

import re
from importlib.resources import files
from typing import Any

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH
from imagen4.sandbox import Sandbox
from sandbox.conftest import Asker

STATIC = files("imagen4.sandbox") / "static"
NAMES = ["page.html", "page.css", "page.js", "rows.js", "icon.svg"]


def shown(ask: Asker, query: str = "") -> Any:
    return ask.http.get(f"{ask.sandbox.url()}/sandbox/state{query}").json()


@pytest.mark.parametrize("path", ["/", "/sandbox/state", "/sandbox/static/page.js"])
def test_the_browser_is_told_to_load_nothing_from_elsewhere(
    sandbox: Sandbox, http: httpx.Client, path: str
) -> None:
    """By Content-Security-Policy, without exceptions for inline code."""
    answer = http.get(sandbox.url() + path)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_package_points_elsewhere(name: str) -> None:
    """No address but the SVG namespace, no inline handler, no markup made from data."""
    text = (STATIC / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//cdn|@import|url\(", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert not re.search(r"\son\w+=|style=", text)


@pytest.mark.parametrize("name", NAMES)
def test_its_files_are_served_from_the_package(
    sandbox: Sandbox, http: httpx.Client, name: str
) -> None:
    """Those and nothing else of the package."""
    answer = http.get(f"{sandbox.url()}/sandbox/static/{name}")
    assert answer.content == (STATIC / name).read_bytes()
    for other in ("../page.py", "..%2Fpage.py", "page.py"):
        assert http.get(f"{sandbox.url()}/sandbox/static/{other}").status_code == 404


def test_the_state_shows_tasks_requests_and_callbacks(ask: Asker) -> None:
    """The newest first."""
    older = ask.create("a calm sea")
    newer = ask.create("a storm", callback="http://10.0.0.1/hook")
    ask.sandbox.clock.advance(10)
    ask.sandbox.deliver_callbacks()
    state = ask.http.get(f"{ask.sandbox.url()}/sandbox/state").json()
    assert [task["id"] for task in state["tasks"]] == [newer, older]
    assert [task["state"] for task in state["tasks"]] == ["success"] * 2
    assert [entry["operation"] for entry in state["requests"]] == ["createTask"] * 2
    assert "a calm sea" in state["requests"][1]["body"]
    assert state["callbacks"][0]["outcome"].startswith("not sent")
    assert state["profile"] == "observed"
    keys = {gateway["name"]: gateway["webhook_key"] for gateway in state["gateways"]}
    assert keys == {"kie": "sandbox-webhook-key", "apikley": None}
    assert [gateway["credits"] for gateway in state["gateways"]].count(99_984.0) == 1


def test_requests_and_callbacks_say_what_they_are_about(ask: Asker) -> None:
    """Task and prompt: of a create also where its answer never came or no task was made."""
    ask.sandbox.fault("cut-body", operation="createTask")
    with pytest.raises(httpx.RemoteProtocolError):
        ask.create("a calm sea")
    (task,) = shown(ask)["tasks"]
    ask.sandbox.fault("code-402", operation="createTask")
    ask.send("POST", CREATE_PATH, json={"model": "google/imagen4", "input": {"prompt": "a storm"}})
    ask.send("POST", CREATE_PATH, json={"input": ["a storm"]})
    ask.state(task["id"])
    ask.http.get(f"{ask.sandbox.url()}/files/{ask.gateway}/{task['id']}/0.png")
    ask.send("GET", CREDITS_PATH)
    told = [(entry["task"], entry["prompt"]) for entry in shown(ask)["requests"][::-1]]
    about = (task["id"], "a calm sea")
    assert told == [about, ("", "a storm"), ("", ""), about, about, ("", "")]


def test_polls_that_went_well_can_be_left_out(ask: Asker) -> None:
    """However many they are, what they would push out of the newest is seen; they are counted."""
    task_id = ask.create()
    ask.sandbox.configure(limits=False)
    for _ in range(50):
        ask.state(task_id)
    assert ask.state("unknown") != "waiting"
    assert {entry["operation"] for entry in shown(ask)["requests"][1:]} == {"recordInfo"}
    hidden = shown(ask, "?hide=polls")
    assert [entry["operation"] for entry in hidden["requests"]] == ["recordInfo", "createTask"]
    assert hidden["polls"] == 50


def test_looking_at_pictures_is_no_request(ask: Asker) -> None:
    """Nor does it meet faults of downloads or expire with the result URL."""
    ask.create()
    ask.sandbox.clock.advance(100_000)
    ask.sandbox.fault("gone")
    state = ask.http.get(f"{ask.sandbox.url()}/sandbox/state").json()
    (path,) = state["tasks"][0]["pictures"]
    assert ask.http.get(ask.sandbox.url() + path).content.startswith(b"\x89PNG")
    assert [entry.operation for entry in ask.sandbox.requests] == ["createTask"]


def test_the_state_stays_small(ask: Asker) -> None:
    """However much was asked and said, the page gets the newest, cut to what fits."""
    ask.sandbox.configure(limits=False)
    for _ in range(60):
        ask.create("x" * 5_000)
    answer = ask.http.get(f"{ask.sandbox.url()}/sandbox/state")
    assert len(answer.json()["tasks"]) == 40
    assert len(answer.content) < 500_000
