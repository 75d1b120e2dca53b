"""What a caller asks for, checked against the gateway's document before anything is sent."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..literals import AspectRatio

MAX_IMAGES = 4  # of one request, on every gateway
_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_USER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
_HOST = r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|[A-Za-z0-9._~-]+)"
_CALLBACK_URL = re.compile(
    rf"https?://(?:{_USER}@)?{_HOST}(?::[0-9]{{1,5}})?(?:/{_PART})?(?:\?(?:{_PART}|\?)*)?(?:#{_PART})?"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request for pictures, as `generate` takes it."""

    prompt: str = field(repr=False)
    """What to paint, at most as long as the gateway's document says (5,000 characters)."""
    num_images: int = 1
    """1 to 4. One task where the gateway's document has the field, else several."""
    aspect_ratio: AspectRatio | None = None
    """One of the gateway's; None leaves the gateway's default ("1:1")."""
    negative_prompt: str | None = field(default=None, repr=False)
    """What not to paint, where the gateway has that."""
    seed: str | int | None = None
    """A text or a whole number. Picture 1 gets it as it is, every further *task* a seed
    derived from it (see `derived_seed`); each `Image` says which one it got."""
    callback_url: str | None = None
    """Where the gateway reports the end, see `imagen4.callbacks`."""
    tag: str | None = None
    """A name of your own for the request: every event about it carries it, no gateway sees it."""


@dataclass(frozen=True, slots=True)
class PlannedCreate:
    """One create: the fields of `input` as the gateway's document names them."""

    fields: Mapping[str, Any] = field(repr=False)
    seed: str | None


def plan_creates(
    request: Request, schema: Mapping[str, Any], gateway: str
) -> tuple[PlannedCreate, ...]:
    """The creates that serve a request, by the document's schema of `input`.

    Raises InvalidRequest for what the document does not allow; empty optional fields are
    left out, since the gateway may refuse them.
    """
    check_shape(request)
    fields: dict[str, Any] = {"prompt": request.prompt}
    optional = {"negative_prompt": request.negative_prompt, "aspect_ratio": request.aspect_ratio}
    fields.update({name: value for name, value in optional.items() if value})
    tasks = request.num_images
    if "num_images" in properties(schema):
        fields["num_images"] = number_as_documented(request.num_images, schema, "num_images")
        tasks = 1
    seeds = [None] * tasks if request.seed in (None, "") else seeds_for(request.seed, tasks)
    plans = tuple(PlannedCreate(with_seed(fields, seed, schema), seed) for seed in seeds)
    for name, value in (item for plan in plans for item in plan.fields.items()):
        check_field(name, value, schema, gateway)
    return plans


def check_shape(request: Request) -> None:
    """What holds on every gateway, whatever its document says."""
    count = request.num_images
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_IMAGES:
        raise InvalidRequest(f"num_images must be a whole number from 1 to {MAX_IMAGES}")
    if not isinstance(request.prompt, str) or not request.prompt.strip():
        raise InvalidRequest("prompt must be a text that is not empty")
    for name in ("negative_prompt", "aspect_ratio", "callback_url", "tag"):
        if not isinstance(getattr(request, name), (str, type(None))):
            raise InvalidRequest(f"{name} must be a text or None")
    if not isinstance(request.seed, (str, int, type(None))) or isinstance(request.seed, bool):
        raise InvalidRequest("seed must be a text, an int or None")
    if request.callback_url and not is_callback_url(request.callback_url):
        raise InvalidRequest("callback_url must be an absolute http(s) URL, percent-encoded")


def is_callback_url(url: str) -> bool:
    """Whether the document's `format: uri` and every reader of URLs will take it."""
    match = _CALLBACK_URL.fullmatch(url)
    if match is None or match["address"] is None:
        return match is not None
    try:
        return ip_address(match["address"]).version == 6
    except ValueError:
        return False


def check_field(name: str, value: Any, schema: Mapping[str, Any], gateway: str) -> None:
    """One field against its schema. Messages never repeat the value: it may be the prompt."""
    allowed = properties(schema).get(name)
    if allowed is None:
        raise InvalidRequest(f"{gateway} has no {name}")
    if allowed.get("enum") and value not in allowed["enum"]:
        choices = ", ".join(str(choice) for choice in allowed["enum"])
        raise InvalidRequest(f"{name} must be one of {choices} on {gateway}")
    if not isinstance(value, str):
        return
    limit = allowed.get("maxLength")
    if limit is not None and len(value) > limit:
        raise InvalidRequest(f"{name} has {len(value)} characters, {gateway} allows {limit}")
    try:
        value.encode()
    except UnicodeEncodeError:
        message = f"{name} holds half a character (a lone surrogate)"
        raise InvalidRequest(message) from None


def properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema.get("properties", {})
    return found


def number_as_documented(value: int, schema: Mapping[str, Any], name: str) -> int | str:
    """A whole number as the document wants it: some write numbers as strings."""
    return value if properties(schema)[name].get("type") in ("integer", "number") else str(value)


def as_text(seed: str | int | None) -> str:
    try:
        return str(seed)
    except ValueError:  # Python spells out no number of more than 4,300 digits
        raise InvalidRequest("seed has too many digits") from None


def with_seed(
    fields: Mapping[str, Any], seed: str | None, schema: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields with the seed in them, as an int where the document says integer."""
    if seed is None:
        return dict(fields)
    integer = properties(schema).get("seed", {}).get("type") == "integer"
    if not integer:
        return {**fields, "seed": seed}
    try:
        return {**fields, "seed": int(seed)}
    except ValueError:
        raise InvalidRequest("seed must be a whole number on this gateway") from None


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
