"""A conforming gateway in one file, to develop the suite against and to break on purpose.

Written from the documents and the recorded answers alone: it shares no code with the
sandbox, the client or the suite. The sandbox cannot take its place: a mistake that suite
and sandbox share would go unnoticed, and here every decision is a method of its own, so
that a defect is a small change to one of them.
"""

import json
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import quote, urlsplit

import jsonschema_rs

from imagen4.facts import GATEWAYS
from imagen4.facts.documents import document
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.clock import Clock

EPOCH = 1_790_000_000.0
STYLES = ("observed", "documented")
KEYS = {name: f"sandbox-{name}-key" for name in GATEWAYS}


@cache
def input_fields(gateway: str) -> Any:
    """The fields of a create's `input` and their schemas, as the page has them."""
    operation = document(gateway, "vendored")["paths"][CREATE_PATH]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    return body["properties"]["input"]["properties"]


def _fits(schema: dict[str, Any], value: Any) -> bool:
    return (value is None and schema.get("nullable") is True) or _validator(schema).is_valid(value)


def _validator(schema: dict[str, Any]) -> Any:
    """By OpenAPI 3.0, whose schemas are nearest to the fourth draft."""
    return jsonschema_rs.Draft4Validator(schema)


@dataclass
class Incoming:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes
    connection: int = 0
    """Equal for requests over the same one."""


@dataclass
class Outgoing:
    """An answer as it leaves; `trouble` is what happens to it on the wire."""

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trouble: Exception | None = None


@dataclass
class Task:
    id: str
    request: dict[str, Any]
    created: float
    number: int
    polls: int = 0


