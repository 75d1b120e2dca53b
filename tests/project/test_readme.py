"""The README is the front door: short, and each of its blocks is read by a test."""

import re
import shlex
import subprocess
from importlib import import_module
from string import Template

import pytest
import yaml

from imagen4 import errors
from imagen4.cli.group import COMMANDS
from imagen4.contract.command import command
from imagen4.contract.server import find_server
from project.readme import (
    BLOCKS,
    IN_BLOCKS,
    INLINE,
    PAGES,
    PROGRAMS,
    README,
    ROOT,
    blocks,
    commands,
)

TEXT = PAGES[README]
LANGUAGES = {"sh", "console", "python", "text", "yaml"}


def test_every_block_is_one_that_tests_run() -> None:
    """Each fence is read; one in a language that nothing here runs would be an empty promise."""
    fences = sum(len(re.findall(r"^ *```", text, re.MULTILINE)) for text in PAGES.values())
    assert fences == 2 * len(BLOCKS)
    assert {each.language for each in BLOCKS} <= LANGUAGES
    assert {each.purpose for each in BLOCKS if each.language == "python"} <= {"", "test", "app"}


def test_every_command_is_of_a_program_tested_here() -> None:
    """In blocks nothing else stands; in sentences nothing else has arguments, but for Python's."""
    assert [line for line in IN_BLOCKS if line.split()[0] not in PROGRAMS] == []
    spans = [span for span in INLINE if " " in span and "(" not in span]
    assert [span for span in spans if span.split()[0] not in PROGRAMS] == []
    assert [program for program in PROGRAMS if not commands(program)] == []


def test_it_is_read_in_under_ten_minutes() -> None:
    """Two hundred lines, and no more words than ten minutes hold at 200 words a minute."""
    assert len(TEXT.splitlines()) <= 200
    assert len(TEXT.split()) <= 2000


def test_it_says_of_each_error_what_to_do() -> None:
    """Each class stands in one row of the table."""
    _, _, table = TEXT.partition("## Errors")
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
    classes = {name: each for name, each in vars(errors).items() if isinstance(each, type)}
    ours = {name for name, each in classes.items() if issubclass(each, errors.Imagen4Error)}
    assert sorted(named) == sorted(ours - {"Imagen4Error"})


def test_the_first_screen_shows_commands_and_where_the_pictures_are() -> None:
    """Within the first 24 lines stand both commands, a snippet's start and the pictures' path."""
    first = "\n".join(TEXT.splitlines()[:24])
    for words in ("make demo", "make test", "out/kie/", "from imagen4 import Client"):
        assert words in first


def test_options_named_by_themselves_are_those_of_a_command() -> None:
    """`--profile` in a sentence is an option that some command has."""
    found = (import_module(module).command for module, _ in COMMANDS.values())
    known = {option for each in found for param in each.params for option in param.opts}
    named = {span.partition("=")[0] for span in INLINE if re.match("--?[a-z]", span)}
    assert named <= known


@pytest.mark.parametrize("line", commands("make"))
def test_each_make_target_exists(line: str) -> None:
    """Listed by `make help`. Not made here: that takes minutes, or the net; .ci/run makes most."""
    (target,) = line.partition("#")[0].split()[1:]
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert target in [each.split()[1] for each in listed.stdout.splitlines()]
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr


def test_the_workflow_may_send_its_key_to_the_server_that_it_names() -> None:
    """On a staging server as it stands there: where a sandbox takes its place, any key may go."""
    (step,) = yaml.safe_load(blocks("yaml")[0].text)
    environment = {k: re.sub(r"\$\{\{ (.*) \}\}", r"\1", text) for k, text in step["env"].items()}
    typed = shlex.split(Template(step["run"]).substitute(environment))
    given = command.make_context("contract", typed[2:]).params
    where = find_server(given["gateway"], given["base_url"], given["api_key"], environment)
    assert not where.loopback


def test_every_file_that_is_named_exists() -> None:
    """Paths of the project, in sentences, blocks and drawings."""
    path = r"(?<![\w/.])(?:\.github|generated|scripts|specs|tests|wrapper)/\S*"
    named = {each for text in PAGES.values() for each in re.findall(path, text)}
    paths = {re.split(r"[),;:`#]", name)[0].rstrip(".") for name in named}
    assert len(paths) >= 10
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []
