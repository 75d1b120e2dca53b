"""Models that a gateway no longer has are named, with what succeeds them."""

import json
from typing import Any

import pytest

from client.play import KINDS, PROMPT, Script, details, envelope, play
from imagen4 import ModelUnavailable, TaskFailed

GONE = "The model name you specified is not supported. Please verify it"


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawn_model_names_its_successors(kind: str) -> None:
    """What its maker said, and nothing was paid."""
    script = Script(creates=[envelope(422, None, GONE)])
    with pytest.raises(ModelUnavailable) as caught:
        play(kind, script, lambda c: c.generate(PROMPT))
    assert caught.value.model == "google/imagen4"
    assert "nano-banana-2" in caught.value.successors
    assert caught.value.accepted == "no"
    assert GONE in caught.value.message
    assert "withdrew it on 2026-08-17; successor: nano-banana-2" in caught.value.message


def test_a_model_that_is_gone_without_a_known_end_is_said_so_alone() -> None:
    """Nothing is invented."""
    script = Script(creates=[envelope(422, None, GONE)])
    with pytest.raises(ModelUnavailable) as caught:
        play("sync", script, lambda c: c.generate(PROMPT, model="nano-banana-pro"))
    assert caught.value.successors == ()
    assert caught.value.message == f"nano-banana-pro is not available: {GONE}"


@pytest.mark.parametrize("field", ["image_input", "prompt"])
def test_every_text_of_the_caller_is_hidden(field: str, caplog: pytest.LogCaptureFixture) -> None:
    """Addresses of pictures as much as prompts."""
    secret = "https://files.example/private-7.png"
    given: dict[str, Any] = {"prompt": PROMPT, "model": "nano-banana-2"}
    given[field] = [secret] if field == "image_input" else secret
    script = Script(creates=[envelope(422, None, f"cannot read {secret}")])
    with pytest.raises(Exception, match="cannot read") as caught:
        play("sync", script, lambda c: c.generate(**given))
    assert secret not in f"{caught.value}{caught.value.__dict__}{caplog.text}"


def test_texts_of_a_task_from_elsewhere_are_hidden() -> None:
    """The record repeats the whole request; a task taken up by its id has no other source."""
    secret = "https://files.example/private-7.png"
    fields = json.dumps({"image_input": [secret], "output_format": "jpg"})
    param = json.dumps({"model": "nano-banana-2", "input": fields})
    failed = details("t1", "fail", param=param, failCode="400", failMsg=f"jpg: no {secret}")
    with pytest.raises(TaskFailed) as caught:
        play("sync", Script(polls=[failed]), lambda c: c.job("t1").wait())
    assert secret not in f"{caught.value}{caught.value.__dict__}"
    assert caught.value.fail_message == "jpg: no [hidden]"
