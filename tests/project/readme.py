"""What README and the guide let a reader paste: their blocks, and the commands in their prose."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = {path: path.read_text("utf-8") for path in [README, *(ROOT / "wrapper/guide").glob("*.md")]}
FENCE = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
GENERATED = re.compile(r"<!-- (\w+):begin -->.*?<!-- \1:end -->", re.DOTALL)
PROGRAMS = ("imagen4", "make", "pip", "pytest", "python")
DESK = "http://127.0.0.1:8080"
"""Where `imagen4 sandbox` is for a reader."""


class Block(NamedTuple):
    page: Path
    line: int
    language: str
    purpose: str
    """What a second word after the fence says: `test` is a test file, `app` an application."""
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


BLOCKS = [
    Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2] or "", found[3])
    for page, text in PAGES.items()
    for found in FENCE.finditer(text)
]
# Tables that a script writes hold no commands.
PROSE = "\n".join(GENERATED.sub("", FENCE.sub("", text)) for text in PAGES.values())
INLINE = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PROSE)]
IN_BLOCKS = [line for block in BLOCKS if block.language == "sh" for line in block.text.splitlines()]


def commands(program: str) -> list[str]:
    """Every command of a program that is named, in a block or in a sentence, once."""
    lines = [line for line in [*IN_BLOCKS, *INLINE] if line.startswith(f"{program} ")]
    return list(dict.fromkeys(lines))


def blocks(language: str, purpose: str = "") -> list[Block]:
    return [each for each in BLOCKS if (each.language, each.purpose) == (language, purpose)]
