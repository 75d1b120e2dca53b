"""How the pictures of a batch are called."""

import re
import sys
from collections.abc import Sequence
from string import Formatter

import click

from .batch_file import Line

FIELDS = ("tag", "index", "line")
END = ".{ext}"
LONGEST = 220  # bytes: disks take 255, and a name that is not complete yet has 23 more


class FileNames:
    """Names by a template such as `{tag}-{index}.{ext}`, without the suffix, which content decides.

    Raises UsageError for a template that says something else, or gives one name twice.
    """

    def __init__(self, template: str, lines: Sequence[Line]) -> None:
        try:
            fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        except ValueError:
            fields = {"{"}
        if (
            not template.endswith(END)
            or fields - {*FIELDS, "ext"}
            or "{ext}" in template[: -len(END)]
        ):
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise click.BadParameter(
                f"Must end with {END}, and may have {known}", param_hint="--name"
            )
        self._template = template.removesuffix(END)
        self._numbers = {line.tag: line.number for line in lines}
        seen: dict[str, int] = {}
        for line in lines:
            for index in range(1, line.pictures + 1):
                name = self.name(line.tag, index).lower()  # some disks tell no case apart
                if name in seen:
                    raise click.BadParameter(
                        f"Lines {seen[name]} and {line.number} would both have {name}{END}",
                        param_hint="--name",
                    )
                seen[name] = line.number

    def name(self, tag: str, index: int) -> str:
        """A plain name: whatever a tag holds, it leads into no other folder."""
        filled = self._template.format(tag=tag, index=index, line=self._numbers.get(tag, 0))
        plain = re.sub(r"[^\w.-]", "_", filled)
        return _as_the_disk_can(plain.lstrip(".")[:120]) or "picture"


def _as_the_disk_can(name: str) -> str:
    """Without what its encoding does not have, and not longer: it is paid for when it is saved."""
    encoding = sys.getfilesystemencoding()
    encoded = name.encode(encoding, "replace").replace(b"?", b"_")
    return encoded[:LONGEST].decode(encoding, "ignore")
