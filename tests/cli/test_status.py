"""`imagen4 status`: what it prints, and how often."""

import json
from collections.abc import Callable
from pathlib import Path

from imagen4.sandbox import Sandbox


def test_a_link_is_printed_once(sandbox: Sandbox, imagen4: Callable, tmp_path: Path) -> None:
    """Also when another id is unknown and the command ends with an error."""
    at = ("--gateway", "kie", "--base-url", sandbox.url("kie"))
    made = json.loads(imagen4("generate", "a fox", *at, "--output", str(tmp_path), "--json").out)
    (image,) = made["images"]
    status = imagen4("status", "unknown", image["task_id"], *at)
    assert status.out.count(image["url"]) == 1
