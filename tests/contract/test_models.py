"""One suite for every model: what is asked comes from its page, and costs nobody another model."""

from typing import Any

import pytest

from contract.conftest import BRIEFLY, Hold
from imagen4.contract import run
from imagen4.contract.cases import allowed, forbidden
from imagen4.contract.cases.build import encoded
from imagen4.contract.cases.judge import intent_of
from imagen4.contract.cases.values import choices
from imagen4.contract.document import INPUT_SCHEMA, Document, load_document
from imagen4.contract.exchange import Case, Expect
from imagen4.contract.reports import make_report
from imagen4.contract.run import RunOutcome
from imagen4.contract.server import CouldNotRunError, find_server, model_names
from imagen4.facts import GATEWAYS
from sharpening.clock import Clock
from sharpening.defect import recording
from sharpening.measure import caught_by
from sharpening.reference import STYLES, Reference, RefusedError, Task

VENDORED = [(gateway, model) for gateway in GATEWAYS for model in model_names(gateway)]
HERE = "http://127.0.0.1:9"


def document(**fields: Any) -> Document:
    """kie's, for a model with these fields."""
    made = load_document("kie")
    made.at(INPUT_SCHEMA).update(properties=fields, required=[])
    return Document(made.content)


def accepted(made: Document) -> list[Case]:
    first = [allowed.plainest(made), *allowed.at_once(made), *allowed.at_the_limits(made)]
    return [*first, *allowed.one_thing_at_a_time(made)]


def inputs(cases: list[Case]) -> list[dict[str, Any]]:
    bodies = [case.request.body for case in cases]
    found = [body["input"] for body in bodies if isinstance(body, dict) and "input" in body]
    return [each for each in found if isinstance(each, dict)]


@pytest.mark.parametrize(("gateway", "model"), VENDORED)
def test_every_field_is_tried_with_what_it_takes_and_what_it_does_not(
    gateway: str, model: str
) -> None:
    """All that can be chosen, each limit at it and one beyond; as the schema says, each."""
    made = load_document(gateway, model)
    given = inputs(accepted(made))
    wrong = [
        case
        for case in forbidden.forbidden_creates(made, free=True)
        if case.intent.expect is Expect.REFUSE
    ]
    for name, schema in made.input_fields.items():
        for value in choices(name, schema):
            assert any(each.get(name) == value for each in given), (name, value)
        refused = [each[name] for each in inputs(wrong) if name in each]
        assert any(not made.accepts(name, value) for value in refused), name
        for limit in ("maxLength", "maxItems"):
            if limit in schema:
                most = schema[limit]
                assert any(len(each.get(name, "")) == most for each in given), (name, limit)
                assert any(hasattr(v, "__len__") and len(v) == most + 1 for v in refused), name


@pytest.mark.parametrize(
    ("schema", "takes", "refuses"),
    [
        ({"type": "integer", "minimum": 2, "maximum": 9}, [2, 9], [1, 10, 4.2, "yes", True]),
        ({"type": "number", "maximum": 1}, [1], [2, "yes", [1]]),
        ({"type": "number", "multipleOf": 0.5, "minimum": 0}, [0], [0.25, -0.5]),
        ({"type": "boolean"}, [True, False], ["yes", 42]),
        ({"type": "number", "enum": [0, 0.5, 1]}, [0, 0.5, 1], [42, 4.2]),
        ({"type": "string", "minLength": 3, "maxLength": 4}, ["xxxx"], ["x" * 5, "xx"]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [[1, 1]], [[1], "yes"]),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, [1], ["yes", 4.2]),
        ({"type": "string", "pattern": "^#[0-9]{3}$"}, ["#000"], [42]),
        (
            {"type": "array", "items": {"format": "uri"}, "minItems": 2, "uniqueItems": True},
            [["https://pictures.invalid/fox.png?0", "https://pictures.invalid/fox.png?1"]],
            [["https://pictures.invalid/fox.png?0"] * 2],
        ),
        ({"type": "object", "required": ["w"]}, [{"w": "blurry"}], [42, "yes"]),
    ],
)
def test_what_is_asked_comes_from_the_schema(schema: Any, takes: Any, refuses: Any) -> None:
    """Numbers, switches, lists, objects, alternatives: at their ends, and beyond them."""
    made = document(x=schema)
    cases = [*accepted(made), *forbidden.forbidden_creates(made, free=True)]
    given = [each["x"] for each in inputs(cases) if "x" in each]
    for value, allowed_there in [*((each, True) for each in takes), *((e, False) for e in refuses)]:
        assert made.accepts("x", value) is allowed_there
        assert any(value == each and type(value) is type(each) for each in given), value


@pytest.mark.parametrize(
    ("inner", "expect"),
    [
        ({"n": 3, "urls": ["https://a.invalid/1.png"]}, Expect.ACCEPT),
        ({"n": 3.0}, Expect.OPEN),
        ({"n": 2**60}, Expect.OPEN),
        ({"urls": []}, Expect.OPEN),
        ({"urls": ["ftp://a.invalid/1.png"]}, Expect.OPEN),
        ({"n": 3.5}, Expect.REFUSE),
        ({"urls": ["no uri"]}, Expect.REFUSE),
    ],
)
def test_what_servers_may_read_otherwise_is_open(inner: Any, expect: Expect) -> None:
    """Numbers that are no longer exact, empty lists, pictures elsewhere than behind https."""
    urls = {"type": "array", "items": {"type": "string", "format": "uri"}}
    made = document(n={"type": "integer"}, urls=urls)
    content = encoded({"model": made.model, "input": inner})
    assert intent_of(made, content, "", "application/json").expect is expect


