"""Guards against examples of web frameworks that do not work as they stand."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import django
import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from applications.webhooks.serving import asgi, loaded, wsgi
from imagen4.sandbox import Sandbox

Serving = Callable[[socket.socket], AbstractContextManager[None]]


@contextmanager
def fastapi(listener: socket.socket) -> Iterator[None]:
    with asgi(loaded("fastapi_app").app, listener):
        yield


@contextmanager
def flask(listener: socket.socket) -> Iterator[None]:
    module = loaded("flask_app")
    with module.client, wsgi(module.app, listener):
        yield


@contextmanager
def django_by_wsgi(listener: socket.socket) -> Iterator[None]:
    module = loaded("django_urls")
    settings.configure(ROOT_URLCONF=tuple(module.urlpatterns), ALLOWED_HOSTS=["127.0.0.1"])
    django.setup(set_prefix=False)
    with module.client, wsgi(get_wsgi_application(), listener):
        yield


@pytest.mark.slow
@pytest.mark.parametrize("serving", [fastapi, flask, django_by_wsgi])
def test_an_example_shows_the_picture_when_the_gateway_calls(
    sandbox: Sandbox, listener: socket.socket, serving: Serving
) -> None:
    """One poll, without waiting a minute for it; the callback is signed and answered 200."""
    with serving(listener), httpx.Client(base_url=address(listener), timeout=60) as http:
        answer = http.post("/paint", params={"prompt": "a red fox"})
        late = sandbox.clock.now() - max(task.completed or 0 for task in tasks(sandbox))
        forged = http.post("/imagen4/", json={"data": {"taskId": tasks(sandbox)[0].id}})
        asked = http.get("/imagen4/")
    assert answer.status_code == 200
    (link,) = answer.json()
    assert link.startswith(sandbox.url())
    assert late < 30
    assert [each.outcome for each in sandbox.callbacks] == ["HTTP 200"]
    assert [each.operation for each in sandbox.requests] == ["createTask", "recordInfo"]
    assert (forged.status_code, asked.status_code) == (401, 405)


def tasks(sandbox: Sandbox) -> list[Any]:
    return list(sandbox.state.tasks.values())


def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
