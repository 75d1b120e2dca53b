"""Guards against sync and async clients that drift apart, or from the README."""

import inspect
import re
from typing import Any

import pytest

from imagen4 import (
    AsyncClient,
    AsyncImage,
    AsyncJob,
    AsyncResult,
    Client,
    Image,
    Job,
    Result,
    errors,
)

PAIRS = [(Client, AsyncClient), (Job, AsyncJob), (Result, AsyncResult), (Image, AsyncImage)]


# What an async class says where its sync twin says the other.
TWINS = {
    "AsyncGenerator": "Generator",
    "AsyncResult": "Result",
    "AsyncJob": "Job",
    "AsyncImage": "Image",
    " | AsyncIterable[str | Request]": "",
}


def public(kind: type) -> dict[str, Any]:
    return {
        name: inspect.signature(value) if callable(value) else type(value)
        for name, value in inspect.getmembers(kind)
        if not name.startswith("_")
    }


def as_sync(signature: object) -> str:
    return re.sub("|".join(map(re.escape, TWINS)), lambda found: TWINS[found[0]], str(signature))


@pytest.mark.parametrize(("sync", "by_await"), PAIRS)
def test_both_clients_have_the_same_surface(sync: type, by_await: type) -> None:
    """The same names with the same parameters and results, on clients, jobs, results, images."""
    asked, found = public(sync), public(by_await)
    assert found.keys() - asked.keys() == ({"aclose"} if by_await is AsyncClient else set())
    assert {name: str(each) for name, each in asked.items()} == {
        name: as_sync(found[name]) for name in asked
    }


@pytest.mark.parametrize(("sync", "by_await"), PAIRS)
def test_both_clients_say_the_same_of_themselves(sync: type, by_await: type) -> None:
    """Each public method has its own docstring, equal in both but for what has to be awaited."""
    own = [name for name in vars(sync) if not name.startswith("_") and name != "close"]
    assert own
    for name in own:
        if callable(getattr(sync, name)):
            said, twin = (
                inspect.getdoc(getattr(sync, name)),
                inspect.getdoc(getattr(by_await, name)),
            )
            assert said
            assert twin is not None
            hint = re.compile(r";\s+may\s+be\s+(a\s+coroutine\s+function|async)")
            assert hint.sub("", twin).split() == said.split(), name


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_the_help_of_generate_needs_no_other_page(client: type[Client | AsyncClient]) -> None:
    """It has every parameter, the units, the price, and every error that can come of it."""
    said = inspect.getdoc(client.generate) or ""
    parameters = set(inspect.signature(client.generate).parameters) - {"self"}
    assert set(re.findall(r"^(\w+): ", said, re.MULTILINE)) == parameters
    for word in ("seconds", "credits", "dollars", "`price`"):
        assert word in said
    elsewhere = {"Imagen4Error", "DownloadError", "TaskNotFound", "LedgerUnavailable"}
    kinds = {name for name, each in vars(errors).items() if is_error(each)} - elsewhere
    assert kinds - set(re.findall(r"\w+", said)) == set()


def is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, errors.Imagen4Error)


def test_results_are_said_in_so_many_words() -> None:
    """Whoever looks at a signature sees what comes back."""
    assert str(inspect.signature(Client.generate)).endswith("-> 'Result'")
    assert str(inspect.signature(AsyncClient.submit)).endswith("-> 'AsyncJob'")


def test_both_clients_are_made_alike() -> None:
    """The same settings with the same defaults, but for what is sync or async by nature."""
    sync, by_await = (inspect.signature(each).parameters for each in (Client, AsyncClient))
    assert list(sync) == list(by_await)
    differ = {name for name in sync if sync[name].default != by_await[name].default}
    assert differ == {"sleep"}


def test_the_surface_is_the_documented_one() -> None:
    """Neither less nor more than the README promises."""
    assert public(Client).keys() == {
        "base_url", "base_urls", "close", "confirm", "credits", "gateway", "gateways", "generate",
        "generate_many", "job", "price", "resume", "submit",
    }  # fmt: skip
    assert public(Job).keys() == {
        "events", "gateway", "job_id", "passed_over", "status", "task_ids", "wait",
    }  # fmt: skip
    assert public(Result).keys() == {
        "completed", "cost_time", "count", "created", "gateway", "images", "index", "passed_over",
        "raw", "save", "task_ids", "tasks", "to_dict",
    }  # fmt: skip
    assert public(Image).keys() == {
        "content_type", "gateway", "index", "read", "save", "seed", "show", "size", "task_id",
        "to_pil", "url",
    }  # fmt: skip


def test_submit_takes_what_generate_takes() -> None:
    """With the same defaults."""
    submit, generate = (
        inspect.signature(each).parameters for each in (Client.submit, Client.generate)
    )
    assert submit == generate
