"""Guards against a proxy of the environment that sees what it must not see."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, RESET, Loopback, http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS, PROMPT, play, settled
from imagen4 import Client, InvalidRequest, Polling, TransportError
from imagen4.wire.proxies import proxy_for
from waiting import until

NO_TLS = http(200) + b"no TLS at all"  # in one piece with the proxy's answer: then comes nothing


class Proxy(Loopback):
    """One that answers to CONNECT what it is told to, and passes nothing on."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(lambda _: answer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("injected", [False, True])
@pytest.mark.parametrize(
    "answer",
    [http(502), http(407), RESET, b"", HANG, b"nonsense\r\n\r\n", NO_TLS],
    ids=["502", "407", "reset", "closed", "hang", "nonsense", "no TLS"],
)
def test_a_create_that_got_no_tunnel_was_certainly_not_made(
    kind: str, injected: bool, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the wish for a tunnel left us: the create may be sent again, and is."""
    with Proxy(answer) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        own: Any = (httpx.Client if kind == "sync" else httpx.AsyncClient)() if injected else None
        settings: dict[str, Any] = {"base_url": "https://gateway.example", "http_client": own}

        async def submitted(client: Any) -> None:
            with pytest.raises(TransportError) as caught:
                await settled(client.submit(PROMPT))
            assert (caught.value.sent, caught.value.accepted) == (False, "no")
            if own is not None:
                await settled(own.close() if kind == "sync" else own.aclose())

        timeout = IMPATIENT if answer in (HANG, NO_TLS) else 30
        play(kind, None, submitted, polling=Polling(attempts=2), timeout=timeout, **settings)
        until(lambda: len(proxy.paths("CONNECT")) >= 2)  # also one that nobody waits for any more
    assert len(proxy.paths("CONNECT")) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_tls_begins_when_the_tunnel_is_there(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nobody answers the handshake."""
    settings: dict[str, Any] = {"base_url": "https://gateway.example", "timeout": IMPATIENT}
    with Proxy(http(200)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(TransportError, match=r"no connection in time|TLS failed"):
            play(kind, None, lambda c: c.credits(), **settings)


@pytest.mark.parametrize(
    ("no_proxy", "through"),
    [
        ("", True),
        ("other.example", True),
        ("*", False),
        ("example", False),
        ("::1,.example", False),
        ("*.example", False),
        ("localhost, *", False),
        ("localhost example", False),
        ("https://api.example", False),
        ("api.example:443", False),
        ("api.example:8443", True),
        ("ample", True),
        ("*pi.example", False),
        ("api.*", False),
        ("b*", True),
        ("api.example.", False),
        ("https://api.example/", False),
        ("localhost;api.example|::1", False),
        ("'localhost,api.example'", False),
        ("[::1],fd00::/8,<local>,[::1,10.0.0.0/99,a:b:c:99999,/,://", True),
    ],
)
def test_the_environment_says_which_hosts_need_no_proxy(
    no_proxy: str, through: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole domains, too, however other programs write them; and a proxy for all serves https.

    What nobody can read is left out.
    """
    monkeypatch.setenv("ALL_PROXY", "proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://api.example/x") == ("http://proxy.example:8080" if through else None)
    assert proxy_for("http://api.example/x") is None


@pytest.mark.parametrize(
    ("url", "no_proxy"),
    [
        ("https://10.1.2.3/x", "10.0.0.0/8"),
        ("https://10.1.2.3/x", "10.1.*"),
        ("https://[fd00::7]/x", "fd00::/8"),
        ("https://[::1]:8443", "[::1]"),
        ("https://[::1]:8443", "::1"),
        ("https://[::1]:8443", "[::1]:8443"),
    ],
)
def test_addresses_and_their_networks_need_no_proxy_either(
    url: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Container runtimes name the networks that they have."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    assert proxy_for(url) is not None
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(url) is None


@pytest.mark.parametrize("host", ["Büro.example", "xn--bro-hoa.example"])
@pytest.mark.parametrize(
    "named", ["büro.example", "*.example,.BÜRO.example", "xn--bro-hoa.example"]
)
def test_a_host_in_any_script_needs_no_proxy_where_it_is_named(
    host: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the address or NO_PROXY has it as people write it, or as it is looked up."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", "bü*ro..example,other.example")
    assert proxy_for(f"https://{host}/x") is not None
    monkeypatch.setenv("NO_PROXY", named)
    assert proxy_for(f"https://{host}/x") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_nobody_thought_of_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its variable, without its password; a line end that a file left there does no harm."""
    with Proxy(http(502)) as proxy:
        host = proxy.url.removeprefix("http://")
        monkeypatch.setenv("HTTPS_PROXY", " ")
        monkeypatch.setenv("ALL_PROXY", f"http://me:pass-word@{host}\r\n")
        with pytest.raises(TransportError) as caught:
            play(kind, None, lambda c: c.credits(), base_url="https://gateway.example")
        assert f", through ALL_PROXY='http://{host}\\r\\n'" in str(caught.value)
        assert "pass-word" not in str(caught.value)
        assert proxy.requests


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HTTPS_PROXY", "socks9://127.0.0.1:1", "HTTPS_PROXY=socks9://127.0.0.1:1 is no proxy"),
        ("HTTPS_PROXY", "http://a:b@h:x", "HTTPS_PROXY=http://h:x is no proxy"),
        ("all_proxy", "direct://", "all_proxy=direct:// is no proxy"),
    ],
)
def test_what_is_no_proxy_is_told_with_its_variable(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is paid for."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidRequest, match=re.escape(words)):
        Client("kie", api_key="k")


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_on_this_machine_are_not_fetched_through_a_proxy(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One set in the environment could not reach them."""
    with Loopback(lambda _: http(500)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        path, _, _ = fetched(kind, lambda _: http(200, PNG), saved_to(tmp_path))
        assert path.read_bytes() == PNG
        assert proxy.requests == []
