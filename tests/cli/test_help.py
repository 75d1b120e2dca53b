"""Whoever reads `--help` reads sentences, and finds every argument in them."""

import re

import click
import pytest

from imagen4.cli.group import COMMANDS, group

FRAGMENT = re.compile(r"(Of|For|Such|Only|In|Where|What|How|Which|It|To|The|An?) ")


def command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def options() -> list[tuple[str, click.Option]]:
    """All of every command, and of the group."""
    every = [("imagen4", group), *((name, command(name)) for name in COMMANDS)]
    found = []
    for name, each in every:
        params = each.get_params(click.Context(each))
        found += [(name, param) for param in params if isinstance(param, click.Option)]
    return found


@pytest.mark.parametrize(
    ("name", "option"),
    [pytest.param(*each, id=f"{each[0]} {each[1].opts[0]}") for each in options()],
)
def test_the_help_of_an_option_is_a_sentence(name: str, option: click.Option) -> None:
    """It says what the option does: from a capital to a period, and no fragment."""
    text = option.help or ""
    assert re.fullmatch(r"[A-Z][^\n]* [^\n]*[.]", text), text
    assert not FRAGMENT.match(text), text
    assert "  " not in text, text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_sentences_that_name_its_arguments(name: str) -> None:
    """So is its line in the list of commands."""
    found = command(name)
    paragraphs = (found.help or "").strip().split("\n\n")
    for text in (*paragraphs, COMMANDS[name][1]):
        assert re.fullmatch(r"[A-Z].*[.]", text.strip(), re.DOTALL), text
    arguments = [each for each in found.params if isinstance(each, click.Argument)]
    for each in arguments:
        metavar = each.make_metavar(click.Context(found)).strip("[].")
        assert re.search(rf"\b{metavar}\b", found.help or ""), metavar
