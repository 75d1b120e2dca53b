"""Guards against a service with webhooks that polls, pays twice, or forgets over a restart."""

import socket
import time

import httpx
import pytest

from applications.webhooks.serving import asgi, loaded
from imagen4.sandbox import Sandbox

PROMPTS = [f"fox number {number}" for number in range(5)]


@pytest.mark.slow
def test_pictures_are_there_when_the_gateway_calls_at_three_polls(
    sandbox: Sandbox, listener: socket.socket
) -> None:
    """Several at once; each is paid once, and asked for by its callback alone, not a minute on."""
    sandbox.configure(generating=3600)
    with asgi(loaded("service").app, listener), asking(listener) as http:
        began = [http.post("/pictures", json={"prompt": prompt}) for prompt in PROMPTS]
        assert {each.status_code for each in began} == {202}
        ids = [each.json()["id"] for each in began]
        assert http.get(f"/pictures/{ids[-1]}").status_code == 202
        sandbox.clock.advance(3600)
        pictures = [shown(http, task_id) for task_id in ids]
        assert http.get("/pictures/nobodys").status_code == 404
    assert {each.headers["content-type"] for each in pictures} == {"image/png"}
    operations = [each.operation for each in sandbox.requests]
    assert operations.count("createTask") == len(PROMPTS)
    for task_id in ids:
        asked = [each.time for each in sandbox.requests if each.query == f"taskId={task_id}"]
        assert len(asked) <= 3
        task = sandbox.state.task("kie", task_id)
        assert task is not None
        assert task.completed is not None
        assert asked[-1] - task.completed < 30
    assert {each.outcome for each in sandbox.callbacks} == {"HTTP 200"}


@pytest.mark.slow
def test_a_restart_forgets_no_picture(sandbox: Sandbox, listener: socket.socket) -> None:
    """Whoever has the id asks the new process, which takes the task up and is called back."""
    sandbox.configure(generating=3600)
    with asking(listener) as http:
        with asgi(loaded("service").app, listener):
            task_id = http.post("/pictures", json={"prompt": "a red fox"}).json()["id"]
        with asgi(loaded("service").app, listener):
            assert http.get(f"/pictures/{task_id}").status_code == 202
            sandbox.clock.advance(3600)
            assert shown(http, task_id).headers["content-type"] == "image/png"
    assert [each.operation for each in sandbox.requests].count("createTask") == 1


def asking(listener: socket.socket) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60)


def shown(http: httpx.Client, task_id: str) -> httpx.Response:
    """The picture, asked for as a browser would until it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        answer = http.get(f"/pictures/{task_id}")
        if answer.status_code != 202:
            return answer
    raise AssertionError("the picture did not come")
