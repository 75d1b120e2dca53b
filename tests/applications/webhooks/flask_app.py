"""Flask: a view hands callbacks on; the view that waits has another thread, as is Flask's way."""

import os

from flask import Flask, request

from imagen4 import Client, callbacks

app, client = Flask(__name__), Client("kie")
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
url, key = os.environ["PUBLIC_URL"] + "/imagen4/", os.environ["WEBHOOK_KEY"]
receiver = callbacks.Receiver(url, webhook_key=key)


@app.post("/imagen4/")
def called_back() -> tuple[str, int]:
    return "", receiver.receive(request.headers, request.get_data(), request.query_string)


@app.post("/paint")
def paint() -> list[str]:
    result = client.generate(request.args["prompt"], callback=receiver)
    return [image.url for image in result]
