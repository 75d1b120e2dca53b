"""Hand-duplicated sync and async code drifts: one waiter of a peer ignores a state."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

import imagen4
from client.play import (
    GATEWAYS,
    KINDS,
    PROMPT,
    Script,
    Time,
    client_for,
    created,
    envelope,
    play,
    succeeded,
)
from imagen4 import (
    AsyncClient,
    AsyncImage,
    AsyncJob,
    AsyncResult,
    Client,
    Image,
    InvalidRequest,
    Job,
    Result,
    errors,
)
from imagen4.gateways import KNOWN

GENERATED = Path(__file__).parents[2] / "generated" / "imagen4_generated"
PAIRS = [(Client, AsyncClient), (Job, AsyncJob), (Result, AsyncResult), (Image, AsyncImage)]


def public(kind: type) -> dict[str, Any]:
    return {
        name: inspect.signature(value) if callable(value) else type(value)
        for name, value in inspect.getmembers(kind)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("sync", "by_await"), PAIRS)
def test_both_clients_have_the_same_surface(sync: type, by_await: type) -> None:
    """The same names with the same parameters, on clients, jobs, results and images."""
    assert public(sync).keys() == public(by_await).keys()
    without_self = {name: str(found) for name, found in public(sync).items() if name != "close"}
    for name, found in without_self.items():
        assert str(public(by_await)[name]) == found, name


def test_both_clients_are_made_alike() -> None:
    """The same settings with the same defaults, but for what is sync or async by nature."""
    sync, by_await = (inspect.signature(each).parameters for each in (Client, AsyncClient))
    assert list(sync) == list(by_await)
    differ = {name for name in sync if sync[name].default != by_await[name].default}
    assert differ == {"sleep"}


def test_the_surface_is_the_documented_one() -> None:
    """Neither less nor more than the README promises."""
    assert public(Client).keys() == {
        "base_url", "close", "confirm", "credits", "gateway", "generate", "generate_many", "job",
        "submit",
    }  # fmt: skip
    assert public(Job).keys() == {"status", "task_ids", "updates", "wait"}
    assert public(Result).keys() == {
        "completed", "cost_time", "created", "images", "raw", "save", "task_ids", "tasks",
    }  # fmt: skip
    assert public(Image).keys() == {"index", "read", "save", "seed", "task_id", "url"}


def test_submit_takes_what_generate_takes() -> None:
    """With the same defaults."""
    submit, generate = (
        inspect.signature(each).parameters for each in (Client.submit, Client.generate)
    )
    assert submit == generate


def test_every_public_name_is_there() -> None:
    """Loaded when first asked for, and listed."""
    for name in imagen4.__all__:
        assert getattr(imagen4, name) is not None
    assert set(imagen4.__all__) <= set(dir(imagen4))
    assert list(imagen4.__all__) == sorted(imagen4.__all__)
    with pytest.raises(AttributeError, match="module 'imagen4' has no attribute 'Nothing'"):
        _ = imagen4.Nothing  # type: ignore[attr-defined]


def loaded_after(code: str) -> set[str]:
    run = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_costs_nothing() -> None:
    """Neither httpx nor a generated package is loaded before it is needed."""
    loaded = loaded_after("import imagen4")
    assert not loaded & {"httpx", "attrs", "attr", "imagen4_generated", "imagen4.client"}


@pytest.mark.parametrize(("used", "other"), [("kie", "apikley"), ("apikley", "kie")])
def test_a_client_loads_its_own_gateway_only(used: str, other: str) -> None:
    """The other one's package, and anyone else's extras, stay on the disk."""
    loaded = loaded_after(f"import imagen4; imagen4.Client({used!r}, api_key='k')")
    assert f"imagen4_generated.{used}" in loaded
    assert not loaded & {
        f"imagen4_generated.{other}",
        "starlette",
        "uvicorn",
        "yaml",
        "schemathesis",
        "PIL",
    }


def literals(found: Any) -> set[str]:
    """The values of a Literal, or of a union of some."""
    return {each for arg in get_args(found) for each in (literals(arg) or {arg})}


def test_the_literals_are_those_of_the_documents() -> None:
    """Whatever ratios the gateways' documents allow today, and the gateways there are."""
    ratios = set()
    for gateway in GATEWAYS:
        document = json.loads((GENERATED / gateway / "vendored.json").read_text())
        post = document["paths"]["/api/v1/jobs/createTask"]["post"]
        schema = post["requestBody"]["content"]["application/json"]["schema"]
        ratios |= set(schema["properties"]["input"]["properties"]["aspect_ratio"]["enum"])
    assert literals(imagen4.AspectRatio) == ratios
    assert set(get_args(imagen4.Gateway)) == set(KNOWN) == set(GATEWAYS)


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("left", "expected"), [(5916.25, 5916.25), (7, 7.0), ("12.5", 12.5), (0, 0.0)]
)
def test_credits_are_a_number(kind: str, gateway: str, left: object, expected: float) -> None:
    """A float on the wire, an integer in the documents."""
    script = Script(others=[envelope(200, left)])
    found = play(kind, script, lambda c: c.credits(), gateway=gateway)
    assert found == expected
    assert type(found) is float
    assert script.requests[0].method == "GET"
    assert script.requests[0].url.path == "/api/v1/chat/credit"


@pytest.mark.parametrize("left", [None, "many", True, [], {}])
def test_credits_that_are_no_number_are_an_error(left: object) -> None:
    """Not 0, which would stop a batch for nothing."""
    with pytest.raises(errors.UnexpectedResponse, match="The answer holds no balance") as caught:
        play("sync", Script(others=[envelope(200, left)]), lambda c: c.credits())
    assert caught.value.gateway == "kie"
    assert caught.value.http_status == 200


@pytest.mark.parametrize("code", [401, 402, 455, 500])
def test_credits_that_are_refused_say_why(code: int) -> None:
    """By the same rule as everything else."""
    with pytest.raises(errors.Imagen4Error, match="no") as caught:
        play("sync", Script(others=[envelope(code, None, "no")]), lambda c: c.credits())
    assert caught.value.code == code


def test_a_result_has_what_the_gateway_said() -> None:
    """Times in aware datetimes, the cost as a timedelta, the answers as they were."""
    polls = [lambda request: succeeded(request.url.params["taskId"])]
    result = play("sync", Script(polls=polls), lambda c: c.job("t1", "t2").wait())
    assert str(result.created) == "2026-04-30 08:53:10.339000+00:00"
    assert str(result.completed) == "2026-04-30 08:53:22.339000+00:00"
    assert str(result.cost_time) == "0:00:12"
    assert [each["data"]["taskId"] for each in result.raw] == ["t1", "t2"]
    assert result.task_ids == ("t1", "t2")
    assert "resultJson" not in repr(result)


def test_of_several_tasks_the_result_spans_all() -> None:
    """From the first creation to the last completion, and the longest work in between."""
    tasks = [
        imagen4.Task("t1", "success", cost_time=None),
        *play("sync", Script(polls=[succeeded("t2")]), lambda c: c.job("t2").status()),
    ]
    result: Any = Result((), tuple(tasks), lambda _: None)
    assert (str(result.cost_time), result.created) == ("0:00:12", tasks[1].created)
    empty: Any = Result((), (tasks[0],), lambda _: None)
    assert (empty.cost_time, empty.created, empty.completed) == (None, None, None)


ERRORS = [
    each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, Exception)
]


def test_the_tree_is_drawn_as_it_is() -> None:
    """The docstring names every error, and every error is one of ours alone."""
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == {each.__name__ for each in ERRORS} - {"Imagen4Error"}
    assert {each.__mro__[1] for each in ERRORS} == {errors.Imagen4Error, Exception}
    assert drawn | {"Imagen4Error"} <= set(imagen4.__all__)


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_says_what_is_known(kind: type[errors.Imagen4Error]) -> None:
    """In its text and as attributes."""
    bare = kind("It broke")
    assert str(bare) == bare.message == "It broke"
    assert (bare.gateway, bare.task_ids, bare.code, bare.http_status, bare.body, bare.job) == (
        None, (), None, None, None, None,
    )  # fmt: skip
    full = kind(
        "It broke", gateway="kie", task_ids=("t1", "t2"), code=500, http_status=200, body="x"
    )
    assert str(full) == "It broke [gateway kie, code 500, HTTP 200, task t1, t2]"
    assert (full.gateway, full.task_ids, full.code) == ("kie", ("t1", "t2"), 500)
    assert (full.http_status, full.body) == (200, "x")


def test_an_injected_client_is_used_and_not_closed() -> None:
    """It belongs to the caller."""
    client = client_for("sync", "kie", Script(creates=[created("t1")]), Time())
    with client:
        client.submit(PROMPT)
    assert not client._connections.here().is_closed
    own = Client("kie", api_key="k")
    http = own._connections.here()
    own.close()
    assert http.is_closed
