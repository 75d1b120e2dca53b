"""Guards against a further gateway that needs more than a document and 30 lines of adapter.

Its document is kie's with a server, a field, a type and a ratio of its own; its package is
made by the project's own regeneration.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import client.play
import regenerate
from client.loopback import Loopback, http
from client.pictures import PNG
from client.play import KINDS, PROMPT, Script, created, envelope, play, succeeded
from imagen4 import Adapter, DownloadError, InvalidRequest

yaml = YAML(typ="safe", pure=True)


def test_the_adapter_is_about_30_lines() -> None:
    """If adding a gateway needed more, logic would have leaked out of the core."""
    lines = (Path(__file__).parents[1] / "prism_adapter.py").read_text().splitlines()
    assert len(lines) <= 30
    assert not [line for line in lines if line.lstrip().startswith(("def ", "class ", "if "))]


def invented(document: dict[str, Any]) -> dict[str, Any]:
    """What the invented gateway's page would say."""
    document["servers"] = [{"url": "https://api.prism.example"}]
    post = document["paths"]["/api/v1/jobs/createTask"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    fields = schema["properties"]["input"]["properties"]
    fields["num_images"] = {"type": "integer", "enum": [1, 2], "default": 1}
    fields["seed"] = {"type": "integer"}
    fields["aspect_ratio"] = {"type": "string", "enum": ["auto", "1:1"], "default": "auto"}
    fields["prompt"]["maxLength"] = 40
    del fields["negative_prompt"]
    return document


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    """Spec, overlay and generated package in a folder of their own; the adapter beside this."""
    folder = tmp_path_factory.mktemp("prism")
    specs = folder / "specs"
    for name in ("overlays", "shared"):
        shutil.copytree(regenerate.SPECS / name, specs / name)
    overlay = {"overlay": "1.0.0", "info": {"title": "Beyond prism's page", "version": "1.0.0"}}
    about = {"target": "$.info", "description": "a name", "x-evidence": "doc: none"}
    update = {"update": {"title": "Prism API"}}
    document = invented(yaml.load(regenerate.SPECS / "kie.yaml"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regenerate, "SPECS", specs)
        patch.setattr(regenerate, "GATEWAYS", ("prism",))
        patch.setattr(regenerate, "PACKAGE", "prism_generated")
        patch.setattr(regenerate, "LAYERS", {"effective": regenerate.LAYERS["effective"]})
        patch.setattr(sys, "path", [str(folder / "generated"), *sys.path])
        yaml.dump(document, specs / "prism.yaml")
        yaml.dump(overlay | {"actions": [about | update]}, specs / "overlays" / "prism.yaml")
        (folder / "generated").mkdir()
        regenerate.build(folder / "generated")
        from client import prism_adapter

        yield prism_adapter.ADAPTER
    for name in [name for name in sys.modules if name.startswith("prism_generated")]:
        del sys.modules[name]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_come_end_to_end(kind: str, adapter: Adapter, tmp_path: Path) -> None:
    """From the arguments to the saved file, by the fields and types of its own document."""
    with Loopback(lambda _: http(200, PNG)) as server:
        script = Script(
            creates=[created("p1")],
            polls=[succeeded("p1", f"{server.url}/1", f"{server.url}/2")],
        )

        def sync(client: Any) -> Any:
            result = client.generate(PROMPT, num_images=2, seed="7", aspect_ratio="auto")
            return result.save(tmp_path)

        async def by_await(client: Any) -> Any:
            result = await client.generate(PROMPT, num_images=2, seed=7, aspect_ratio="auto")
            return await result.save(tmp_path)

        action = sync if kind == "sync" else by_await
        paths = play(kind, script, action, gateway=adapter, allow_http=True)
    assert [path.name for path in paths] == ["p1-1.png", "p1-2.png"]
    assert script.bodies == [
        {
            "model": "google/imagen4",
            "input": {"prompt": PROMPT, "aspect_ratio": "auto", "num_images": 2, "seed": 7},
        }
    ]
    assert {request.url.host for request in script.requests} == {"api.prism.example"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"negative_prompt": "x"}, "google/imagen4 on prism has no negative_prompt"),
        (
            {"aspect_ratio": "16:9"},
            "aspect_ratio must be one of auto, 1:1 for google/imagen4 on prism",
        ),
        ({"num_images": 3}, "num_images must be one of 1, 2 for google/imagen4 on prism"),
        ({"prompt": "x" * 41}, "prompt has 41 characters, google/imagen4 on prism allows 40"),
        ({"seed": "fox"}, "seed must be a whole number"),
    ],
)
def test_its_limits_are_those_of_its_document(
    adapter: Adapter, fields: dict[str, Any], message: str
) -> None:
    """Said before anything is sent."""
    with pytest.raises(InvalidRequest) as caught:
        play("sync", Script(), lambda c: c.generate(**{"prompt": PROMPT} | fields), gateway=adapter)
    assert (caught.value.message, caught.value.gateway) == (message, "prism")


def test_its_key_and_its_pace_are_its_own(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key from its variable, five creates in a second."""
    monkeypatch.setenv("PRISM_API_KEY", "prism-key-1234")
    script = Script(others=[envelope(200, 1)], creates=[created(f"p{n}") for n in range(6)])
    time = client.play.Time()

    def action(it: Any) -> None:
        it.credits()
        for _ in range(6):
            it.submit(PROMPT)

    play("sync", script, action, gateway=adapter, api_key=None, time=time)
    assert script.requests[0].headers["authorization"] == "Bearer prism-key-1234"
    assert time.sleeps == [1.1]


def test_without_fresh_links_an_expired_one_is_the_end(adapter: Adapter, tmp_path: Path) -> None:
    """The capability is the adapter's, which has no such operation."""
    with Loopback(lambda _: http(410)) as server:
        script = Script(polls=[succeeded("p1", f"{server.url}/1")])
        with pytest.raises(DownloadError) as caught:
            play(
                "sync",
                script,
                lambda c: c.job("p1").wait().save(tmp_path),
                gateway=adapter,
                allow_http=True,
            )
    assert caught.value.expired
    assert len(script.requests) == 1
