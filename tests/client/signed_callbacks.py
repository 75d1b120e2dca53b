"""Callbacks as a gateway sends and signs them."""

import base64
import hashlib
import hmac
import json

from client.play import succeeded

WEBHOOK_KEY = "whk-1234"
NOW = 1_777_539_206
RECORD = json.loads(succeeded("t1").text)["data"]
BODY = json.dumps({"code": 200, "msg": "done", "data": RECORD | {"updateTime": 1777539206000}})


def signed(task_id: str = "t1", timestamp: object = NOW, key: str = WEBHOOK_KEY) -> dict[str, str]:
    """The headers of a genuine callback, made as the documents say."""
    text = f"{task_id}.{timestamp}".encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return {"X-Webhook-Timestamp": str(timestamp), "X-Webhook-Signature": signature}
