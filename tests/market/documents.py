"""Hypothesis strategies for documents such as the gateways' markets publish."""

from typing import Any

from hypothesis import strategies as st

# Property names that are words of OpenAPI, too.
_WORDS = ["type", "description", "items", "required", "properties", "enum", "example", "default"]
_NAMES = [
    "prompt", "negative_prompt", "image_urls", "aspect_ratio", "duration", "seed", "guidance_scale",
    "enable_translation", "shots", "voice", "lyrics", "resolution", "messages", "content", "style",
    "webhook", "strength", "language", "width", "height", "quality", "mask", "frames", *_WORDS,
]  # fmt: skip
_PHRASES = [
    "The text that says what you want to see",
    "Upload the file first and put its address here (at most 10 MB each)",
    "How closely the picture keeps to the text; higher is closer",
    "Seconds of video. Longer clips cost more",
    "Whether the text is translated before it is used",
    "为视频生成的文字描述。支持中文和英文。",
    "Описание того, что должно быть на картинке",
]
_PARAGRAPHS = [
    "- **fun**: more playful",
    "- must be one of the sizes below",
    "Note:",
    "Default: 16:9",
    "Usage: `prompt` first, then the rest",
    "| size | pixels |",
    "1. Upload the file",
    "See [the guide](/common-api/guide) for how the address is checked before it is used",
    "```json",
    "### Sizes",
]

lines = st.sampled_from([*_PHRASES, *_PARAGRAPHS])


@st.composite
def prose(draw: st.DrawFn) -> str:
    """A description: a phrase, or paragraphs of Markdown."""
    first = draw(st.sampled_from(_PHRASES))
    rest = draw(st.lists(lines, max_size=4))
    text = "\n".join([first, *(line for line in rest if not line.startswith("```"))])
    if draw(st.booleans()) and len(rest) > 2:
        text += '\n```json\n{"prompt": "x"}\ntype: string\n```'
    return text


texts = st.sampled_from(
    ["a fox in the snow", "", "16:9", "true", "5", "https://example.com/a.png", "1K", "on",
     "Two people talk in an office about what they want to have for lunch, and one of them "
     "laughs so loudly that the others turn round and ask: what is so funny?"]
)  # fmt: skip


