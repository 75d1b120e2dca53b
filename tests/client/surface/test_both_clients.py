"""Guards against sync and async clients that drift apart, or from the README."""

import inspect
from typing import Any

import pytest

from imagen4 import AsyncClient, AsyncImage, AsyncJob, AsyncResult, Client, Image, Job, Result

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
