"""What the README lets a reader paste: its blocks, and the commands in its prose and tables."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)( test)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
GENERATED = re.compile(r"<!-- gateways:begin -->.*?<!-- gateways:end -->", re.DOTALL)
PROGRAMS = ("imagen4", "make", "pip", "pytest", "python")


class Block(NamedTuple):
    line: int
    language: str
    is_test: bool
    text: str


BLOCKS = [
    Block(TEXT.count("\n", 0, found.start()) + 1, found[1], bool(found[2]), found[3])
    for found in FENCE.finditer(TEXT)
]
# The table of the gateways' documents is written by a script and holds no commands.
PROSE = GENERATED.sub("", FENCE.sub("", TEXT))
INLINE = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PROSE)]
IN_BLOCKS = [line for block in BLOCKS if block.language == "sh" for line in block.text.splitlines()]


def commands(program: str) -> list[str]:
    """Every command of a program that the README names, in a block or in a sentence, once."""
    lines = [line for line in [*IN_BLOCKS, *INLINE] if line.split()[0] == program]
    return list(dict.fromkeys(lines))


def blocks(language: str, *, tests: bool = False) -> list[Block]:
    return [each for each in BLOCKS if (each.language, each.is_test) == (language, tests)]
