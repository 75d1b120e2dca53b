"""A service that paints: POST /pictures begins, GET /pictures/{id} shows it when it is there."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI, HTTPException, Response

from imagen4 import AsyncClient, AsyncJob, AsyncResult, Imagen4Error, TaskNotFound, callbacks

# A callback is signed with the webhook key of the account; without one, leave webhook_key out.
receiver = callbacks.Receiver(
    os.environ["PUBLIC_URL"] + "/imagen4/", webhook_key=os.environ.get("WEBHOOK_KEY")
)
client = AsyncClient("kie")
waits: dict[str, asyncio.Task[AsyncResult]] = {}


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with client:
        yield
        for wait in waits.values():
            wait.cancel()  # whoever asks again after the restart takes the task up by its id


app = FastAPI(lifespan=lifespan)
app.mount("/imagen4", receiver)


def follow(job: AsyncJob) -> str:
    (task_id,) = job.task_ids
    waits[task_id] = asyncio.create_task(job.wait())
    return task_id


@app.post("/pictures", status_code=202)
async def begin(prompt: Annotated[str, Body(embed=True)]) -> dict[str, str]:
    try:
        return {"id": follow(await client.submit(prompt, callback=receiver))}
    except Imagen4Error as error:
        raise HTTPException(502, error.message) from error


@app.get("/pictures/{task_id}")
async def look(task_id: str) -> Response:
    if task_id not in waits:  # begun before a restart
        follow(client.job(task_id, callback=receiver))
    await asyncio.wait([waits[task_id]], timeout=0.2)
    if not waits[task_id].done():
        return Response("it is being painted", 202)
    try:
        (image,) = waits[task_id].result()
        return Response(await image.read(), media_type=image.content_type)
    except TaskNotFound as error:
        raise HTTPException(404, "there is no such picture") from error
    except Imagen4Error as error:
        raise HTTPException(502, error.message) from error
