"""Arguments of `submit`, `generate` and `generate_many`: plain ones and hostile ones."""

from typing import Any

from hypothesis import strategies as st

from consumer.documents import CREATE, body_schema, body_validator, inputs

FILLERS = {"ascii": "x", "accented": "é", "astral": "𝄞"}
# What the wrapper calls a field where it does not use the document's own name.
ARGUMENTS = {"callBackUrl": "callback_url"}
PROMPT = "a red fox"
MAX_IMAGES = 4


def argument(gateway: str, field: str, value: Any) -> dict[str, Any]:
    """A call's arguments that put a value into a field of the document."""
    if field == "num_images":
        value = int(value)
    return {"prompt": PROMPT, ARGUMENTS.get(field, field): value}


def sample(schema: dict[str, Any]) -> Any:
    """A value that a plain schema allows."""
    given = [schema[key] for key in ("default", "example") if schema.get(key) not in (None, "")]
    given += schema.get("enum", ())
    if given or schema["type"] == "array":
        return given[0] if given else [sample(schema["items"])] * schema.get("minItems", 0)
    text = "x" * schema.get("minLength", 1)
    number = schema.get("minimum", schema.get("maximum", 1))
    return {"string": text, "object": {}, "boolean": True}.get(schema["type"], number)


def meant(gateway: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The body that says what was asked for, word for word; empty options are left out."""
    given = {name: value for name, value in arguments.items() if value not in (None, "")}
    given["prompt"] = arguments["prompt"]
    callback = given.pop("callback_url", None)
    fields = inputs(gateway)
    if "num_images" in fields:
        given.setdefault("num_images", 1)
    else:
        given.pop("num_images", None)
    for name in ("num_images", "seed"):
        if name in given and type(given[name]) is int and fields[name]["type"] == "string":
            given[name] = as_text(given[name])
    model = body_schema(gateway)["properties"]["model"]["enum"][0]
    return {"model": model, "input": given} | ({"callBackUrl": callback} if callback else {})


def as_text(number: int) -> Any:
    """The digits; a number too large for Python's own limit stays one, and so is refused."""
    return str(number) if abs(number) < 10**600 else number


def forbidden(gateway: str, arguments: dict[str, Any]) -> bool:
    """Whether the document (or, for a number of tasks, the wrapper's own rule) says no."""
    count = arguments.get("num_images", 1)
    if type(count) is not int or not 1 <= count <= MAX_IMAGES:
        return True
    try:
        return not body_validator(gateway, CREATE).is_valid(meant(gateway, arguments))
    except (TypeError, ValueError):  # no JSON value, or text that UTF-8 has no bytes for
        return True


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts within a limit, also ones that fill it, of one kind of character or of many."""
    character = st.sampled_from(list(FILLERS.values()))
    filled = st.builds(
        lambda one, length: one * length,
        character,
        st.sampled_from((1, limit - 1, limit)) | st.integers(1, limit),
    )
    return filled | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def urls() -> st.SearchStrategy[str]:
    """Plain callback URLs: the ones that everybody uses."""
    host = st.sampled_from(("example.com", "127.0.0.1", "a-b.example:8443", "[::1]:80", "user@h"))
    path = st.text("abc123-._~/%", max_size=12).map(lambda text: text.replace("%", "%2F"))
    query = st.sampled_from(("", "?a=b&c=d", "?", "#part", "?q=%20#x"))
    scheme = st.sampled_from(("http", "https"))
    return st.builds(lambda *parts: "{}://{}/{}{}".format(*parts), scheme, host, path, query)


def plain(gateway: str) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments that nobody can object to."""
    fields = inputs(gateway)
    limit = {name: schema.get("maxLength", 500) for name, schema in fields.items()}
    none = st.none()
    return st.fixed_dictionaries(
        {"prompt": texts(limit["prompt"]).filter(str.strip)},
        optional={
            "num_images": st.integers(1, MAX_IMAGES),
            "aspect_ratio": none | st.sampled_from(fields["aspect_ratio"]["enum"]),
            "negative_prompt": none | texts(limit["negative_prompt"]),
            "seed": none | texts(limit["seed"]) | st.integers(-(2**63), 2**64),
            "callback_url": none | urls(),
        },
    )


# What makes parsers of URLs disagree.
PIECES = (
    *("a", "b.c", "0", "99999", "é", "𝄞", "~", "_", "-", "%", "%4", "%41", "'"),
    *(":", "/", "//", "@", "[", "]", "[::1]", "[1::]", "?", "#", "\\", "|", ".", "&", ";"),
)
ODD_URLS = (
    "http://a:b/c@d",
    "http://[::::]",
    "http://[1]/",
    "http://[::1%eth0]/",
    "http://[v1.x]/",
    "http://a b/",
    "http://a/\n",
    "http://a/\x00",
    "http://é.example/",
    "http://example.com/%zz",
    "http://example.com:port/",
    "http://@/",
    "http:///path",
    "http://",
    "ftp://example.com/",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
    "https://example.com/\ud800",
    "https://example.com/|",
    "https://example.com/#a#b",
)
ODDITIES = (
    *("", " ", "\ud800", "a\udfff", "\ud83d\ude00", "\x00", "1:1 ", "1:1\n", "1:2", "\ufeff"),
    *(True, False, b"1:1", [], ["1:1"], {}, {"a": 1}, (), object, 1j, ..., NotImplemented),
    *(0, -1, 4, 5, 10**500, 10**499, 10**5000, -(10**5000), 0.5, 1.0, float("nan"), float("inf")),
    *(one * length for one in FILLERS.values() for length in (500, 501, 5000, 5001)),
    *ODD_URLS,
)
NAMES = ("prompt", "num_images", "aspect_ratio", "negative_prompt", "seed", "callback_url")


def odd_urls() -> st.SearchStrategy[str]:
    """Texts that look like URLs."""
    return st.builds(
        lambda start, rest: start + "".join(rest),
        st.sampled_from(("http://", "http://", "https://", "HTTP://", "http:", "")),
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=8),
    )


def oddities() -> st.SearchStrategy[Any]:
    """Values of every wrong kind."""
    surrogates = st.text("\ud800\udc00x", min_size=1, max_size=4)
    anything = st.text(st.characters(), max_size=10)
    return st.sampled_from(ODDITIES) | st.integers() | anything | surrogates


def hostile(gateway: str) -> st.SearchStrategy[dict[str, Any]]:
    """Plain arguments of which one or two are odd."""
    odd = st.dictionaries(st.sampled_from(NAMES), oddities(), min_size=1, max_size=2)
    callback = odd_urls().map(lambda url: {"callback_url": url})
    return st.builds(lambda base, change: base | change, plain(gateway), odd | callback)