class RefusedError(Exception):
    """The request is refused with this code."""

    def __init__(self, code: int, message: str, *, bare: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.bare = code, message, bare


class Reference:
    """One gateway in one style."""

    def __init__(self, gateway: str, style: str, clock: Clock) -> None:
        self.gateway, self.style, self.clock = gateway, style, clock
        self.tasks: dict[str, Task] = {}
        self.waiting, self.generating = 0.5, 1.0
        self.crashes: list[Exception] = []
        """What it did not answer, but raised: without a defect, a mistake of its own."""

    # --- time and identity ---

    def now(self) -> float:
        return EPOCH + self.clock.now()

    def new_id(self) -> str:
        number = len(self.tasks) + 1
        if self.style == "documented":
            return f"task_google_{1_765_172_350_000 + number}"
        return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"

    # --- deciding ---

    def accepts_key(self, authorization: str | None, _path: str) -> bool:
        return authorization == f"Bearer {KEYS[self.gateway]}"

    def fields(self) -> dict[str, Any]:
        """What the document says of each field, so that a newer document needs no edit here."""
        fields = input_fields(self.gateway).items()
        return {name: partial(_fits, schema) for name, schema in fields}

    def accepts_content_type(self, content_type: str) -> bool:
        return content_type.partition(";")[0].strip() == "application/json"

    def parse(self, content: bytes) -> Any:
        """Not NaN, nor half a character: `param` has to hold it, in JSON that all can read."""
        value = json.loads(content.decode("utf-8"))
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        return value

    def accepts_model(self, model: Any) -> bool:
        return bool(model == DEFAULT_MODEL)

    def accepts_callback(self, url: Any) -> bool:
        try:
            return isinstance(url, str) and bool(urlsplit(url).scheme) and " " not in url
        except ValueError:  # "//["
            return False

    def bad_parameter(self, message: str) -> RefusedError:
        return RefusedError(422 if self.style == "documented" else 500, message)

    def check_body(self, body: Any) -> None:
        if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
            raise self.bad_parameter("This field is required")
        if "model" not in body:
            raise self.bad_parameter("This field is required")
        if not self.accepts_model(body["model"]):
            raise RefusedError(422, "The model name you specified is not supported")
        if "callBackUrl" in body and not self.accepts_callback(body["callBackUrl"]):
            raise self.bad_parameter("callBackUrl is not a URL")
        self.check_input(body["input"])

    def check_input(self, given: dict[str, Any]) -> None:
        if "prompt" not in given:
            raise self.bad_parameter("text is required")
        for name, accepts in self.fields().items():
            if name in given and not accepts(given[name]):
                raise self.bad_parameter(f"{name} is not within the range of allowed options")

    def state(self, task: Task) -> str:
        age = self.now() - task.created
        if age < self.waiting:
            return "waiting"
        if age < self.waiting + self.generating:
            return "generating"
        return "fail" if self.fails(task) else "success"

    def fails(self, task: Task) -> bool:
        """A few tasks fail, as tasks do."""
        return task.number % 7 == 6

    def pictures(self, task: Task) -> int:
        """One where the page has no such field, whatever stands under its name."""
        given = task.request["input"] if "num_images" in self.fields() else {}
        return int(given.get("num_images", "1"))

    # --- doing ---

    def create(self, incoming: Incoming) -> Any:
        if not self.accepts_content_type(incoming.headers.get("content-type", "")):
            raise self.bad_parameter("Content-Type has to be application/json")
        try:
            body = self.parse(incoming.content)
        except (ValueError, RecursionError):
            raise self.bad_parameter("the body is not JSON") from None
        self.check_body(body)
        task = Task(self.new_id(), body, self.now(), len(self.tasks) + 1)
        self.tasks[task.id] = task
        return self.created(task)

    def created(self, task: Task) -> Any:
        data = {"taskId": task.id}
        return data if self.style == "documented" else data | {"recordId": task.id}

    def find(self, task_id: str) -> Task | None:
        return self.tasks.get(task_id)

    def unknown(self) -> RefusedError:
        if self.style == "documented":
            return RefusedError(404, "Task not found", bare=True)
        return RefusedError(422, "recordInfo is null")

    def record_info(self, incoming: Incoming) -> Any:
        task = self.find(incoming.query.get("taskId", ""))
        if task is None:
            raise self.unknown()
        task.polls += 1
        return self.record(task)

    def param(self, task: Task) -> str:
        if self.style == "documented":
            return json.dumps(task.request, ensure_ascii=False)
        inner = json.dumps(task.request["input"], ensure_ascii=False)
        return json.dumps({"input": inner, "model": task.request["model"]}, ensure_ascii=False)

    def urls(self, task: Task) -> list[str]:
        place = quote(task.id)
        return [f"https://files.invalid/{place}/{n}.png" for n in range(self.pictures(task))]

    def record(self, task: Task) -> dict[str, Any]:
        state = self.state(task)
        ended = state in ("success", "fail")
        nothing = "" if self.style == "documented" else None
        created = int(task.created * 1000)
        took = int((self.waiting + self.generating) * 1000)
        record: dict[str, Any] = {
            "taskId": task.id,
            "model": task.request["model"],
            "state": state,
            "param": self.param(task),
            "resultJson": json.dumps({"resultUrls": self.urls(task)}) if state == "success" else "",
            "failCode": "501" if state == "fail" else nothing,
            "failMsg": "the picture could not be made" if state == "fail" else nothing,
            "createTime": created,
        }
        if self.style == "documented":
            times = {"completeTime": created + took, "costTime": took} if ended else {}
            return record | times | {"updateTime": created + (took if ended else 0)}
        return record | {
            "costTime": took // 1000 if ended else None,
            "completeTime": created + took if ended else None,
        }

    # --- answering ---

    def carry_out(self, incoming: Incoming) -> tuple[int, dict[str, Any]]:
        """HTTP status and envelope."""
        if not self.accepts_key(incoming.headers.get("authorization"), incoming.path):
            return self.refuse(RefusedError(401, "You do not have access permissions", bare=True))
        try:
            data = self.operations()[incoming.method, incoming.path](incoming)
        except RefusedError as refused:
            return self.refuse(refused)
        return 200, {"code": 200, "msg": "success", "data": data}

    def operations(self) -> dict[tuple[str, str], Any]:
        return {("POST", CREATE_PATH): self.create, ("GET", DETAILS_PATH): self.record_info}

    def refuse(self, refused: RefusedError) -> tuple[int, dict[str, Any]]:
        envelope: dict[str, Any] = {"code": refused.code, "msg": refused.message}
        if not refused.bare:
            envelope["data"] = None
        return refused.code if self.style == "documented" else 200, envelope

    def encode(self, envelope: Any) -> bytes:
        return json.dumps(envelope, ensure_ascii=False).encode()

    def answer(self, incoming: Incoming) -> Outgoing:
        if (incoming.method, incoming.path) not in self.operations():
            return Outgoing(404, b"Not Found", {"content-type": "text/plain"})
        status, envelope = self.carry_out(incoming)
        headers = {"content-type": "application/json"}
        return Outgoing(status, self.encode(envelope), headers)