@pytest.mark.parametrize(
    ("gateway", "model", "kept", "left_out"),
    [
        ("kie", "google/nano-banana", "GOOGLE/NANO-BANANA", "nano-banana"),
        ("kie", "google/imagen4", "google/imagen4 ", "imagen4"),
        ("kie", "nano-banana-2", "NANO-BANANA-2", None),
        ("apikley", "google/imagen4", "", "imagen4"),
    ],
)
def test_no_name_that_may_be_another_model_is_sent_where_creates_cost(
    gateway: str, model: str, kept: str, left_out: str | None
) -> None:
    """Without its vendor a name may be another paid model's; on loopback it is tried."""
    made = load_document(gateway, model)

    def named(*, free: bool) -> set[Any]:
        bodies = [case.request.body for case in forbidden.forbidden_creates(made, free=free)]
        return {str(body["model"]) for body in bodies if isinstance(body, dict) and "model" in body}

    assert kept in named(free=False)
    assert f"{model}-contract-no-such-model" in named(free=False)
    assert named(free=True) - named(free=False) == ({left_out} - {None})
    assert not made.others & named(free=False)


def last_line(outcome: RunOutcome) -> str:
    return make_report(outcome).last_line


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("base_url", [HERE, "https://staging.invalid"])
def test_a_model_that_is_gone_is_no_broken_word(
    clock: Clock, hold: Hold, style: str, base_url: str
) -> None:
    """Exit code 2, in so many words, with its successors; one create was tried and no more."""
    server = Reference("kie", style, clock)
    server.accepts_model = lambda _model: False  # type: ignore[method-assign]  # what is tested
    outcome = hold(server, base_url)
    assert (outcome.exit_code, outcome.sorted.violations) == (2, [])
    told = last_line(outcome)
    assert told.startswith("could not run: the model is gone: kie refuses google/imagen4 with 'The")
    assert "withdrew it on 2026-08-17" in told
    assert told.endswith("successors: nano-banana-2, google/nano-banana")
    posts = [each for each in outcome.trace.exchanges if each.request.method == "POST"]
    assert len(posts) == 1


def test_a_model_that_goes_in_the_middle_is_a_broken_word(clock: Clock, hold: Hold) -> None:
    """What was accepted once is there; refusing it then breaks the document's promise."""
    server = Reference("kie", "observed", clock)
    server.accepts_model = lambda model: (  # type: ignore[method-assign]  # one defect
        model == "google/imagen4" and len(server.tasks) < 5
    )
    outcome = hold(server)
    assert outcome.exit_code == 1
    assert "allowed" in caught_by(outcome.sorted.violations)


def test_only_a_refusal_of_the_model_says_that_it_is_gone(clock: Clock, hold: Hold) -> None:
    """Code 422 alone may be anything that is wrong with a request."""
    server = Reference("kie", "observed", clock)

    def refuse(_body: Any) -> None:
        raise RefusedError(422, "text is required")

    server.check_body = refuse  # type: ignore[method-assign]  # one defect
    assert hold(server).exit_code == 1


@pytest.mark.parametrize(("too_few", "caught"), [(0, False), (1, False), (2, True)])
def test_seconds_may_leave_out_what_recorded_ones_did(
    clock: Clock, hold: Hold, too_few: int, caught: bool
) -> None:
    """9 of 64 stood 1.016 to 1.273 s below the times beside them; more is another time."""
    server = Reference("kie", "observed", clock)
    server.generating = 3.773

    def change(record: dict[str, Any], _task: object) -> dict[str, Any]:
        cost = record["costTime"]
        return record | {"costTime": cost and cost - too_few}

    recording(change)(server)
    assert ("cost-time" in caught_by(hold(server, **BRIEFLY).sorted.violations)) is caught


@pytest.mark.parametrize(
    ("name", "beyond", "caught"),
    [("n", 0, False), ("n", -1, True), ("max_images", -1, False), ("max_images", 1, True)],
)
def test_pictures_are_counted_by_the_models_own_field(
    clock: Clock, hold: Hold, monkeypatch: pytest.MonkeyPatch, name: str, beyond: int, caught: bool
) -> None:
    """As many as asked for; of a field that is a maximum, not more."""
    count = {"type": "integer", "minimum": 2, "maximum": 4, "default": 2}
    counting = document(prompt={"type": "string"}, **{name: count})
    monkeypatch.setattr(run, "load_document", lambda *_: counting)
    server = Reference("kie", "observed", clock)

    def pictures(task: Task) -> int:
        asked = task.request["input"].get(name)
        return (asked if isinstance(asked, int) else 2) + beyond

    server.pictures = pictures  # type: ignore[method-assign]  # one defect
    assert ("result-count" in caught_by(hold(server, **BRIEFLY).sorted.violations)) is caught


def test_a_page_of_which_no_right_request_can_be_made_is_no_broken_word(
    clock: Clock, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent: a server would be right to refuse it."""
    impossible = document(x={"type": "string", "pattern": "(?!)"})
    impossible.at(INPUT_SCHEMA)["required"] = ["x"]
    monkeypatch.setattr(run, "load_document", lambda *_: impossible)
    server = Reference("kie", "observed", clock)
    with pytest.raises(CouldNotRunError, match="no right request"):
        hold(server)
    assert clock.now() == 0


def test_a_model_without_a_page_is_named_with_those_like_it() -> None:
    """Before anything is sent, and before anybody is asked to pay."""
    with pytest.raises(CouldNotRunError) as caught:
        find_server("kie", HERE, None, {}, "google/nanobanana")
    assert "google/nano-banana" in str(caught.value)
    with pytest.raises(CouldNotRunError, match="google/imagen4"):
        find_server("apikley", HERE, None, {}, "nano-banana-2")
