"""The environment may point a program at another address, such as a sandbox's."""

import pytest

from imagen4 import Client, InvalidRequest


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIE_API_KEY", "k")


def address(base_url: str | None = None) -> str:
    with Client("kie", base_url=base_url) as client:
        return client.base_url


def test_the_nearest_address_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given, then the gateway's variable, then the one for all."""
    assert address() == "https://api.kie.ai"
    monkeypatch.setenv("APIKLEY_BASE_URL", "https://other.example")
    assert address() == "https://api.kie.ai"
    monkeypatch.setenv("IMAGEN4_BASE_URL", "https://all.example/")
    assert address() == "https://all.example"
    monkeypatch.setenv("KIE_BASE_URL", "https://kie.example/kie")
    assert address() == "https://kie.example/kie"
    assert address("https://given.example") == "https://given.example"


@pytest.mark.parametrize("url", ["", "kie.example", "https://[1.2.3.4]", "https://[::::]"])
def test_an_address_that_is_none_is_not_the_gateways(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A variable that was not filled in must not lead to where pictures are paid."""
    monkeypatch.setenv("KIE_BASE_URL", url)
    with pytest.raises(InvalidRequest, match="KIE_BASE_URL must be like https://"):
        address()


def test_plain_http_beyond_this_machine_is_allowed_by_a_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As between the containers of a compose file."""
    monkeypatch.setenv("IMAGEN4_BASE_URL", "http://sandbox:8080/kie")
    with pytest.raises(InvalidRequest, match="IMAGEN4_BASE_URL is plain http"):
        address()
    for yes in ("1", "true", "Yes", "ON"):
        monkeypatch.setenv("IMAGEN4_ALLOW_HTTP", yes)
        assert address() == "http://sandbox:8080/kie"
    for no in ("0", "false", ""):
        monkeypatch.setenv("IMAGEN4_ALLOW_HTTP", no)
        with pytest.raises(InvalidRequest, match="is plain http"):
            address()
    monkeypatch.setenv("IMAGEN4_ALLOW_HTTP", "perhaps")
    with pytest.raises(InvalidRequest, match="IMAGEN4_ALLOW_HTTP must be one of 1, true, yes"):
        address()
