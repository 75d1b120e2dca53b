"""Guards against a public name that is missing, and an import that loads too much."""

import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

import imagen4
from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import GATEWAYS, succeeded
from imagen4.facts import GATEWAYS as KNOWN
from imagen4.facts.models import catalogue, input_schema
from imagen4_generated import names


def test_every_public_name_is_there() -> None:
    """Loaded when first asked for, and listed."""
    for name in imagen4.__all__:
        assert getattr(imagen4, name) is not None
    assert set(imagen4.__all__) <= set(dir(imagen4))
    assert list(imagen4.__all__) == sorted(imagen4.__all__)
    with pytest.raises(AttributeError, match="module 'imagen4' has no attribute 'Nothing'"):
        _ = imagen4.Nothing  # type: ignore[attr-defined]


def loaded_after(code: str) -> set[str]:
    run = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_costs_nothing() -> None:
    """Neither httpx nor a generated package is loaded before it is needed."""
    loaded = loaded_after("import imagen4")
    assert not loaded & {"httpx", "attrs", "attr", "imagen4_generated", "imagen4.client"}


@pytest.mark.parametrize(("used", "other"), [("kie", "apikley"), ("apikley", "kie")])
def test_a_client_loads_its_own_gateway_only(used: str, other: str) -> None:
    """The other one's package, and anyone else's extras, stay on the disk."""
    loaded = loaded_after(f"import imagen4; imagen4.Client({used!r}, api_key='k')")
    others = {"starlette", "uvicorn", "yaml", "schemathesis", "PIL", "opentelemetry"}
    assert not loaded & {f"imagen4_generated.{other}", *others}


def test_a_sync_client_loads_only_what_every_call_needs() -> None:
    """Not asyncio nor an async twin, and nothing that is for mistakes and pages.

    What httpx has loaded by then is its own matter.
    """
    gone = "sys.modules.update(dict.fromkeys(['asyncio', 'html', 'difflib']))"  # nobody finds them
    client = "import imagen4; imagen4.Client('kie', api_key='k')"
    loaded = loaded_after(f"import httpx, sys; httpx.Client(); {gone}; {client}")
    ours = {name for name in loaded if name.startswith("imagen4.")}
    assert "imagen4.wire.transport" in ours
    assert not {name for name in ours if "async" in name or name.endswith((".aio", ".loops"))}


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_what_serves_a_request_is_loaded_with_the_first_call(kind: str) -> None:
    """A program that makes a client as it starts does not wait for it."""
    loaded = loaded_after(f"import imagen4; imagen4.{kind}('kie', api_key='k')")
    assert "imagen4.core.session" in loaded
    served_by = "calls events event_log result job async_job many_jobs downloads.transfer"
    assert not loaded & {f"imagen4.{name}" for name in served_by.split()}


PAYING = """
import asyncio, inspect, sys, imagen4
def note(event):
    if isinstance(event, imagen4.events.CreateStarting):
        paid.append(set(sys.modules))
async def wait(found):
    return await found if inspect.isawaitable(found) else found
async def main():
    polling, kind = imagen4.Polling.immediate(), getattr(imagen4, sys.argv[2])
    client = kind("kie", api_key="k", base_url=sys.argv[1], polling=polling, on_event=note)
    result = await wait(client.generate("a fox"))
    await wait(result.save(sys.argv[3]))
    await wait(client.close())
paid = []
asyncio.run(main())
print(*sorted(name for name in set(sys.modules) - paid[0] if name.startswith("imagen4")))
"""


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_nothing_of_ours_is_loaded_once_a_create_may_be_paid(kind: str, tmp_path: Path) -> None:
    """A package that is being replaced, or too many open files, then costs no picture.

    Nor where its link has expired, and a fresh one is asked for.
    """

    def reply(received: Received) -> bytes:
        if received.path.endswith(".png"):
            return http(200, PNG) if "fresh" in received.path else http(403, b"")
        if "download" in received.path:
            return http(200, f'{{"code": 200, "data": "{server.url}/fresh.png"}}'.encode())
        return http(200, succeeded("t1", f"{server.url}/old.png").content)

    with Loopback(reply) as server:
        command = [sys.executable, "-c", PAYING, server.url, kind, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
    assert len(list(tmp_path.iterdir())) == 1


def literals(found: Any) -> set[str]:
    """The values of a Literal, or of a union of some."""
    return {each for arg in get_args(found) for each in (literals(arg) or {arg})}


def test_the_literals_are_those_of_the_documents() -> None:
    """Whatever models and ratios the vendored pages have today, and the gateways there are."""
    packages = {name: f"imagen4_generated.{name}" for name in GATEWAYS}
    models = {name: set(catalogue(package)) for name, package in packages.items()}
    fields = [
        input_schema(packages[name], model)["properties"]
        for name, found in models.items()
        for model in found
    ]
    ratios = {ratio for each in fields for ratio in each.get("aspect_ratio", {}).get("enum", ())}
    assert literals(imagen4.AspectRatio) == ratios
    for name, found in models.items():
        assert set(get_args(getattr(names, f"{name.capitalize()}Model"))) == found
    assert literals(imagen4.Model) == set().union(*models.values())
    assert set(get_args(imagen4.Gateway)) == set(KNOWN) == set(GATEWAYS)
