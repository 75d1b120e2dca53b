"""What a caller asks for, checked against the model's document before anything is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import InvalidRequest
from ..facts.models import COUNT_FIELDS, INSTEAD
from .origins import is_loopback, may_be_bracketed
from .ports import CallbackReceiver
from .schema import check_object, types_of

if TYPE_CHECKING:
    from ..literals import AspectRatio, Model

MAX_IMAGES = 4  # of one request, for every model
_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_USER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
_HOST = r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|[A-Za-z0-9._~-]+)"
_CALLBACK_URL = re.compile(
    rf"https?://(?:{_USER}@)?{_HOST}(?::[0-9]{{1,5}})?(?:/{_PART})?(?:\?(?:{_PART}|\?)*)?(?:#{_PART})?"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request for pictures, as `generate` takes it."""

    prompt: str | None = field(default=None, repr=False)
    """What to paint, at most as long as the model's document says (imagen4: 5,000 characters).
    None for a model that has no prompt."""
    num_images: int = 1
    """1 to 4. One task where the model's document has a field to count with, else several."""
    aspect_ratio: AspectRatio | None = None
    """One of the model's; None leaves its default."""
    negative_prompt: str | None = field(default=None, repr=False)
    """What not to paint, where the model has that."""
    seed: str | int | None = None
    """A text or a whole number. Picture 1 gets it as it is, every further *task* a seed
    derived from it (see `derived_seed`); each `Image` says which one it got."""
    callback_url: str | None = None
    """Where the gateway reports the end, see `imagen4.callbacks`."""
    tag: str | None = None
    """A name of your own for the request: every event about it carries it, no gateway sees it."""
    model: Model | None = None
    """The gateway's id of the model; None is the client's own."""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Further fields of the model, by the names in its document (`imagen4 models NAME`)."""
    callback: CallbackReceiver | None = field(default=None, repr=False)
    """A `callbacks.Receiver` of this process, whose callbacks end the wait."""


@dataclass(frozen=True, slots=True)
class PlannedCreate:
    """One create: the fields of `input` as the model's document names them."""

    fields: Mapping[str, Any] = field(repr=False)
    seed: str | None
    pictures: int = 1
    """How many it asks for."""


def plan_creates(
    request: Request, schema: Mapping[str, Any], owner: str
) -> tuple[PlannedCreate, ...]:
    """The creates that serve a request, by the document's schema of `input`.

    owner: whose schema it is, for messages. Raises InvalidRequest for what the document does
    not allow; empty optional fields are left out, since the gateway may refuse them.
    """
    check_shape(request)
    fields = fields_of_request(request, schema, owner)
    known, tasks, pictures = schema.get("properties", {}), request.num_images, 1
    counter = next((name for name in COUNT_FIELDS if name in known), None)
    if counter is not None:
        fields.setdefault(counter, as_documented(request.num_images, known[counter]))
        tasks, pictures = 1, pictures_counted(fields[counter])
    given = fields.pop("seed", None) if request.seed in (None, "") else request.seed
    seeds = [None] * tasks if given in (None, "") else seeds_for(given, tasks)
    plans = []
    for seed in seeds:
        planned = dict(fields)
        if seed is not None:
            wanted = as_documented(seed, known.get("seed", {}))
            add_argument(planned, "seed", wanted, schema, owner)
        check_object(planned, schema, "", owner)
        plans.append(PlannedCreate(planned, seed, pictures))
    return tuple(plans)


