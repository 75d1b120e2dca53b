"""What is typed wrong is said in one line, and what can be typed is shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from imagen4.cli.group import COMMANDS
from imagen4.sandbox import Sandbox


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["generate", "x", "--gateway", "kie", "-n", "5"],
            "--num-images must be a whole number from 1 to 4",
        ),
        (["generate", "x", "--gateway", "kie", "-a", "2:1"], "--aspect-ratio must be"),
        (["generate", "x", "--gateway", "kie", "--timeout", "1e99"], "--timeout must be a number"),
        (["generate", "x", "--gateway", "kie", "--callback-url", "x"], "--callback-url must be"),
        (["status", " ", "--gateway", "kie"], "A job is taken up by the ids of its tasks"),
        (["generate", " ", "--gateway", "kie"], "prompt"),
        (["generate", "x", "--gateway", "other"], "kie"),
        (["generate", "x"], "--gateway"),
        (["status", "--gateway", "kie"], "TASK"),
        (["paint"], "No such command: paint"),
        (["generat"], "No such command: generat; did you mean generate?"),
    ],
)
def test_what_is_not_valid_is_refused_before_anything_is_sent(
    sandbox: Sandbox, imagen4: Callable, arguments: list[str], says: str
) -> None:
    """Exit code 2 and one line that says what is allowed."""
    done = imagen4(*arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 1
    assert list(sandbox.requests) == []


def test_without_a_key_the_line_names_the_variable(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing key is named before anything is sent."""
    monkeypatch.delenv("KIE_API_KEY", raising=False)
    done = imagen4("credits", "--gateway", "kie")
    assert done.code != 0
    assert "KIE_API_KEY" in done.err
    assert "api_key" not in done.err


def test_space_around_a_variable_is_no_part_of_it(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that variables are read from leave a line end; it became one of a ledger's name."""
    monkeypatch.setenv("IMAGEN4_LOG", " debug\r\n")
    monkeypatch.setenv("IMAGEN4_GATEWAY", " kie\n")
    monkeypatch.setenv("KIE_BASE_URL", f" {sandbox.url('kie')}\n")
    done = imagen4("credits")
    assert (done.code, "DEBUG kie: GET" in done.err) == (0, True), done.err
    monkeypatch.setenv("IMAGEN4_LEDGER", f"{tmp_path}/l.db\r\n")
    assert imagen4("generate", "a fox", "-o", str(tmp_path)).code == 0
    assert not list(tmp_path.glob("*\n*"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(imagen4: Callable, name: str) -> None:
    """`--help` works for each command, and says what the group's list says it does."""
    done = imagen4(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: imagen4 {name}")


def test_help_lists_commands_and_exit_codes(imagen4: Callable) -> None:
    """The group's help names each command, each exit code and the variables."""
    out = imagen4("--help").out
    variables = ["KIE_API_KEY", "APIKLEY_API_KEY", "IMAGEN4_GATEWAY", "IMAGEN4_LOG"]
    levels = "debug, info, warning or error"
    for word in [*COMMANDS, "130", *variables, levels]:
        assert word in out


def test_without_arguments_the_help_is_printed(imagen4: Callable) -> None:
    """All its lines. Before version 8.2, click took that for no error."""
    done = imagen4()
    assert done.out + done.err == imagen4("--help").out
    assert done.code == (2 if done.err else 0)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_code_is_printed(imagen4: Callable, shell: str) -> None:
    """The code names the variable through which the shell asks for completions."""
    assert "_IMAGEN4_COMPLETE" in imagen4("completion", shell).out


@pytest.mark.parametrize("url", ["http://gateway.example", "gateway.example", "https://u:p@h"])
def test_an_address_that_would_give_away_the_key_is_refused(imagen4: Callable, url: str) -> None:
    """In words of the command line, which name no argument of the Python client."""
    done = imagen4("credits", "--gateway", "kie", "--base-url", url)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert "Invalid value for '--base-url': Must be like https://" in done.err
    assert "Plain http is for this machine only" in done.err
    assert "allow_http" not in done.err


def test_usage_errors_are_json_too(imagen4: Callable) -> None:
    """`--json` holds for what is wrong with the command line itself."""
    done = imagen4("credits", "--json")
    assert done.code == 2
    assert "--gateway" in json.loads(done.out)["error"]["message"]


def test_a_sandbox_is_named_by_the_environment(
    sandbox: Sandbox, imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands need no `--base-url` then."""
    monkeypatch.setenv("KIE_BASE_URL", sandbox.url("kie"))
    assert imagen4("credits", "--gateway", "kie").code == 0
    assert len(sandbox.requests) == 1


def test_a_flag_is_named_as_it_is_given(imagen4: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the value that Python's argument has."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    monkeypatch.setenv("KIE_BASE_URL", "http://sandbox:8080/kie")
    done = imagen4("credits", "--gateway", "kie")
    assert (done.code, done.err.endswith("; --allow-http allows it\n")) == (2, True)


def test_plain_http_can_be_allowed(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an option, wherever it stands, or by a variable that is read as the client reads it."""
    (tmp_path / "prompts.txt").write_text("a fox\n")
    dry = ("batch", str(tmp_path / "prompts.txt"), "--gateway", "kie", "--dry-run")
    url = ("-o", str(tmp_path), "--base-url", "http://sandbox:8080/kie")
    assert imagen4(*dry, *url).code == 2
    assert imagen4(*dry, *url, "--allow-http").code == 0
    for said, code in (("1", 0), ("true", 0), ("yes", 0), ("no", 2), ("", 2), ("perhaps", 2)):
        monkeypatch.setenv("IMAGEN4_ALLOW_HTTP", said)
        assert imagen4(*dry, *url).code == code
