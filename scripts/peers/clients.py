"""How each client makes a task and waits for it, as its documentation has it.

What is theirs is left at its default, but for where the server is and how long an exchange may
take. Each is imported only when it is asked for; none has to be there for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "benchmark-key"
PROMPT = "a red fox in the snow"
TIMEOUT = 1.0  # seconds; by default it is up to ten minutes, and one has none


@dataclass(frozen=True)
class Ways:
    """To make a task, and to wait for what that returned."""

    create: Callable[[], Any]
    wait: Callable[[Any], object]


def with_imagen4(url: str, hurried: bool) -> Ways:
    imagen4 = import_module("imagen4")
    gateway = import_module("imagen4.facts").DEFAULT_GATEWAY
    polling = imagen4.Polling.immediate(60) if hurried else None
    # The pace of creates is kept for each key.
    client = imagen4.Client(
        gateway, api_key=KEY + url, base_url=url, timeout=TIMEOUT, polling=polling
    )
    return Ways(lambda: client.submit(PROMPT), lambda job: job.wait())


def with_fal_client(url: str, hurried: bool) -> Ways:
    fal: Any = import_module("fal_client.client")
    fal.QUEUE_URL_FORMAT = ""  # else https:// and a host; the application is put behind it
    client = fal.SyncClient(key=KEY, default_timeout=TIMEOUT)
    pause = {"interval": 0} if hurried else {}
    return Ways(
        lambda: client.submit(f"{url}/owner/model", {"prompt": PROMPT}),
        lambda handle: handle.get(**pause),
    )


def with_replicate(url: str, hurried: bool) -> Ways:
    client = import_module("replicate").Client(api_token=KEY, base_url=url)
    if hurried:
        client.poll_interval = 0
    return Ways(
        # Asked to wait, it gives up half a second later; not asked, it never does.
        lambda: client.predictions.create(version="version", input={"prompt": PROMPT}, wait=1),
        lambda prediction: prediction.wait(),
    )


def with_openai(url: str, hurried: bool) -> Ways:
    client = import_module("openai").OpenAI(api_key=KEY, base_url=url, timeout=TIMEOUT)
    pause = {"poll_interval_ms": 0} if hurried else {}
    return Ways(
        lambda: client.videos.create(model="sora-2", prompt=PROMPT),
        lambda video: client.videos.poll(video.id, **pause),
    )


def with_google_genai(url: str, _: bool) -> Ways:
    """It has no waiting of its own: hurried or not, the loop is ours."""
    options = {"base_url": url, "timeout": int(1000 * TIMEOUT)}
    genai = import_module("google.genai")
    client = genai.Client(vertexai=True, api_key=KEY, http_options=options)

    def wait(operation: Any) -> None:
        while not operation.done:
            operation = client.operations.get(operation)

    source = {"prompt": PROMPT}
    return Ways(lambda: client.models.generate_videos(model="veo", source=source), wait)


CLIENTS: dict[str, Callable[[str, bool], Ways]] = {
    "imagen4": with_imagen4,
    "fal-client": with_fal_client,
    "replicate": with_replicate,
    "openai": with_openai,
    "google-genai": with_google_genai,
}
IMPORTS = {
    "imagen4": "from imagen4 import Client",  # the package alone imports nothing yet
    "fal-client": "import fal_client",
    "replicate": "import replicate",
    "openai": "import openai",
    "google-genai": "from google import genai",
}
WITHOUT_WAITING = {"google-genai"}
