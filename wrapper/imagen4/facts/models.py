"""The models of a gateway: one page each, vendored, and what is known beyond the pages.

A further model is a page (scripts/vendor.py) and nothing here. `package` is a generated
package, `imagen4_generated.kie`, whose code is not imported for this.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from .gateways import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The fields in which models count pictures, as the pages name them (doc: 7, 2 and 2 of 109).
COUNT_FIELDS = ("num_images", "max_images", "n")
# Which fields other models have in place of one of ours (doc: image_size in 13 of 109).
INSTEAD: Mapping[str, tuple[str, ...]] = {"aspect_ratio": ("image_size",)}

# What a gateway says, in any case of letters, of a model that it no longer has or never had.
# claim: code 422, "The model name you specified is not supported. Please verify ...".
NOT_SUPPORTED = ("model name you specified is not supported", "model is not supported")


class ModelEntry(NamedTuple):
    """One vendored model. ``captured``: the day its page was captured, as YYYY-MM-DD."""

    name: str
    slug: str
    captured: str
    page: str
    summary: str


class Withdrawal(NamedTuple):
    """A model that its maker withdrew: on which day, who says so, and what succeeds it."""

    date: str
    source: str
    successors: tuple[str, ...]


# Google named gemini-3.1-flash-image ("Nano Banana 2") as the successor, and before that
# gemini-2.5-flash-image ("Nano Banana"). claim: on 2026-09-02 kie still accepted the fast and the
# ultra name; what is delivered under them, nobody has shown.
_IMAGEN_4 = Withdrawal(
    "2026-08-17",
    "Google: Vertex AI on 2026-06-30, Gemini API on 2026-08-17 (genkit-ai/genkit#6176)",
    ("nano-banana-2", "google/nano-banana"),
)
WITHDRAWN: Mapping[str, Withdrawal] = MappingProxyType(
    dict.fromkeys((DEFAULT_MODEL, "google/imagen4-fast", "google/imagen4-ultra"), _IMAGEN_4)
)


@cache
def catalogue(package: str) -> Mapping[str, ModelEntry]:
    """The vendored models by name, the default one first."""
    entries = [ModelEntry(**entry) for entry in _read(package, "catalogue.json")]
    return MappingProxyType({entry.name: entry for entry in entries})


@cache
def input_schema(package: str, model: str) -> Mapping[str, Any]:
    """A model's schema of `input`, as OpenAPI 3.0 writes it. KeyError: not in the catalogue."""
    found: dict[str, Any] = _read(package, f"inputs/{catalogue(package)[model].slug}.json")
    return MappingProxyType(found["input"])


def says_model_is_gone(message: str) -> bool:
    """Whether a refusal's words are those for a model that the gateway does not have."""
    return any(words in message.lower() for words in NOT_SUPPORTED)


def slug_of(model: str) -> str:
    """A model's name as a name of a file."""
    return model.replace("/", "--")


def default_first(models: Iterable[str]) -> list[str]:
    """The default model first, then by name."""
    return sorted(models, key=lambda name: (name != DEFAULT_MODEL, name))


def _read(package: str, file: str) -> Any:
    parent, _, name = package.rpartition(".")
    return json.loads((files(parent) / name / file).read_bytes())
