"""Guards against a setting found to be wrong only after something was sent or paid for."""

from collections.abc import Callable
from fractions import Fraction
from math import inf, nan
from typing import Any

import pytest

from client.play import KEY, KINDS, PROMPT, Script, Time, client_for, envelope, play
from imagen4 import AsyncClient, Client, InvalidRequest, Ledger, Polling
from imagen4.configuration import make_session
from imagen4.core.checks import real_number

CLIENTS = (Client, AsyncClient)
NO_SECONDS = [-1, nan, inf, -inf, 10**400, 1.1e9, "30", True, b"1", [1]]
WRONG: dict[str, dict[str, Any]] = {
    "The API key must be a str": {"api_key": b"key"},
    "The API key must be a str ": {"api_key": 5},
    "gateway must be one of kie, apikley, or a list of them": {"gateway": ["kie", "nobody"]},
    "gateway must name one gateway or more, each of them once": {"gateway": []},
    "gateway must name one gateway or more, each of them once ": {"gateway": ["kie", "kie"]},
    "prefer must be 'order' or 'price'": {"prefer": "cheap"},
    "api_key must say for which gateway: .*": {"gateway": ["kie", "apikley"]},
    "api_key: the client has no gateway 'apikley'": {"api_key": {"apikley": KEY}},
    "gateway must be one of kie, apikley, or a list of them ": {"gateway": None},
    "gateway must be one of kie, apikley, or a list of them  ": {"gateway": "kie,apikley"},
    "polling must be of class Polling, not dict": {"polling": {}},
    "polling must be of class Polling, not int": {"polling": 900},
    "http_client must be of class .*Client, not str": {"http_client": "x"},
    "http_client must be of class .*Client, not int": {"http_client": 0},
    "ledger must be of class Ledger, not str": {"ledger": "pictures.db"},
    "ledger must be of class Ledger, not type": {"ledger": Ledger},
    "allow_http must be of class bool, not str": {"allow_http": "no"},
    "model must be of class str, not int": {"model": 4},
}
CALLS: dict[str, Callable[[Any], Any]] = {
    "ledger must be of class Ledger, not NoneType": lambda c: c.resume(None),
    "ledger must be of class Ledger, not str": lambda c: c.resume("pictures.db"),
    "callback must be of class Task, not str": lambda c: c.confirm("t1"),
    "model must be of class str, not list": lambda c: c.submit(PROMPT, model=["google/imagen4"]),
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("timeout", [0, None, *NO_SECONDS])
def test_the_time_for_an_exchange_is_finite_and_positive(client: Any, timeout: Any) -> None:
    """Otherwise the first create would fail in a way that leaves open whether it was paid."""
    with pytest.raises(InvalidRequest, match="timeout must be a number of seconds above 0"):
        client("kie", api_key=KEY, timeout=timeout)


@pytest.mark.parametrize("timeout", [0.5, 30, 1e9, Fraction(1, 2)])
def test_any_real_number_of_seconds_will_do(timeout: Any) -> None:
    """It becomes a float, which is what sockets take."""
    script = Script(others=[envelope(200, 7)])
    play("sync", script, lambda c: c.credits(), timeout=timeout)
    given = script.requests[0].extensions["timeout"]["read"]
    assert (given, type(given)) == (float(timeout), float)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("message", WRONG)
def test_a_setting_of_the_wrong_kind_is_refused(client: Any, message: str) -> None:
    """In words, and when the client is made."""
    settings = {"gateway": "kie", "api_key": KEY} | WRONG[message]
    with pytest.raises(InvalidRequest, match=f"^{message.strip()}$"):
        client(**settings)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("message", CALLS)
def test_what_a_call_cannot_take_is_refused(kind: str, message: str) -> None:
    """In words, before anything is sent."""
    script = Script()
    with pytest.raises(InvalidRequest, match=f"^{message}$"):
        play(kind, script, CALLS[message])
    assert script.requests == []


@pytest.mark.parametrize("name", ["timeout", "grace", "backoff"])
@pytest.mark.parametrize("value", [None, *NO_SECONDS])
def test_waits_are_finite_numbers_of_seconds(name: str, value: Any) -> None:
    """None of them can be used after a task was paid for."""
    with pytest.raises(InvalidRequest, match=f"Polling.{name} must be a number of seconds"):
        Polling(**{name: value})
    assert getattr(Polling(**{name: 0}), name) == 0


@pytest.mark.parametrize("name", ["attempts"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3", None])
def test_counts_are_whole_numbers(name: str, value: Any) -> None:
    """Of at least one."""
    with pytest.raises(InvalidRequest, match=f"Polling.{name} must be an int of at least 1"):
        Polling(**{name: value})
    assert getattr(Polling(**{name: 1}), name) == 1


@pytest.mark.parametrize(
    "pace",
    [
        (), None, 5, "abc", ((1, 2),), ((inf, 2, 1),), ((inf, -1, 1),), ((inf, 1, inf),),
        ((0, 1, 1),), ((-1, 1, 1),), ((nan, 1, 1),), ((inf, nan, 1),), ((inf, "1", 2),),
        ((inf, 1, 2), 5), (inf, 1, 2), ((inf, 1, 1.1e9),), ((1, 1, 1, 1),),
    ],
)  # fmt: skip
def test_a_pace_is_made_of_bands(pace: Any) -> None:
    """Until when, and the shortest and the longest interval there."""
    with pytest.raises(InvalidRequest, match=r"Polling\.pace must be bands of seconds"):
        Polling(pace=pace)


@pytest.mark.parametrize(
    "pace", [((inf, 0, 0),), ((5, 1, 1),), ((0.5, 1, 1),), [[10, 1, 2], [inf, 2, 1e9]]]
)
def test_a_pace_of_ones_own_is_taken(pace: Any) -> None:
    """Also one without pauses."""
    assert Polling(pace=pace).interval(0.0, lambda: 0.0) == pace[0][1]


@pytest.mark.parametrize("allowed", [True, False])
def test_settings_are_kept_as_given(allowed: bool) -> None:
    """Also a time-out below a second, and a path that ends in an X."""
    url = "https://a.example/X"
    settings = make_session("kie", KEY, url + "/", 0.5, None, allowed, lambda: 0.0, lambda: 0.0)
    assert (settings.timeout, settings.allow_http, settings.base_url) == (0.5, allowed, url)


def test_an_exchange_may_take_half_a_minute() -> None:
    """Unless the caller says otherwise."""
    script = Script(others=[envelope(200, 7)])
    play("sync", script, lambda c: c.credits())
    assert script.requests[0].extensions["timeout"]["read"] == 30.0


def test_what_is_no_real_number_is_none() -> None:
    """NaN and True are not, infinity is."""
    assert [real_number(value) for value in (float("nan"), True, "1", 10**400)] == [None] * 4
    assert [real_number(value) for value in (1, 0.5, float("inf"))] == [1.0, 0.5, float("inf")]


@pytest.mark.parametrize("gateway", ["Kie", "", "fal", None, 3])
def test_an_unknown_gateway_is_refused_with_those_that_are_known(gateway: Any) -> None:
    """Before anything else happens."""
    with pytest.raises(InvalidRequest, match="gateway must be one of kie, apikley"):
        Client(gateway, api_key="k")


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
@pytest.mark.parametrize("kind", KINDS)
def test_an_http_time_out_is_above_zero(kind: str, timeout: float) -> None:
    """Without one, a hung server would hang the caller."""
    with pytest.raises(InvalidRequest, match="timeout must be a number of seconds above 0"):
        client_for(kind, "kie", Script(), Time(), timeout=timeout)
