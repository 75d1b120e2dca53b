"""A key in an answer is a finding; so that it is one, no request's own text has a key."""

from collections.abc import Iterator

import httpx
import pytest

from imagen4.contract.cases import generated
from imagen4.contract.cases.build import accepted_create, body
from imagen4.contract.channel import Channel
from imagen4.contract.document import load_document
from imagen4.contract.exchange import Case
from imagen4.contract.pace import Pace
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.secrets import Secrets
from imagen4.contract.server import ServerUnderTest
from imagen4.contract.trace import Trace
from imagen4.contract.transport import Budget, Sender
from imagen4.facts import GATEWAYS
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.measure import Setting, caught_by, meet
from sharpening.reference import Reference

KIE = load_document("kie")
KEY = "sandbox-kie-key"
OTHER = "sandbox-apikley-key"
LONG = "live-3f9a1c77d2e84b06a5c0d1e2f3"


def _sender(client: httpx.Client) -> Sender:
    trace, pace = Trace(KIE, loopback=True), Pace(GATEWAYS["kie"], kept=False)
    return Sender(trace, Channel(client, KEY, OTHER, 5.0), Budget(None), pace)


@pytest.mark.parametrize(
    ("shown", "echoed"),
    [
        (LONG[:-4] + "****", True),
        ("****" + LONG[4:], True),
        ("…" + LONG[8 : 8 + 16], True),
        ("…" + LONG[8 : 8 + 15] + "…", False),
        ("***" + LONG[-4:], False),
        (LONG[:8] + "..." + LONG[-4:], False),
        ("(31 characters)", False),
    ],
)
def test_a_mask_that_shows_half_a_key_is_none(shown: str, echoed: bool) -> None:
    """The first and last few characters may be shown, half of the key or more may not."""
    secrets = Secrets(LONG, OTHER)
    text = f'{{"msg": "no such key: {shown}"}}'.encode()
    assert secrets.echoed_in(text) is echoed
    assert (secrets.taken_out_of(text) == text) is not echoed


def test_no_report_shows_what_a_bad_mask_left_of_a_key() -> None:
    """What told the key is taken out in one piece, and what stood around it is left."""
    secrets = Secrets(LONG, OTHER)
    assert secrets.taken_out_of(f"key {LONG[2:]}, {LONG[:-2]}*".encode()) == b"key [key], [key]*"


@pytest.mark.parametrize(
    "key", ["wordsandnothingelse", "0" * 40, "ababababababababab", "short-key"], ids=lambda k: k[:5]
)
def test_parts_of_a_key_that_may_stand_anywhere_are_no_echo(key: str) -> None:
    """Words, a few characters repeated and short keys would be found by chance."""
    assert not Secrets(key, OTHER).echoed_in(key[:-2].encode())


def test_what_a_request_said_may_come_back(sender: Sender) -> None:
    """A record repeats a prompt, and a prompt may hold a part of a key."""
    answer = httpx.Response(200, content=f'{{"param": "{KEY[:13]}"}}')
    sender.channel.client = httpx.Client(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://127.0.0.1:9"
    )
    with sender.channel.client:
        before = sender.send(accepted_create(body(KIE, prompt="a fox"), "a create")).answer
        after = sender.send(accepted_create(body(KIE, prompt=KEY[:13]), "a create")).answer
    assert before is not None
    assert after is not None
    assert (before.echoed, after.echoed) == (True, False)
    assert KEY[:13].encode() in after.content


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", f"http://127.0.0.1:9/{KEY[:13]}"])
def test_the_base_url_is_no_secret(url: str) -> None:
    """Where a key is named after its server, the server may name itself."""
    answer = httpx.Response(200, content=f"see /{KEY[:13]}/help")
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer), base_url=url) as client:
        found = _sender(client).send(accepted_create(body(KIE), "a create")).answer
    assert found is not None
    assert found.echoed == (KEY[:13] not in url)


@pytest.mark.parametrize(
    "name",
    [
        "most-of-the-key-in-refusals",
        pytest.param("end-of-the-key-in-a-header", marks=pytest.mark.slow),
    ],
)
def test_a_part_of_the_key_is_enough_for_quick(name: str) -> None:
    """In words or in a header, and nothing else is the matter."""
    defect = next(each for each in CATALOGUE if each.name == name)
    outcome = meet(Setting("kie", "documented"), defect)
    assert caught_by(outcome.sorted.violations) == ["no-echo"]


@pytest.fixture
def sender() -> Iterator[Sender]:
    """A sender with a server that repeats the key in each answer."""
    answer = httpx.Response(200, content=f'{{"msg": "{KEY}"}}')
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://127.0.0.1:9"
    ) as client:
        yield _sender(client)


def test_a_key_in_an_answer_is_an_echo_and_taken_out(sender: Sender) -> None:
    """It is known that it stood there, and nothing else is kept."""
    exchange = sender.send(accepted_create(body(KIE), "a create"))
    assert exchange.answer is not None
    assert exchange.answer.echoed
    assert KEY.encode() not in exchange.answer.content


@pytest.mark.parametrize(("prompt", "gives"), [("a fox", False), (KEY, True), (OTHER, True)])
def test_a_key_in_a_request_is_noticed(prompt: str, gives: bool, sender: Sender) -> None:
    """Of either gateway, wherever it stands in what is sent beside the headers."""
    assert (
        sender.channel.gives_away(accepted_create(body(KIE, prompt=prompt), "a create").request)
        is gives
    )


def test_generated_requests_with_a_key_are_not_sent(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator that draws a key from loaded code makes no alarm of it."""

    def drawn(*_arguments: object) -> list[Case]:
        return [accepted_create(body(KIE, seed=key), "drawn") for key in (KEY, OTHER, "harmless")]

    monkeypatch.setattr(generated, "generated_cases", drawn)
    server = Reference("kie", "observed", clock)
    seams = Seams(InProcess(server), clock.now, clock.sleep, server.now)
    outcome = run_contract(
        RunOptions(ServerUnderTest("kie", "http://127.0.0.1:9", KEY), phase="full"), seams
    )
    sent = [each for each in outcome.trace.exchanges if each.intent.what == "drawn"]
    assert [each.request.body["input"]["seed"] for each in sent] == ["harmless"]
    assert outcome.sorted.violations == []


def test_no_cookie_goes_back() -> None:
    """A session opened by one request would let in the next one, whatever key that has."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers)
        return httpx.Response(200, headers={"set-cookie": "session=1"}, json={"code": 401})

    transport = httpx.MockTransport(answer)
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:9") as client:
        sender = _sender(client)
        for _ in range(2):
            sender.send(accepted_create(body(KIE), "a create"))
    assert [headers.get("cookie") for headers in asked] == [None, None]
