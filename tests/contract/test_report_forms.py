"""Each form of the report, opened by what it is for; a server's words are only text in all."""

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from junitparser import Error, Failure, JUnitXml
from markdown_it import MarkdownIt

from contract.har_schema import valid_har
from imagen4.contract.checks import CHECKS
from imagen4.contract.command import command
from imagen4.contract.reports import RENDERERS, make_report
from imagen4.sandbox import Sandbox
from sharpening.measure import Setting, meet

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(__file__).parent / "schemas"
KEY = "sandbox-kie-key"
HOSTILE = (
    "![x](https://e.example)\n::error::\r%0A<b>|*b* ```"
    f" https://evil.example </details> &amp; \x1b[31m\x00\ufffe {KEY}"
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is written about a server that refuses every create, with hostile words and the key."""
    folder = tmp_path_factory.mktemp("forms")
    names = ("junit", "json", "markdown", "sarif", "har")
    options = [word for name in names for word in (f"--{name}", str(folder / name))]
    runner = CliRunner(env={"KIE_API_KEY": "", "GITHUB_STEP_SUMMARY": str(folder / "summary")})
    with Sandbox(speed=1000, limits=False) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        (folder / "summary").write_text("before\n", encoding="utf-8")
        sandbox.fault("code-422", share=1.0, operation="createTask", message=HOSTILE)
        url = sandbox.url("kie")
        result = runner.invoke(command, ["kie", "--base-url", url, "--github", *options])
    assert result.exit_code == 1, result.output
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    return written | {"text": result.output}


def test_the_key_is_in_no_form(forms: dict[str, str]) -> None:
    """The server repeated it in every answer."""
    assert {"junit", "json", "markdown", "sarif", "har", "summary", "text"} == {*forms}
    assert [name for name, text in forms.items() if KEY in text] == []


def test_sarif_is_valid(forms: dict[str, str]) -> None:
    """By the schema of SARIF 2.1.0; each result stands in a file of the project, at its line."""
    log = json.loads(forms["sarif"])
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [*CHECKS]
    assert len(run["results"]) == len(json.loads(forms["json"])["broken"])
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        lines = (ROOT / place["artifactLocation"]["uri"]).read_text(encoding="utf-8").splitlines()
        assert lines[place["region"]["startLine"] - 1].strip()


def test_annotations_are_one_line_each(forms: dict[str, str]) -> None:
    """A server cannot give the runner a command of its own, whatever it answers."""
    commands = [line for line in forms["text"].splitlines() if line.lstrip().startswith("::")]
    pattern = r"::error file=specs/[\w./-]+,line=\d+,title=[^:,\n]+::[^\r\n]+%0Acurl -sS [^\r\n]+"
    assert len(commands) == len(json.loads(forms["json"])["broken"])
    assert [line for line in commands if not re.fullmatch(pattern, line)] == []
    assert forms["text"].splitlines()[-1].startswith("violated: ")


def test_the_summary_of_the_step_is_added_to(forms: dict[str, str]) -> None:
    """What other steps wrote is kept."""
    assert forms["summary"] == "before\n" + forms["markdown"]


def test_markdown_has_no_markup_of_the_servers(forms: dict[str, str]) -> None:
    """No HTML but our own, neither links nor pictures; the words of the server stand there."""
    blocks = MarkdownIt("gfm-like").parse(forms["markdown"])
    tokens = [*blocks, *(child for block in blocks for child in block.children or ())]
    kinds = {token.type for token in tokens}
    text = "".join(token.content for token in tokens if token.type.startswith("text"))
    assert "table_open" in kinds
    assert "![x](https://e.example) ::error:: %0A<b>|*b* ```" in text
    assert kinds.isdisjoint({"html_inline", "image", "link_open", "strong_open", "em_open"})
    ours = re.compile(r"</?details>(<summary>[\w ()]+</summary>)?\s*")
    html = [token.content for token in tokens if token.type == "html_block"]
    assert [text for text in html if not ours.fullmatch(text)] == []


def test_junit_is_read_by_a_parser_of_junit(forms: dict[str, str]) -> None:
    """Every case is named by a sentence, and grouped by the name of its check."""
    (suite,) = JUnitXml.fromstring(forms["junit"].encode())
    cases = [*suite]
    names = [case.classname.rpartition(".")[2] for case in cases]
    assert [case.name for case in cases] == [CHECKS[name].promise for name in names]
    broken = {each["check"] for each in json.loads(forms["json"])["broken"]}
    failed = {
        name
        for case, name in zip(cases, names, strict=True)
        if any(isinstance(each, Failure) for each in case.result)
    }
    assert (failed, suite.failures, suite.tests) == (broken, len(broken), len(cases))


def test_junit_has_nothing_that_xml_cannot_hold() -> None:
    """Whatever a server may say: a sign stands for each such character."""
    report = make_report(meet(Setting("kie", "observed")))
    text = RENDERERS["junit"](replace(report, exit_code=2, reason="no\x00\x1b\ufffe"))
    suite = next(iter(JUnitXml.fromstring(text.encode())))
    errors = [each for case in suite for each in case.result if isinstance(each, Error)]
    assert [each.message for each in errors] == ["no\ufffd\ufffd\ufffd"]


def test_har_is_valid_and_without_prompts(forms: dict[str, str]) -> None:
    """By the schema of HAR 1.2; each finding is some entry's comment, and no prompt is told."""
    entries = valid_har(forms["har"])
    comments = "\n".join(entry["comment"] for entry in entries)
    assert all(each["promise"] in comments for each in json.loads(forms["json"])["broken"])
    assert "[prompt]" in forms["har"]
    assert "fox" not in forms["har"]
