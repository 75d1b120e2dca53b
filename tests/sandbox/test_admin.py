"""A server on the user's machine can be reached by every web page the user opens."""

from typing import Any

import httpx
import pytest

from imagen4.facts.protocol import CREDITS_PATH
from imagen4.sandbox import Sandbox
from sandbox.conftest import Asker

PRIVATE = ["/", "/sandbox/state", "/sandbox/faults"]


def post(sandbox: Sandbox, http: httpx.Client, path: str, content: Any) -> httpx.Response:
    return http.post(sandbox.url() + path, json=content)


def test_faults_are_armed_listed_and_cleared(kie: Asker) -> None:
    """Over HTTP as from Python."""
    url = f"{kie.sandbox.url()}/sandbox/faults"
    armed = kie.http.post(url, json={"name": "code-455", "gateway": "kie", "times": 2}).json()
    assert (armed["name"], armed["times"], armed["struck"]) == ("code-455", 2, 0)
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 455
    listed = kie.http.get(url).json()
    assert [(one["name"], one["struck"]) for one in listed["armed"]] == [("code-455", 1)]
    assert {"name", "strikes", "operations", "says", "parameters"} == set(listed["faults"][0])
    kie.http.request("DELETE", url, json={})
    assert kie.http.get(url).json()["armed"] == []
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 200


def test_the_clock_is_stepped_and_the_world_reset(kie: Asker) -> None:
    """As the page's buttons do."""
    task_id = kie.create()
    now = kie.sandbox.clock.now()
    stepped = post(kie.sandbox, kie.http, "/sandbox/clock", {"seconds": 10}).json()["now"]
    assert stepped == pytest.approx(now + 10)
    assert kie.state(task_id) == "success"
    post(kie.sandbox, kie.http, "/sandbox/reset", {})
    assert kie.state(task_id) == "422"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/sandbox/faults", {"name": "earthquake"}),
        ("/sandbox/faults", {}),
        ("/sandbox/faults", {"name": "reset", "self": 1}),
        ("/sandbox/faults", {"name": "reset", "times": "2"}),
        ("/sandbox/faults", {"name": 7}),
        ("/sandbox/faults", ["reset"]),
        ("/sandbox/clock", {}),
        ("/sandbox/clock", {"seconds": -1}),
        ("/sandbox/clock", {"seconds": True}),
        ("/sandbox/clock", {"seconds": "10"}),
        ("/sandbox/clock", {"seconds": 1e300}),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    sandbox: Sandbox, http: httpx.Client, path: str, content: Any
) -> None:
    """HTTP 422 with the reason."""
    answer = post(sandbox, http, path, content)
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]
    assert sandbox.state.faults.armed() == []


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8080"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "localhost@evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_cannot_read(
    sandbox: Sandbox, http: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    """Neither across origins nor by a name rebound to this machine."""
    answer = http.get(sandbox.url() + path, headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json", "origin": "https://evil.example"},
        {"content-type": "application/json", "host": "evil.example"},
        {
            "content-type": "application/json",
            "host": "evil.example",
            "origin": "http://evil.example",
        },
    ],
)
def test_other_sites_cannot_write(kie: Asker, headers: dict[str, str]) -> None:
    """Nor may a write come in any form that a page can send without asking first."""
    task_id = kie.create()
    url = f"{kie.sandbox.url()}/sandbox/reset"
    assert kie.http.post(url, content=b"{}", headers=headers).status_code == 403
    assert kie.state(task_id) == "waiting"


def test_other_sites_cannot_use_the_gateways(kie: Asker) -> None:
    """The key is no secret, so a browser's word for where a request comes from must do."""
    refused = kie.send("GET", CREDITS_PATH, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    own = kie.sandbox.url()
    assert kie.send("GET", CREDITS_PATH, headers={"origin": own}).status_code == 200


def test_the_page_itself_may_read_and_write(sandbox: Sandbox, http: httpx.Client) -> None:
    """Same origin, under an address or as localhost."""
    host = sandbox.url().removeprefix("http://")
    for name in (host, host.replace("127.0.0.1", "localhost"), "[::1]:80", "192.168.1.20:8080"):
        headers = {"host": name, "origin": f"http://{name}", "sec-fetch-site": "same-origin"}
        answer = http.post(f"{sandbox.url()}/sandbox/clock", json={"seconds": 0}, headers=headers)
        assert answer.status_code == 200, name


def test_a_host_name_can_be_allowed(http: httpx.Client) -> None:
    """For a sandbox that other machines look at by name."""
    with Sandbox(page_hosts=["desk.test"]) as named:
        for host, status in (("desk.test:80", 200), ("other.test", 403)):
            assert http.get(named.url(), headers={"host": host}).status_code == status
