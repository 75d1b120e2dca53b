"""The public interface as a type checker sees it. Checked, never run.

A line that must not type-check carries an ignore: with unused ignores being errors, it fails
the check as soon as it is accepted.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_type

from imagen4 import (
    AspectRatio,
    AsyncClient,
    AsyncImage,
    AsyncJob,
    AsyncResult,
    Client,
    Finished,
    Gateway,
    Image,
    Job,
    PartialFailure,
    Polling,
    Request,
    Result,
    Task,
    TaskTimeout,
    Update,
    callbacks,
)


def show(update: Update) -> None:
    assert_type(update.state, str)
    assert_type(update.elapsed, float)
    assert_type(update.task_ids, tuple[str, ...])
    assert_type(update.task, Task | None)


def sync(gateway: Gateway, ratio: AspectRatio) -> None:
    with Client(gateway, api_key="k", timeout=5, polling=Polling(timeout=60)) as client:
        assert_type(client, Client)
        result = client.generate("fox", num_images=4, aspect_ratio=ratio, seed=7, on_update=show)
        assert_type(result, Result)
        assert_type(result.images[0], Image)
        assert_type(result.images[0].save("out/"), Path)
        assert_type(result.images[0].read(), bytes)
        assert_type(result.save(Path("out")), list[Path])
        assert_type(result.cost_time, timedelta | None)
        assert_type(result.created, datetime | None)
        job = client.submit("fox", aspect_ratio="16:9", callback_url="https://example.org")
        assert_type(job, Job)
        assert_type(job.task_ids, tuple[str, ...])
        assert_type(job.status(), tuple[Task, ...])
        assert_type(job.wait(timeout=3), Result)
        assert_type(job.updates(), Generator[Update])
        assert_type(client.job("a", "b"), Job)
        assert_type(client.credits(), float)
        assert_type(client.confirm(callbacks.parse(b"{}")), Task)
        many = client.generate_many(["fox", Request("hare", seed="x")], max_in_flight=3)
        assert_type(many, Generator[Finished[Result]])
        for finished in many:
            assert_type(finished.get(), Result)


async def by_await(gateway: Gateway) -> None:
    async with AsyncClient(gateway) as client:
        assert_type(client, AsyncClient)
        result = await client.generate("fox", on_update=show)
        assert_type(result, AsyncResult)
        assert_type(result.images[0], AsyncImage)
        assert_type(await result.images[0].save("out/"), Path)
        assert_type(await result.images[0].read(), bytes)
        assert_type(await result.save("out"), list[Path])
        job = await client.submit("fox")
        assert_type(job, AsyncJob)
        assert_type(await job.status(), tuple[Task, ...])
        assert_type(await job.wait(), AsyncResult)
        assert_type(job.updates(), AsyncGenerator[Update])
        assert_type(client.job("a"), AsyncJob)
        assert_type(await client.credits(), float)
        task = asyncio.create_task(client.generate("fox"))
        assert_type(await task, AsyncResult)
        async for finished in client.generate_many(["fox"]):
            assert_type(finished, Finished[AsyncResult])
            assert_type(finished.get(), AsyncResult)


def mistakes(client: Client) -> None:
    Client("nobody")  # type: ignore[arg-type]
    client.generate("fox", aspect_ratio="2:1")  # type: ignore[arg-type]
    client.generate("fox", num_images="4")  # type: ignore[arg-type]
    client.generate("fox", 4)  # type: ignore[call-arg]
    client.generate()  # type: ignore[call-arg]


def errors(error: TaskTimeout, partial: PartialFailure) -> None:
    assert_type(error.message, str)
    assert_type(error.task_ids, tuple[str, ...])
    assert_type(error.http_status, int | None)
    assert_type(error.code, int | None)
    assert_type([str(failure) for failure in partial.failures], list[str])
