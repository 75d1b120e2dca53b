"""Where a report goes: terminal, files in several forms, GitHub; and the baseline it goes by."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .baseline import Baseline, read_baseline
from .server import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .history import Sighting
    from .reports import Report
    from .run import RunOptions, RunOutcome

FORMS = {
    "junit": "JUnit XML",
    "json": "JSON",
    "markdown": "Markdown",
    "sarif": "SARIF 2.1.0",
    "har": "HAR 1.2: the exchanges behind what was found",
}
SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file of a step's summary, which is Markdown; what is written there is added."""


def form_options(function: Callable[..., None]) -> Callable[..., None]:
    """An option with a file for each form."""
    for name, form in reversed(FORMS.items()):
        kind = click.Path(path_type=Path)
        function = click.option(f"--{name}", type=kind, help=f"Write the report as {form}.")(
            function
        )
    return function


@dataclass(frozen=True)
class Outputs:
    """What is told to whom; `files` by the form."""

    files: Mapping[str, Path]
    github: bool = False
    baseline: Path | None = None
    update: bool = False
    history: Path | None = None

    def must_be_writable(self) -> None:
        """A report that cannot be written is told before anything is sent, and perhaps paid for."""
        paths = [*self.files.values(), *self._summary]
        paths += filter(None, [self.baseline if self.update else None, self.history])
        for path in paths:
            try:
                with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:60]}-"):
                    writable = not path.is_dir()
            except OSError:
                writable = False
            if not writable:
                raise CouldNotRunError(f"{path} cannot be written")

    def accepted_by(self, options: RunOptions) -> Baseline | None:
        """What the file of the baseline says for this run."""
        if self.baseline is None:
            return None
        server, today = options.server, datetime.now(UTC).date()
        empty = Baseline(server.gateway, server.model, options.phase, today)
        return read_baseline(self.baseline, empty, new=self.update)

    def tell(
        self,
        outcome: RunOutcome,
        baseline: Baseline | None,
        in_words: Callable[[Report], str] | None = None,
    ) -> Report:
        """Print the text, write the files; the report that they tell.

        OSError when one of those cannot be written: what was seen, and perhaps paid for, is told.
        """
        from .reports import make_report, render_annotations, render_text

        made = make_report(outcome, baseline)
        if self.baseline and baseline and self.update and made.exit_code != 2:
            found = [each.identity for each in (*made.broken, *made.accepted)]
            baseline = baseline.updated(found, {each.check for each in outcome.skipped})
            write_whole(self.baseline, baseline.as_toml())
            made = make_report(outcome, baseline)
        if self.github:
            click.echo(render_annotations(made), nl=False)
        click.echo((in_words or render_text)(made))
        self._write(made)
        return made

    def _write(self, made: Report) -> None:
        from .reports import RENDERERS

        for name, path in self.files.items():
            write_whole(path, RENDERERS[name](made))
        for path in self._summary:
            with path.open("a", encoding="utf-8") as file:
                file.write(RENDERERS["markdown"](made))

    def tell_refusal(self, reason: str, outcome: RunOutcome | None = None) -> None:
        """That the run came to no verdict, and why; in files, too, if anything was sent."""
        from .reports import annotate_refusal, make_report

        if outcome is not None:
            self._write(make_report(outcome))
        if self.github:
            click.echo(annotate_refusal(reason))
        click.echo(f"could not run: {reason}")

    def remember(self, sighting: Sighting) -> None:
        """A line more for the canaries' history, where there is one."""
        if self.history is not None:
            old = self.history.read_text(encoding="utf-8") if self.history.exists() else ""
            write_whole(self.history, old + sighting.as_line())

    @property
    def _summary(self) -> list[Path]:
        return [Path(os.environ[SUMMARY])] if self.github and os.environ.get(SUMMARY) else []


def write_whole(path: Path, content: str) -> None:
    """Write a whole file or none; OSError when it cannot be written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
