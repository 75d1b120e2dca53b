"""The key opens a paid account: it goes to one origin, and into no report."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from imagen4.contract.credentials import Credential
from imagen4.contract.curl import curl
from imagen4.contract.exchange import HttpRequest
from imagen4.contract.reports import RENDERERS, make_report, render_annotations, render_text
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import CouldNotRunError, ServerUnderTest, find_server
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

KEY = "sk-live-1234567890"
REPORTS = {**RENDERERS, "text": render_text, "github": render_annotations}


@pytest.mark.parametrize(
    ("gateway", "url", "words"),
    [
        ("kie", "https://api.apikley.ru", "is another gateway"),
        ("apikley", "https://api.kie.ai", "is another gateway"),
        ("kie", "http://api.kie.ai", "https only"),
        ("kie", "https://me:you@api.kie.ai", "host, port and path only"),
        ("kie", "https://api.kie.ai?x=1", "host, port and path only"),
        ("kie", "ftp://api.kie.ai", "http:// or https://"),
        ("kie", "api.kie.ai", "http:// or https://"),
        ("kie", "http://[", "not a URL"),
    ],
)
def test_a_wrong_host_gets_nothing(gateway: str, url: str, words: str) -> None:
    """The run is refused before anything is sent, and the sentence says why."""
    with pytest.raises(CouldNotRunError, match=words):
        find_server(gateway, url, KEY, {})


def test_a_key_from_the_environment_stays_with_its_gateway() -> None:
    """It goes to the gateway's own host or loopback; another host needs a key of its own."""
    environment = {"KIE_API_KEY": KEY}
    assert find_server("kie", "https://api.kie.ai", None, environment).key == KEY
    assert find_server("kie", "http://127.0.0.1:1/kie", None, environment).key == KEY
    with pytest.raises(CouldNotRunError, match="wrong host"):
        find_server("kie", "https://staging.example", None, environment)
    assert find_server("kie", "https://staging.example", "given", environment).key == "given"
    with pytest.raises(CouldNotRunError, match="no key"):
        find_server("apikley", "https://api.apikley.ru", None, environment)


HERE, THERE = "http://127.0.0.1:1/kie", "http://staging.example"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"KIE_BASE_URL": HERE, "IMAGEN4_BASE_URL": THERE}, HERE),
        ({"IMAGEN4_BASE_URL": HERE, "APIKLEY_BASE_URL": THERE}, HERE),
        ({"KIE_BASE_URL": THERE, "IMAGEN4_ALLOW_HTTP": "Yes"}, THERE),
    ],
)
def test_the_address_is_read_where_the_client_reads_it(
    environment: dict[str, str], url: str
) -> None:
    """The gateway's own variable first; and whether plain http may leave this machine."""
    assert find_server("kie", None, KEY, environment).base_url == url


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "no server; give --base-url or set KIE_BASE_URL or IMAGEN4_BASE_URL"),
        ({"KIE_BASE_URL": ""}, "KIE_BASE_URL has to begin with http"),
        ({"KIE_BASE_URL": "http://127.0.0.1:99999"}, "KIE_BASE_URL is not a URL"),
        ({"KIE_BASE_URL": THERE}, "plain http shows the key to the network of staging.example"),
        ({"KIE_BASE_URL": THERE, "IMAGEN4_ALLOW_HTTP": "maybe"}, "IMAGEN4_ALLOW_HTTP"),
    ],
)
def test_an_address_that_nobody_gave_is_never_the_paid_gateway(
    environment: dict[str, str], words: str
) -> None:
    """An empty variable is a mistake, and the network sees no key unasked."""
    with pytest.raises(CouldNotRunError, match=words):
        find_server("kie", None, KEY, environment)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_loopback_has_a_key_without_being_told(host: str) -> None:
    """The sandbox's own key is tried where nothing else is known."""
    assert find_server("kie", f"http://{host}:8080/kie", None, {}).key == "sandbox-kie-key"


