"""Guards against pictures that are all alike, or cannot be made again, because a seed was lost."""

import hashlib
import json

import pytest

from client.play import KINDS, PROMPT, Script, Time, bodies, created, details, play, succeeded
from imagen4.core.request import derived_seed


def test_each_task_gets_a_seed_of_its_own() -> None:
    """Four identical pictures help nobody; the first seed is the given one, as it is."""
    seeds = [body["input"]["seed"] for body in bodies("kie", num_images=4, seed=42)]
    digests = [hashlib.sha256(f"42/{index}".encode()).digest() for index in (1, 2, 3)]
    assert seeds == ["42", *(str(int.from_bytes(each[:4]) >> 1) for each in digests)]
    assert seeds == ["42", "388429665", "431513757", "138896379"]
    assert [body["input"]["seed"] for body in bodies("kie", num_images=2, seed="fox")] == [
        "fox",
        derived_seed("fox", 1),
    ]
    assert [body["input"]["seed"] for body in bodies("apikley", num_images=4, seed=42)] == ["42"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_image_carries_the_seed_it_was_made_with(kind: str) -> None:
    """So that one of several pictures can be made again alone."""
    script = Script(
        creates=[created("t0"), created("t1")],
        polls=[lambda request: succeeded(request.url.params["taskId"])],
    )
    result = play(kind, script, lambda c: c.generate(PROMPT, num_images=2, seed=42))
    assert [image.seed for image in result.images] == ["42", derived_seed("42", 1)]


def test_the_seed_of_a_job_taken_up_is_read_back() -> None:
    """The gateway's copy of the request holds it, as JSON inside JSON."""
    param = json.dumps({"input": json.dumps({"prompt": PROMPT, "seed": "42"})})
    done = details(
        "t1", "success", resultJson='{"resultUrls":["https://x.example/1"]}', param=param
    )
    result = play("sync", Script(polls=[done]), lambda c: c.job("t1").wait(), time=Time())
    assert [image.seed for image in result.images] == ["42"]
