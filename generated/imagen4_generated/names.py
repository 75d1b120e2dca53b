"""The names in the gateways' documents, for type checkers: models and ratios, as vendored."""

from typing import Literal, TypeAlias

KieModel: TypeAlias = Literal[
    "google/imagen4",
    "google/nano-banana",
    "nano-banana-2",
]

ApikleyModel: TypeAlias = Literal[
    "google/imagen4",
]

AspectRatio: TypeAlias = Literal[
    "1:1",
    "16:9",
    "9:16",
    "3:4",
    "4:3",
    "1:4",
    "1:8",
    "2:3",
    "3:2",
    "4:1",
    "4:5",
    "5:4",
    "8:1",
    "21:9",
    "auto",
]