def fields_of_request(request: Request, schema: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """What all creates of a request have in common: the caller's fields, and defaults.

    A field with a default that is required all the same (flux-2, seedream) gets it.
    """
    if not isinstance(request.fields, Mapping):
        raise InvalidRequest("fields must be a mapping of the model's fields")
    fields, known = dict(request.fields), schema.get("properties", {})
    for name in ("prompt", "negative_prompt", "aspect_ratio"):
        if value := getattr(request, name):
            add_argument(fields, name, value, schema, owner)
    for name in schema.get("required", ()):
        if "default" in known.get(name, {}):
            fields.setdefault(name, known[name]["default"])
    return fields


def add_argument(
    fields: dict[str, Any], name: str, value: Any, schema: Mapping[str, Any], owner: str
) -> None:
    """One of our own arguments, under the same name in the model's fields."""
    if name in fields:
        raise InvalidRequest(f"{name} is given twice")
    known: Mapping[str, Any] = schema.get("properties", {})
    if name not in known:
        instead = next((other for other in INSTEAD.get(name, ()) if other in known), None)
        hint = f"; it has {instead}" if instead else ""
        raise InvalidRequest(f"{owner} has no {name}{hint}")
    fields[name] = value


def pictures_counted(value: object) -> int:
    """How many pictures a model's own counter asks for; 1 for what is no number."""
    try:
        return int(value)  # type: ignore[call-overload,no-any-return]  # or it raises
    except (TypeError, ValueError, OverflowError):
        return 1


def check_shape(request: Request) -> None:
    """What holds for every model, whatever its document says."""
    count = request.num_images
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_IMAGES:
        raise InvalidRequest(f"num_images must be a whole number from 1 to {MAX_IMAGES}")
    if not (request.prompt is None or (isinstance(request.prompt, str) and request.prompt.strip())):
        raise InvalidRequest("prompt must be a text that is not empty")
    for name in ("negative_prompt", "aspect_ratio", "callback_url", "tag", "model"):
        if not isinstance(getattr(request, name), (str, type(None))):
            raise InvalidRequest(f"{name} must be a text or None")
    if not isinstance(request.seed, (str, int, type(None))) or isinstance(request.seed, bool):
        raise InvalidRequest("seed must be a text, an int or None")
    if request.callback is not None:
        check_receiver(request.callback, request.callback_url)
    if request.callback_url and not is_callback_url(request.callback_url):
        raise InvalidRequest("callback_url must be an absolute http(s) URL, percent-encoded")


def check_receiver(receiver: object, url: str | None) -> None:
    """Raises InvalidRequest for what cannot receive, or is not to be called back."""
    if not isinstance(receiver, CallbackReceiver):
        raise InvalidRequest("callback must be a callbacks.Receiver; a URL goes into callback_url")
    if url:
        raise InvalidRequest("callback and callback_url are both given: the receiver has its own")
    if receiver.url is None:
        raise InvalidRequest("The receiver has no URL: give it one, or use it while it is running")


def callback_url_of(request: Request, *, reaching_loopback: bool) -> str | None:
    """Where callbacks are to go. Raises InvalidRequest where the gateway cannot reach that.

    reaching_loopback: whether the gateway is on this machine.
    """
    if request.callback is None:
        return request.callback_url or None
    url = request.callback.url
    if is_loopback(urlsplit(url or "").hostname) and not reaching_loopback:
        raise InvalidRequest("The gateway cannot call back a receiver whose URL is on this machine")
    return url


def is_callback_url(url: str) -> bool:
    """Whether the document's `format: uri` and every reader of URLs will take it."""
    match = _CALLBACK_URL.fullmatch(url)
    return match is not None and may_be_bracketed(match["address"])


def as_documented(value: int | str, schema: Mapping[str, Any]) -> int | str:
    """A whole number as the document wants it, who may have it as a text or as a number."""
    kinds = types_of(schema)
    if "string" in kinds or not kinds:
        return as_text(value)
    try:
        return int(value)
    except ValueError:  # a text that is no whole number: the schema's check has the words
        return value


def as_text(seed: str | int | None) -> str:
    try:
        return str(seed)
    except ValueError:  # Python spells out no number of more than 4,300 digits
        raise InvalidRequest("seed has too many digits") from None


def seeds_for(seed: str | int | None, tasks: int) -> list[str | None]:
    """A seed for each task: the given one first, so that one picture can be made again alone."""
    first = as_text(seed)
    return [first, *(derived_seed(first, index) for index in range(1, tasks))]


def derived_seed(seed: str, index: int) -> str:
    """The seed of the task at `index` (1, 2, 3): the first 31 bits of SHA-256("SEED/INDEX").

    Several tasks with one seed would paint the same picture several times. A hash rather
    than seed + index keeps neighbouring seeds from sharing pictures.
    """
    digest = hashlib.sha256(f"{seed}/{index}".encode("utf-8", "surrogatepass")).digest()
    return str(int.from_bytes(digest[:4]) >> 1)
