"""The public interface as a type checker sees it. Checked, never run.

A line that must not type-check carries an ignore: with unused ignores being errors, it fails
the check as soon as it is accepted.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, assert_type

from imagen4 import (
    AspectRatio,
    AsyncClient,
    AsyncImage,
    AsyncJob,
    AsyncResult,
    Client,
    ConfirmedTask,
    Cost,
    Finished,
    Gateway,
    Image,
    Imagen4Error,
    Job,
    PartialFailure,
    Polling,
    Request,
    Result,
    Task,
    TaskTimeout,
    callbacks,
)
from imagen4.events import Event, RequestEnded, TaskState


def show(event: Event) -> None:
    assert_type(event.tag, str | None)
    assert_type(event.elapsed, float)
    if isinstance(event, TaskState):
        assert_type(event.task, Task)
    if isinstance(event, RequestEnded):
        assert_type(event.error, Imagen4Error | None)


def sync(gateway: Gateway, ratio: AspectRatio) -> None:
    with Client(gateway, api_key="k", timeout=5, polling=Polling(timeout=60)) as client:
        assert_type(client, Client)
        result = client.generate("fox", num_images=4, aspect_ratio=ratio, seed=7, on_event=show)
        assert_type(result, Result)
        assert_type(result.images[0], Image)
        assert_type(result.images[0].save("out/"), Path)
        assert_type(result.images[0].read(), bytes)
        assert_type(result.save(Path("out")), list[Path])
        assert_type(result.cost_time, timedelta | None)
        assert_type(result[0], Image)
        assert_type(result[1:], tuple[Image, ...])
        assert_type([image.size for image in result], list[tuple[int, int] | None])
        assert_type(result[0].content_type, str | None)
        assert_type(result[0].to_pil().size, tuple[int, int])
        assert_type(result[0].show(), None)
        assert_type(result.to_dict(), dict[str, Any])
        assert_type(result.tasks[0].to_dict(), dict[str, Any])
        assert_type(result.created, datetime | None)
        assert_type(client.price("fox"), Cost | None)
        client.generate("fox", model="nano-banana-2", resolution="2K")
        with callbacks.Receiver(webhook_key="k").running(port=8001) as receiver:
            assert_type(receiver, callbacks.Receiver)
            assert_type(receiver.receive({}, b"", ""), int)
            assert_type(client.generate("fox", callback=receiver), Result)
            assert_type(client.job("a", callback=receiver), Job)
            client.generate_many([Request("owl", callback=receiver), "fox"], callback=receiver)
        job = client.submit("fox", aspect_ratio="16:9", callback_url="https://example.org")
        assert_type(job, Job)
        assert_type(job.task_ids, tuple[str, ...])
        assert_type(job.status(), tuple[Task, ...])
        assert_type(job.wait(timeout=3), Result)
        assert_type(job.events(), Generator[Event])
        assert_type(client.job("a", "b"), Job)
        assert_type(client.credits(), float)
        assert_type(client.confirm(callbacks.parse(b"{}")), ConfirmedTask[Result])
        assert_type(client.confirm(callbacks.parse(b"{}")).result.save("out"), list[Path])
        many = client.generate_many(["fox", Request("hare", seed="x")], max_in_flight=3)
        assert_type(many, Generator[Finished[Result]])
        for finished in many:
            assert_type(finished.get(), Result)
            if finished.error is None:
                assert_type(finished.result, Result)
            else:
                assert_type(finished.error, Imagen4Error)


async def by_await(gateway: Gateway) -> None:
    async with AsyncClient(gateway) as client:
        assert_type(client, AsyncClient)
        result = await client.generate("fox", on_event=show)
        assert_type(result, AsyncResult)
        assert_type(result.images[0], AsyncImage)
        assert_type(await result.images[0].save("out/"), Path)
        assert_type(await result.images[0].read(), bytes)
        assert_type(await result.save("out"), list[Path])
        assert_type(result[0], AsyncImage)
        assert_type(result[1:], tuple[AsyncImage, ...])
        assert_type((await result[0].to_pil()).size, tuple[int, int])
        assert_type(await result[0].show(), None)
        job = await client.submit("fox")
        assert_type(job, AsyncJob)
        assert_type(await job.status(), tuple[Task, ...])
        assert_type(await job.wait(), AsyncResult)
        assert_type(job.events(), AsyncGenerator[Event])
        assert_type(client.job("a"), AsyncJob)
        receiver = callbacks.Receiver("https://example.org/", on_callback=lambda task, query: None)
        assert_type(await client.generate("fox", callback=receiver), AsyncResult)
        assert_type(await client.credits(), float)
        confirmed = await client.confirm(callbacks.parse(b"{}"))
        assert_type(await confirmed.result.save("out"), list[Path])
        task = asyncio.create_task(client.generate("fox"))
        assert_type(await task, AsyncResult)
        async for finished in client.generate_many(["fox"]):
            if finished.error is None:
                assert_type(finished.result, AsyncResult)
            assert_type(finished.get(), AsyncResult)


def mistakes_of_fields(client: Client) -> None:
    """What no type checker sees: a model's own fields are checked as the call is made."""
    client.generate("fox", model="nano-banana-2", resolutoin="2K")
    client.generate("fox", model="nano-banana-2", resolution="9K")
    client.generate()


def mistakes(client: Client) -> None:
    Client("nobody")  # type: ignore[arg-type]
    client.generate("fox", aspect_ratio="2:1")  # type: ignore[arg-type]
    client.generate("fox", num_images="4")  # type: ignore[arg-type]
    client.generate("fox", model="nano-banana-22")  # type: ignore[arg-type]
    client.generate("fox", callback="https://example.org")  # type: ignore[arg-type]
    client.generate("fox", 4)  # type: ignore[arg-type,call-arg]
    _ = client.generate("fox").imagse  # type: ignore[attr-defined]
    client.generate("fox")[0] = None  # type: ignore[index]


def errors(error: TaskTimeout, partial: PartialFailure) -> None:
    assert_type(error.message, str)
    assert_type(error.task_ids, tuple[str, ...])
    assert_type(error.http_status, int | None)
    assert_type(error.code, int | None)
    assert_type(error.accepted, Literal["no", "maybe"] | None)
    assert_type([str(failure) for failure in partial.failures], list[str])
    if error.job is not None and partial.result is not None:
        assert_type(error.job.task_ids, tuple[str, ...])
        assert_type(partial.result.tasks, tuple[Task, ...])
        error.job.wiat()  # type: ignore[attr-defined]
        _ = partial.result.imges  # type: ignore[attr-defined]
