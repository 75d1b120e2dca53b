"""`imagen4 demo`, when one of the gateways' clients does not come to its end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagen4 import Client, TaskFailed
from imagen4.cli import demo


def failing(gateway: str, problem: BaseException) -> Callable[..., Any]:
    """`Client.generate`, except that one gateway's raises."""
    works = Client.generate

    def generate(client: Client, *args: Any, **kwargs: Any) -> Any:
        if client.gateway == gateway:
            raise problem
        return works(client, *args, **kwargs)

    return generate


@pytest.mark.parametrize(("gateway", "place"), [("kie", 0), ("apikley", 1)])
def test_a_failure_does_not_hide_the_other_gateways_pictures(
    gateway: str, place: int, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are in the one JSON document, whichever of them failed."""
    monkeypatch.setattr(demo, "SPEED", 10_000.0)
    monkeypatch.setattr(Client, "generate", failing(gateway, TaskFailed("too dark")))
    run = imagen4("demo", "--json", "--output", str(tmp_path))
    assert run.code == 1
    made = json.loads(run.out)
    assert made[place]["gateway"] == gateway
    assert made[place]["error"]["type"] == "TaskFailed"
    assert len(made[1 - place]["images"]) == 4
    assert "too dark" in run.err


def test_a_ctrl_c_shows_what_was_made_before(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first gateway's pictures are on the disk, and said to be."""
    monkeypatch.setattr(demo, "SPEED", 10_000.0)
    monkeypatch.setattr(Client, "generate", failing("apikley", KeyboardInterrupt()))
    run = imagen4("demo", "--json", "--output", str(tmp_path))
    assert run.code == 130
    (made,) = json.loads(run.out)
    assert all(Path(image["path"]).is_file() for image in made["images"])
