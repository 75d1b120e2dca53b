"""Names for type checkers: the gateways, and the models and ratios of their documents."""

from typing import Literal, TypeAlias

KieModel: TypeAlias = Literal[
    "google/imagen4",
    "flux-2/pro-text-to-image",
    "google/imagen4-fast",
    "google/imagen4-ultra",
    "google/nano-banana",
    "google/nano-banana-edit",
    "gpt-image-2-text-to-image",
    "nano-banana-2",
    "nano-banana-pro",
    "seedream/4.5-text-to-image",
]

ApikleyModel: TypeAlias = Literal[
    "google/imagen4",
]

Gateway: TypeAlias = Literal[
    "kie",
    "apikley",
]

AspectRatio: TypeAlias = Literal[
    "1:1",
    "16:9",
    "9:16",
    "3:4",
    "4:3",
    "3:2",
    "2:3",
    "auto",
    "1:4",
    "1:8",
    "4:1",
    "4:5",
    "5:4",
    "8:1",
    "21:9",
]

Model: TypeAlias = KieModel | ApikleyModel
