"""New environments with the wheel in them: what users have after `pip install`, and no checkout.

No registry is asked. What the wheel requires is linked, file by file, from the environment of the
tests, and nothing else is: a requirement that the wheel does not name is missing there, too.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
SCRIPT = "#!{python}\nimport sys\nfrom {module} import {attr}\nsys.exit({attr}())\n"


class Installed(NamedTuple):
    """An environment's folder of programs."""

    bin: Path

    @property
    def python(self) -> Path:
        return self.bin / "python"

    def environment(self, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
        """The variables of somebody who works in the folder and has activated the environment."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(folder), **more}

    def run(
        self, line: str, folder: Path, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Type a line there, in a shell."""
        environment = self.environment(folder, more)
        return subprocess.run(
            ["sh", "-ec", line], cwd=folder, env=environment, capture_output=True, text=True
        )

    def pip(self, *arguments: str) -> None:
        """Run the pip of the tests for this environment, which has none; no registry is asked."""
        command = [sys.executable, "-m", "pip", "--python", str(self.python), *arguments]
        offline = os.environ | {"PIP_NO_INDEX": "1", "PIP_QUIET": "2"}
        subprocess.run(command, check=True, env=offline)

    def link(self, *requirements: str) -> None:
        """Give it the distributions, as installed here, and everything that they require."""
        for name in closure(requirements):
            self._link_files(name)

    def _link_files(self, name: str) -> None:
        (site,) = self.bin.parent.glob("lib/python*/site-packages")
        for file in distribution(name).files or ():
            if ".." not in file.parts:
                link = site / file
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.exists():
                    link.symlink_to(str(file.locate()))
        for entry in distribution(name).entry_points.select(group="console_scripts"):
            script = self.bin / entry.name
            values = {"python": self.python, "module": entry.module, "attr": entry.attr}
            script.write_text(SCRIPT.format(**values))
            script.chmod(0o755)


def new_environment(folder: Path) -> Installed:
    """One with nothing in it, not even pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return Installed(folder / "bin")


def closure(requirements: Iterable[str]) -> set[str]:
    """Every distribution that has to be there, extras followed; without imagen4 itself."""
    waiting, done = [Requirement(each) for each in requirements], set[tuple[str, str]]()
    while waiting:
        wanted = waiting.pop()
        for extra in {"", *wanted.extras}:
            if (wanted.name, extra) not in done:
                done.add((wanted.name, extra))
                further = map(Requirement, distribution(wanted.name).requires or ())
                waiting += [
                    each
                    for each in further
                    if each.marker is None or each.marker.evaluate({"extra": extra})
                ]
    return {name for name, _ in done} - {"imagen4"}


def build_wheel(folder: Path) -> Path:
    """The wheel of the checkout, as `make build` makes it."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))
