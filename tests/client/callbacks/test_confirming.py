"""Guards against a forged callback that is believed though the gateway says otherwise."""

import io
import textwrap
from typing import Any

import pytest

import imagen4.callbacks
from client.play import KINDS, Script, details, envelope, play
from client.signed_callbacks import BODY, NOW, WEBHOOK_KEY, signed
from imagen4 import Task, TaskNotFound, callbacks


@pytest.mark.parametrize("kind", KINDS)
def test_confirm_reads_the_task_again(kind: str) -> None:
    """So it is the gateway's word that counts, not the callback's."""
    claimed = callbacks.parse(BODY)
    script = Script(polls=[details("t1", "generating")])
    task = play(kind, script, lambda c: c.confirm(claimed))
    assert (task.task_id, task.state, task.urls) == ("t1", "generating", ())
    assert script.requests[0].url.params["taskId"] == "t1"
    with pytest.raises(TaskNotFound):
        play(kind, Script(polls=[envelope(422)]), lambda c: c.confirm(claimed))


class Confirming:
    """Stands in for Client in the docstring's example."""

    def __init__(self, gateway: str) -> None:
        assert gateway == "kie"

    def confirm(self, task: Task) -> Task:
        return task


@pytest.mark.parametrize(
    ("timestamp", "status"), [(NOW, "200 OK"), (NOW - 999, "401 Unauthorized")]
)
def test_the_example_of_the_docstring_runs(
    timestamp: int, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A WSGI application that verifies, confirms and answers, in the words of the docstring."""
    doc = imagen4.callbacks.__doc__ or ""
    block = textwrap.dedent(doc[doc.index("    from imagen4") : doc.index("Callbacks may come")])
    assert len([line for line in block.splitlines() if line.startswith("    ")]) <= 10
    monkeypatch.setattr(imagen4, "Client", Confirming)
    monkeypatch.setitem(callbacks.verify.__kwdefaults__, "now", lambda: NOW)
    handled: list[Task] = []
    space: dict[str, Any] = {"WEBHOOK_KEY": WEBHOOK_KEY, "handle": handled.append}
    exec(block, space)  # noqa: S102 - our own docstring
    headers = signed(timestamp=timestamp)
    environ: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
    }
    environ |= {"CONTENT_LENGTH": str(len(BODY)), "wsgi.input": io.BytesIO(BODY.encode())}
    answers: list[tuple[str, list[Any]]] = []
    assert space["app"](environ, lambda *answer: answers.append(answer)) == []
    assert answers == [(status, [])]
    assert [task.task_id for task in handled] == (["t1"] if timestamp == NOW else [])
