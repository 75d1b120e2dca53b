"""Guards against a proxy of the environment that sees what it must not see."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, RESET, Loopback, http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS, PROMPT, play, settled
from imagen4 import Polling, TransportError
from imagen4.wire.proxies import proxy_for


class Proxy(Loopback):
    """One that answers to CONNECT what it is told to, and passes nothing on."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(lambda _: answer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("injected", [False, True])
@pytest.mark.parametrize(
    "answer",
    [http(502), http(407), RESET, b"", HANG, b"nonsense\r\n\r\n", http(200) + b"no TLS at all"],
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

        play(kind, None, submitted, polling=Polling(attempts=2), timeout=0.1, **settings)
        assert [each.method for each in proxy.requests].count("CONNECT") == 2


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
    ],
)
def test_the_environment_says_which_hosts_need_no_proxy(
    no_proxy: str, through: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole domains, too; and a proxy for everything serves https."""
    monkeypatch.setenv("ALL_PROXY", "proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://api.example/x") == ("http://proxy.example:8080" if through else None)
    assert proxy_for("http://api.example/x") is None


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
