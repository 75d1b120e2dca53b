"""FastAPI: the receiver is mounted; the picture's address is there when the gateway calls."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from imagen4 import AsyncClient, callbacks

client, url = AsyncClient("kie"), os.environ["PUBLIC_URL"] + "/imagen4/"
receiver = callbacks.Receiver(url, webhook_key=os.environ["WEBHOOK_KEY"])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with client:
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/imagen4", receiver)


@app.post("/paint")
async def paint(prompt: str) -> list[str]:
    result = await client.generate(prompt, callback=receiver)
    return [image.url for image in result]
