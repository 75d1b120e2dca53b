"""What is sent has to be the same for the same seed, and its intent has to be right."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from imagen4.contract.cases import allowed, forbidden, generated
from imagen4.contract.cases.judge import intent_of
from imagen4.contract.document import Document, load_document
from imagen4.contract.exchange import Case, Expect
from imagen4.contract.server import model_names

GATEWAYS = ("kie", "apikley")
VENDORED = [(gateway, model) for gateway in GATEWAYS for model in model_names(gateway)]
EITHER = ("kie", pytest.param("apikley", marks=pytest.mark.slow))
PROMPT = {"prompt": "a fox"}


def _expect(document: Document, body: Any, content_type: str | None = "application/json") -> Expect:
    return intent_of(document, json.dumps(body).encode(), "", content_type).expect


def _body(**changes: Any) -> dict[str, Any]:
    return {"model": "google/imagen4", "input": PROMPT | changes}


@pytest.mark.parametrize("gateway", EITHER)
def test_the_same_seed_gives_the_same_requests(
    gateway: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte and in order, when nothing is remembered, and whatever code is loaded.

    A project's literals are nobody's business, and another machine has not loaded them.
    """
    document = load_document(gateway)
    first = generated.generated_cases(document, generated.EVERYTHING, 3, examples=10)
    generated.cases_of_text.cache_clear()
    words = [f"hunter{number}" for number in range(500)]
    (tmp_path / f"somebodys_{gateway}.py").write_text(f"WORDS = {words}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module(f"somebodys_{gateway}")
    assert generated.generated_cases(document, generated.EVERYTHING, 3, examples=10) == first
    assert len(first) > 60


@pytest.mark.parametrize("gateway", EITHER)
def test_quick_does_not_depend_on_the_seed(gateway: str) -> None:
    """Examples and boundaries are what the document says, not what the dice say."""
    document = load_document(gateway)
    first, second = (
        generated.generated_cases(document, generated.DETERMINISTIC, n) for n in (1, 2)
    )
    assert first == second


@pytest.mark.parametrize(("gateway", "model"), VENDORED)
def test_own_cases_mean_what_they_say(gateway: str, model: str) -> None:
    """The document itself allows every allowed case and forbids every forbidden one."""
    document = load_document(gateway, model)
    for plan in [allowed.plainest(document), *_allowed(document)]:
        assert _intent(document, plan) is Expect.ACCEPT, plan.intent.what
    for plan in forbidden.forbidden_creates(document, free=True):
        lenient = plan.intent.what == "JSON sent as text/plain"
        assert plan.intent.expect is (Expect.OPEN if lenient else Expect.REFUSE), plan.intent.what
        assert document.at(plan.intent.pointer) is not None


def _allowed(document: Document) -> list[Case]:
    more = [*allowed.one_thing_at_a_time(document), *allowed.repeated(document, 0)]
    return [*allowed.at_once(document), *allowed.at_the_limits(document), *more]


def _intent(document: Document, plan: Case) -> Expect:
    request = plan.request
    return intent_of(document, request.content or b"", "", request.content_type).expect


def test_every_enum_value_and_length_limit_is_tried() -> None:
    """Ratios and numbers of pictures one by one; each limit at it and one beyond."""
    document = load_document("apikley")
    fields = document.input_fields
    given = [plan.request.body["input"] for plan in _allowed(document)]
    for name in ("aspect_ratio", "num_images"):
        assert {each[name] for each in given if name in each} == set(fields[name]["enum"])
    beyond = [plan.request.body for plan in forbidden.forbidden_creates(document, free=True)]
    wrong = [body["input"] for body in beyond if isinstance(body, dict) and "input" in body]
    for name in ("prompt", "negative_prompt", "seed"):
        limit = fields[name]["maxLength"]
        assert any(len(each.get(name, "")) == limit for each in given)
        texts = [each.get(name) for each in wrong if isinstance(each, dict)]
        assert any(isinstance(each, str) and len(each) == limit + 1 for each in texts)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_nothing_is_posted_to_anybody(gateway: str) -> None:
    """The page's example host is somebody's: no generated request names it."""
    plans = generated.generated_cases(load_document(gateway), generated.EVERYTHING, 3, examples=10)
    assert not any(b"your-domain" in (plan.request.content or b"") for plan in plans)


@pytest.mark.parametrize(
    "body",
    [
        _body(prompt=""),
        _body(prompt="  "),
        _body(aspect_ratio=""),
        _body(unheard_of=1),
        {"model": "google/imagen4"},
        _body() | {"callBackUrl": ""},
        _body() | {"callBackUrl": "ftp://callback.invalid/"},
        _body(prompt="a\x07b"),
    ],
)
def test_what_the_document_leaves_open_is_open(body: Any) -> None:
    """Servers may do either, so neither is judged."""
    assert _expect(load_document("kie"), body) is Expect.OPEN


@pytest.mark.parametrize("name", ["negative_prompt", "seed"])
def test_what_the_pages_own_example_sends_is_allowed(name: str) -> None:
    """It leaves these texts empty."""
    assert _expect(load_document("kie"), _body(**{name: ""})) is Expect.ACCEPT


@pytest.mark.parametrize(
    "body",
    [
        _body(prompt=None),
        _body(aspect_ratio=None),
        _body() | {"callBackUrl": None},
        _body() | {"model": ""},
        None,
        "",
        [],
        _body(seed=3),
        _body(prompt=[]),
    ],
)
def test_what_the_document_forbids_is_forbidden(body: Any) -> None:
    """Null, too, for no field is nullable; empty texts are open where they are optional."""
    assert _expect(load_document("kie"), body) is Expect.REFUSE


def test_num_images_is_a_field_of_apikley_only() -> None:
    """kie's document has no such field: there it is an unknown extra, neither good nor bad."""
    assert _expect(load_document("apikley"), _body(num_images="5")) is Expect.REFUSE
    assert _expect(load_document("kie"), _body(num_images="5")) is Expect.OPEN


def test_without_content_type_nothing_is_said() -> None:
    """Valid JSON may be taken under any media type or none; a forbidden body under none."""
    assert _expect(load_document("kie"), _body(), None) is Expect.OPEN
    assert _expect(load_document("kie"), _body(), "text/plain") is Expect.OPEN
    assert _expect(load_document("kie"), _body(seed=3), "text/plain") is Expect.REFUSE
    assert (
        _expect(load_document("kie"), _body(), "application/json; charset=utf-8") is Expect.ACCEPT
    )