def test_names_that_only_look_like_loopback_are_not() -> None:
    """A name is never looked up: what it points to may change, and costs money."""
    for host in ("127.0.0.1.example", "localhost.example", "loopback"):
        assert not ServerUnderTest("kie", f"http://{host}", KEY).loopback


def test_no_redirect_is_followed_and_one_origin_asked() -> None:
    """A server that redirects everything sees every request itself."""
    hosts: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.add(request.url.host)
        return httpx.Response(307, headers={"location": "https://elsewhere.invalid/"})

    options = RunOptions(ServerUnderTest("kie", "http://127.0.0.1:9", KEY))
    seams = Seams(httpx.MockTransport(answer), sleep=lambda _seconds: None)
    outcome = run_contract(options, seams)
    assert hosts == {"127.0.0.1"}
    assert {finding.check for finding in outcome.sorted.violations} >= {"no-redirect"}


@pytest.mark.parametrize(
    "defect", ["key-in-every-message", "key-in-a-header", "key-by-prefix", "no-key-needed"]
)
def test_no_report_holds_the_key(defect: str) -> None:
    """Not even when the server repeats it in every answer, or when curl commands need it."""
    broken = next(each for each in CATALOGUE if each.name == defect)
    outcome = meet(Setting("kie", "observed"), broken)
    assert outcome.exit_code == 1
    for name, written in REPORTS.items():
        made = written(make_report(outcome))
        assert "sandbox-kie-ke" not in made, name
        assert "sandbox-apikley-ke" not in made, name


def test_no_recorded_exchange_holds_the_key() -> None:
    """It is taken out where the answer comes in, so nothing behind that can leak it."""
    broken = next(each for each in CATALOGUE if each.name == "key-in-every-message")
    outcome = meet(Setting("apikley", "documented"), broken)
    recorded = repr([(e.request, e.answer, e.error) for e in outcome.trace.exchanges])
    assert "sandbox-apikley-key" not in recorded
    assert "[key]" in recorded


@pytest.mark.parametrize("credential", Credential)
def test_curl_names_the_key_by_its_variable(credential: Credential) -> None:
    """A command can be pasted into a shell that has the key; it does not have it itself."""
    request = HttpRequest("GET", "/api", (("taskId", "a b&c"),), credential=credential)
    command = curl(request, "https://api.kie.ai", "KIE_API_KEY")
    assert command.startswith("curl -sS 'https://api.kie.ai/api?taskId=a+b%26c'")
    assert ("KIE_API_KEY" in command) == (
        credential
        not in (
            Credential.NONE,
            Credential.EMPTY,
            Credential.NO_TOKEN,
            Credential.WRONG,
            Credential.FOREIGN,
        )
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\0",
        b"a\nb",
        b"\xff'%s\\x41",
        b"@/etc/passwd",
        "é 'x' %d".encode(),
        b"",
        json.dumps({"prompt": '"&<\n' * 1000 + "%" * 500 + "'" * 300}).encode(),
    ],
)
def test_any_body_can_be_pasted(content: bytes, tmp_path: Path) -> None:
    """A shell gives curl exactly the bytes that were sent, NUL and quotes included."""
    command = curl(HttpRequest("POST", "/api", content=content), "http://127.0.0.1", "K")
    assert "\0" not in command
    assert len(command) < 300
    stand_in = tmp_path / "curl"
    stand_in.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --data-binary ]; do shift; done\n'
        'if [ "$2" = @- ]; then cat; else printf %s "$2"; fi\n'
    )
    stand_in.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    for shell in ("sh", "bash"):
        sent = subprocess.run([shell, "-c", command], env={"PATH": path}, capture_output=True)
        assert sent.stdout == content


def test_a_long_body_makes_a_short_command() -> None:
    """Five thousand times the same character is written as what makes it."""
    content = json.dumps({"prompt": "it's " + "é" * 5001}, ensure_ascii=False).encode()
    command = curl(HttpRequest("POST", "/api", content=content), "http://127.0.0.1", "K")
    assert len(command) < 250
    assert "$(printf 'é%.0s' $(seq 5001))" in command
