"""Guards against a forged callback that is believed though the gateway says otherwise."""

import io
import pickle
import textwrap
from pathlib import Path
from typing import Any

import pytest

import imagen4.callbacks
from client.loopback import Loopback, http
from client.pictures import GATEWAY, PNG
from client.play import KINDS, Script, details, envelope, play, settled, succeeded
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


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_confirmed_is_saved_without_asking_again(kind: str, tmp_path: Path) -> None:
    """The task has its pictures with it; one that runs or failed has none."""
    with Loopback(lambda _: http(200, PNG)) as server:
        script = Script(polls=[succeeded("t1", f"{server.url}/1.png"), details("t1", "fail")])

        async def action(client: Any) -> Any:
            good = await settled(client.confirm(callbacks.parse(BODY)))
            bad = await settled(client.confirm(callbacks.parse(BODY)))
            return good, bad, await settled(good.result.save(tmp_path))

        good, bad, paths = play(kind, script, action, base_url=GATEWAY)
    assert (good.succeeded, len(good.result), len(script.requests)) == (True, 1, 2)
    assert [each.read_bytes() for each in paths] == [PNG]
    assert (bad.failed, list(bad.result)) == (True, [])


def test_a_confirmed_task_goes_to_another_process_as_a_plain_one() -> None:
    """The pictures stay with their client, as those of a result do."""
    script = Script(polls=[succeeded("t1")])
    task = play("sync", script, lambda c: c.confirm(callbacks.parse(BODY)))
    sent = pickle.loads(pickle.dumps(task))  # noqa: S301 - our own, of a moment ago
    assert type(sent) is Task
    assert sent.to_dict() == task.to_dict()
    assert repr(task) == "<ConfirmedTask kie t1: success, 1 picture>"


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
