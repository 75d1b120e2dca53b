"""Callbacks: what a gateway POSTs to an address of yours when a task has ended.

A `Receiver` takes them, and ends the waits that they are about: see there. To take them by
hand, ask for them with `callback_url`:

    from imagen4 import Client, callbacks

    client = Client("kie")

    def app(environ, start_response):  # a WSGI application
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        genuine = callbacks.verify(environ, body, WEBHOOK_KEY)
        if genuine:
            handle(client.confirm(callbacks.parse(body)))
        start_response("200 OK" if genuine else "401 Unauthorized", [])
        return []

Callbacks may come twice, and late. Answer 200, or the gateway tries again.

With a ledger, `callback_url` is sent with a token in its query, another one for each create:
`https://example.org/done?imagen4-token=…`. Hand the URL on, and a create that nobody had an
answer to gets its task:

    row = ledger.record_callback(callbacks.parse(body), environ["QUERY_STRING"])
"""

from .reading import body_bytes, parse, task_id_in
from .receiver import Receiver
from .signature import verify

__all__ = ["Receiver", "body_bytes", "parse", "task_id_in", "verify"]