@st.composite
def leaf(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """A schema without nesting, and an example of it."""
    kind = draw(st.sampled_from(["string", "enum", "integer", "number", "boolean"]))
    schema: dict[str, Any] = {"type": "string" if kind == "enum" else kind}
    if kind == "string":
        example: Any = draw(texts)
        if draw(st.booleans()):
            schema["maxLength"] = draw(st.sampled_from([500, 5000]))
    elif kind == "enum":
        schema["enum"] = draw(
            st.lists(
                st.sampled_from(["1:1", "16:9", "auto", "1K", "10", "on"]), min_size=1, unique=True
            )
        )
        example = schema["enum"][0]
        if draw(st.booleans()):
            schema["default"] = example
    elif kind == "boolean":
        example = draw(st.booleans())
        schema["default"] = draw(st.booleans())
    else:
        example = draw(st.integers(0, 9)) if kind == "integer" else 7.5
        schema |= {"minimum": 0, "maximum": 10}
    if draw(st.integers(0, 9)) == 0:
        schema["nullable"] = True
    return schema, example


def _ordered(draw: st.DrawFn, schema: dict[str, Any], example: Any, *, own: bool) -> dict[str, Any]:
    """The schema with words, its keys in one of the orders that are seen."""
    words = {"description": draw(prose())} if draw(st.integers(0, 5)) else {}
    after = {"example": example} if own and draw(st.booleans()) else {}
    return words | schema | after if draw(st.booleans()) else schema | words | after


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0) -> tuple[dict[str, Any], Any]:
    """Any schema of these markets, and an example of it."""
    kinds = ["leaf"] * 5 + (["array", "object", "oneOf"] if depth < 3 else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "leaf":
        schema, example = draw(leaf())
        return _ordered(draw, schema, example, own=True), example
    if kind == "array":
        items, one = draw(schemas(depth + 1))
        head = {"description": draw(prose())} if draw(st.booleans()) else {}
        tail = {"maxItems": draw(st.integers(1, 9))} if draw(st.booleans()) else {}
        schema = head | {"type": "array", "items": items} | tail
        example = [one] * draw(st.integers(0, 2))
        if draw(st.booleans()):
            schema["example"] = example
        return schema, example
    if kind == "oneOf":
        branches = draw(st.lists(schemas(depth + 1), min_size=2, max_size=2))
        return {"description": draw(prose()), "oneOf": [b[0] for b in branches]}, branches[0][1]
    return draw(objects(depth + 1))


@st.composite
def objects(draw: st.DrawFn, depth: int = 0) -> tuple[dict[str, Any], Any]:
    """An object schema, and an example of it."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=5, unique=True))
    parts = {name: draw(schemas(depth)) for name in names}
    required = draw(st.lists(st.sampled_from(names), unique=True))
    properties = {name: schema for name, (schema, _) in parts.items()}
    schema: dict[str, Any] = {"type": "object"}
    if draw(st.booleans()):
        schema["description"] = draw(prose())
    if required and draw(st.integers(0, 3)) == 0:
        schema |= {"required": required, "properties": properties}
    else:
        schema |= {"properties": properties} | ({"required": required} if required else {})
    shown = [name for name in names if name in required or draw(st.integers(0, 3))]
    return schema, {name: parts[name][1] for name in shown}


_PROMPT = (
    "A lighthouse keeper on a stormy coast at dusk repairs the great lamp by hand while gulls "
    "wheel around the tower, waves break over the black rocks below, and a small boat with one "
    "lantern makes for the harbour; painted in oil, with thick strokes and a warm light"
)
_FIELDS: dict[str, tuple[dict[str, Any], Any]] = {
    "prompt": ({"type": "string", "maxLength": 5000}, _PROMPT),
    "negative_prompt": ({"type": "string", "maxLength": 500}, ""),
    "aspect_ratio": ({"type": "string", "enum": ["1:1", "16:9", "auto"], "default": "1:1"}, "16:9"),
    "duration": ({"type": "string", "enum": ["5", "10"], "default": "5"}, "10"),
    "seed": ({"type": "integer", "minimum": 0, "maximum": 2147483647}, 1),
    "guidance_scale": ({"type": "number", "minimum": 1, "maximum": 20.5, "default": 7.5}, 2.5),
    "enable_translation": ({"type": "boolean", "default": False}, True),
    "image_urls": (
        {"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": 10},
        ["https://example.com/files/1756801032432_abcdefghijklmnop/a-picture-to-start-from.png"],
    ),
    "image_url": ({"type": "string", "format": "uri"}, "https://example.com/a.png"),
    "resolution": ({"type": "string", "enum": ["720p", "1080p"], "default": "720p"}, "1080p"),
    "lora": ({"type": "string", "nullable": True}, "soft"),
    "style": ({"type": "string"}, "watercolour"),
    "shots": (
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "prompt": {"type": "string", "description": "What happens in this shot"},
                    "duration": {"type": "integer", "minimum": 1, "maximum": 12},
                },
                "required": ["prompt", "duration"],
            },
        },
        [{"prompt": "the lamp is lit", "duration": 3}, {"prompt": "the boat lands", "duration": 5}],
    ),
}


@st.composite
def market_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document as the markets' own pages have it: flat input, generated by a template."""
    names = draw(st.permutations(sorted(_FIELDS)))[: draw(st.integers(2, 8))]
    names = list(dict.fromkeys(["prompt", *names]))
    first = draw(st.booleans())
    properties = {}
    for name in names:
        schema, example = _FIELDS[name]
        words = {"description": draw(prose())}
        shown = {"example": example} if draw(st.integers(0, 4)) else {}
        properties[name] = (words | schema if first else _typed(schema, words)) | shown
    required = [name for name in names if name == "prompt" or draw(st.integers(0, 3)) == 0]
    given_input = {
        "type": "object",
        "description": "Input parameters for the generation task",
        "properties": properties,
        "required": required,
    }
    example = {name: _FIELDS[name][1] for name in names if name in required or draw(st.booleans())}
    return _document(draw, given_input, example)


def _typed(schema: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    return {"type": schema["type"]} | words | schema


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A whole document: one operation that creates a task."""
    given_input, example = draw(objects())
    return _document(draw, given_input, example)


def _document(draw: st.DrawFn, given_input: dict[str, Any], example: Any) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["model"],
        "properties": {
            "model": {"type": "string", "enum": ["lab/model"], "default": "lab/model"},
            "callBackUrl": {"type": "string", "format": "uri", "description": draw(prose())},
            "input": given_input,
        },
    }
    answer = {
        "type": "object",
        "properties": {
            "data": {
                "type": "object",
                "properties": {
                    "taskId": {"type": "string", "description": draw(prose()), "example": "task_1"}
                },
            }
        },
    }
    media: dict[str, Any] = {"schema": body}
    if draw(st.booleans()):
        media["example"] = {"model": "lab/model", "input": example}
    reply: dict[str, Any] = {
        "schema": {"allOf": [{"$ref": "#/components/schemas/ApiResponse"}, answer]},
        "example": {"code": 200, "msg": "success", "data": {"taskId": "task_1"}},
    }
    operation = {
        "summary": "Generate content",
        "operationId": "create-task",
        "requestBody": {"required": True, "content": {"application/json": media}},
        "responses": {
            "200": {"description": "Success", "content": {"application/json": reply}},
            "500": {"$ref": "#/components/responses/Error"},
        },
    }
    return {
        "openapi": "3.0.0",
        "info": {"title": "Lab API", "description": draw(prose()), "version": "1.0.0"},
        "servers": [{"url": "https://api.example.com", "description": "API Server"}],
        "security": [{"BearerAuth": []}],
        "paths": {"/api/v1/jobs/createTask": {"post": operation}},
        "components": {
            "schemas": {
                "ApiResponse": {
                    "type": "object",
                    "properties": {
                        "code": {
                            "type": "integer",
                            "enum": [200, 401],
                            "description": draw(prose()),
                        },
                        "msg": {"type": "string", "description": "Message", "example": "success"},
                    },
                }
            },
            "responses": {"Error": {"description": "Server Error"}},
            "securitySchemes": {
                "BearerAuth": {"type": "http", "scheme": "bearer", "description": draw(prose())}
            },
        },
    }
