"""Guards against key, prompt or answer in a repr, which ends up in logs."""

import pytest

from client.play import GATEWAYS, KEY, KINDS, PROMPT, Script, Time, client_for, play
from imagen4 import Client, Request, Task
from imagen4.core.job_state import JobState
from imagen4.core.request import plan_creates
from imagen4.facts import DEFAULT_MODEL
from imagen4.gateways import adapter_for


def held(value: object) -> list[object]:
    """A value and whatever it holds on to, as far as objects of ours lead; the key itself apart."""
    found: dict[int, object] = {}
    left = [value]
    while left:
        each = left.pop()
        if id(each) in found or each == KEY:
            continue
        found[id(each)] = each
        if isinstance(each, tuple | dict):
            left += each.values() if isinstance(each, dict) else each
        if type(each).__module__.startswith("imagen4"):
            slots = [name for kind in type(each).__mro__ for name in getattr(kind, "__slots__", ())]
            left += [getattr(each, name) for name in [*getattr(each, "__dict__", ()), *slots]]
    return list(found.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_key_is_in_no_repr(kind: str, gateway: str) -> None:
    """Of the client, or of what it holds on to."""
    client = client_for(kind, gateway, Script(), Time())
    kept = held(client)
    assert {type(each).__name__ for each in kept} >= {"Session", "Headers"}
    assert [each for each in kept if KEY in repr(each)] == []
    name = "Client" if kind == "sync" else "AsyncClient"
    assert repr(client) == f"{name}('{gateway}', base_url='{adapter_for(gateway).facts.origin}')"
    play(kind, Script(), lambda _: None)


def test_reprs_hold_neither_prompt_nor_key_nor_answer() -> None:
    """They end up in logs."""
    texts = [
        repr(Request("secret", negative_prompt="secret", num_images=1)),
        repr(JobState("job", prompts=("secret",), callback_url="https://secret.example")),
        repr(Task("t", "waiting", raw="secret")),
        repr(Client("kie", api_key="secret")),
    ]
    assert [text for text in texts if "secret" in text] == []
    assert Task("t", "waiting", raw=1) == Task("t", "waiting", raw=2)


def test_the_prompt_is_in_no_repr() -> None:
    """Reprs end up in logs and tracebacks."""
    request = Request(PROMPT, negative_prompt=PROMPT)
    (plan,) = plan_creates(request, adapter_for("kie").input_schema(DEFAULT_MODEL), "kie")
    assert PROMPT not in repr(request)
    assert PROMPT not in repr(plan)
