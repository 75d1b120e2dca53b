"""A new environment with the wheel, and a sandbox in place of the gateways: a reader's desk."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import NamedTuple

import pytest

from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox
from project.installed import ROOT, Installed, build_wheel, new_environment
from project.readme import DESK

EVERYTHING = "imagen4[cli,ledger,postgres,sandbox,testing,contract,pillow,webhooks,workers,otel]"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with all of its extras, and the frameworks that the examples are for."""
    environment = new_environment(tmp_path_factory.mktemp("installed"))
    environment.pip("install", "--no-deps", str(wheel))
    environment.link(EVERYTHING, "fastapi")
    return environment


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Tasks end at once."""
    with Sandbox(waiting=0, generating=0, limits=False) as sandbox:
        yield sandbox


class Desk(NamedTuple):
    """Where somebody tries what a page says: gateways, folder and variables are theirs."""

    sandbox: Sandbox
    installed: Installed
    folder: Path
    variables: dict[str, str]

    def typed(self, line: str, **more: str) -> "CompletedProcess[str]":
        """A line as it stands on a page, only the sandbox's port being another."""
        line = line.replace(DESK, self.sandbox.url())
        return self.installed.run(line, self.folder, self.variables | more)


@pytest.fixture
def desk(sandbox: Sandbox, installed: Installed, tmp_path: Path) -> Desk:
    """With what the pages take for granted: prompts, a company's certificate, keys, addresses."""
    shutil.copy(ROOT / "tests" / "client" / "self_signed.pem", tmp_path / "company.pem")
    (tmp_path / "prompts.txt").write_text("a red fox in the snow\nan owl at night\n")
    variables = {facts.key_variable: sandbox.key(name) for name, facts in GATEWAYS.items()}
    variables |= {facts.base_url_variable: sandbox.url(name) for name, facts in GATEWAYS.items()}
    return Desk(sandbox, installed, tmp_path, variables)
