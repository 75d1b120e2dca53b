"""What the command line asks for, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import click

from .outputs import Outputs
from .server import find_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .run import RunOptions


@dataclass(frozen=True)
class Asked:
    """The options by their names; `files` by the forms of reports."""

    gateway: str
    base_url: str | None
    allow_http: bool
    model: str
    api_key: str | None
    foreign_key: str | None
    profile: str
    seed: int
    phase: str
    max_paid: int
    strict: bool
    dry_run: bool
    yes: bool
    quiet: bool
    canary: bool
    history: Path | None
    github: bool
    baseline: Path | None
    update_baseline: bool
    files: Mapping[str, Path]

    def __post_init__(self) -> None:
        if self.update_baseline and self.baseline is None:
            raise click.UsageError("--update-baseline needs --baseline FILE")
        if self.history is not None and not self.canary:
            raise click.UsageError("--history is what --canary writes")

    @property
    def outputs(self) -> Outputs:
        return Outputs(self.files, self.github, self.baseline, self.update_baseline, self.history)

    def options(self, environment: Mapping[str, str]) -> RunOptions:
        """The run; CouldNotRunError where the server, its key or its model cannot be."""
        from .run import RunOptions

        http = self.allow_http
        where = find_server(
            self.gateway, self.base_url, self.api_key, environment, self.model, allow_http=http
        )
        alike = {each.name for each in fields(RunOptions)} & vars(self).keys()
        return RunOptions(where, **{name: getattr(self, name) for name in alike})
