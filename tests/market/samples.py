"""One small document of a made-up market, and the forms that sites wrap it in."""

import copy
import html as entities
from typing import Any

from market.writer import write

CREATE = "/api/v1/jobs/createTask"
_DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "Lab API", "description": "Pictures from the lab", "version": "1.0.0"},
    "servers": [{"url": "https://api.example.com", "description": "API Server"}],
    "security": [{"BearerAuth": []}],
    "paths": {
        CREATE: {
            "post": {
                "summary": "Make a picture",
                "operationId": "make-picture",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["model"],
                                "properties": {
                                    "model": {
                                        "description": "The model's name",
                                        "type": "string",
                                        "enum": ["lab/picture"],
                                        "default": "lab/picture",
                                    },
                                    "input": {
                                        "type": "object",
                                        "description": "What to make",
                                        "properties": {
                                            "prompt": {
                                                "description": "What the picture shows",
                                                "type": "string",
                                                "maxLength": 5000,
                                                "example": "a fox",
                                            },
                                            "ratio": {
                                                "description": "Shape\n\n- `1:1`: square\n- others",
                                                "type": "string",
                                                "enum": ["1:1", "16:9"],
                                                "default": "1:1",
                                                "example": "1:1",
                                            },
                                        },
                                        "required": ["prompt"],
                                    },
                                },
                            },
                            "example": {
                                "model": "lab/picture",
                                "input": {"prompt": "a fox", "ratio": "16:9"},
                            },
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "Success",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Answer"},
                                "example": {"code": 200, "data": {"taskId": "task_1"}},
                            }
                        },
                    },
                    "500": {"$ref": "#/components/responses/Error"},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Answer": {
                "type": "object",
                "properties": {
                    "code": {
                        "description": "Status code",
                        "type": "integer",
                        "enum": [200, 401],
                    },
                    "data": {
                        "description": "The task",
                        "type": "object",
                        "properties": {
                            "taskId": {"description": "Its name", "type": "string"},
                        },
                    },
                },
            }
        },
        "responses": {"Error": {"description": "Server error"}},
        "securitySchemes": {
            "BearerAuth": {
                "type": "http",
                "scheme": "bearer",
                "description": "Send the key.\n\nUsage:\n\nAuthorization: Bearer YOUR_KEY",
            }
        },
    },
}


def document() -> dict[str, Any]:
    """A fresh copy of the document."""
    return copy.deepcopy(_DOCUMENT)


def body(changed: dict[str, Any]) -> dict[str, Any]:
    """The schema of the request body."""
    media = changed["paths"][CREATE]["post"]["requestBody"]["content"]["application/json"]
    schema: dict[str, Any] = media["schema"]
    return schema


def given(changed: dict[str, Any]) -> dict[str, Any]:
    """The schema of ``input``."""
    schema: dict[str, Any] = body(changed)["properties"]["input"]
    return schema


def answer(changed: dict[str, Any]) -> dict[str, Any]:
    """The schema of the answer."""
    schema: dict[str, Any] = changed["components"]["schemas"]["Answer"]
    return schema


def mintlify(text: str) -> str:
    """A Mintlify page: four backticks and an info string."""
    return f"# A page\n\n## OpenAPI\n\n````yaml lab/a.json post {CREATE}\n{text}\n````\n"


def apidog(text: str) -> str:
    """An Apidog page: three backticks, though fences stand inside, indented."""
    return f"# A page\n\n## OpenAPI Specification\n\n```yaml\n{text}\n```"


def scraped(text: str) -> str:
    """Text out of HTML around a document that has no fence."""
    footer = (
        "To find navigation and other pages in this documentation, fetch the llms.txt file at: "
        "https://docs.example.com/llms.txt"
    )
    return (
        f"A page\nSee theQuery endpoint\nOpenAPI\nlab/a.json post {CREATE}\nCopy\n{text}{footer}\n"
    )


def saved(text: str) -> str:
    """A saved HTML page with the document in a code block."""
    block = "".join(
        f'<span class="line">{entities.escape(line)}</span>\n' for line in text.split("\n")
    )
    return (
        "<!DOCTYPE html><html><head><title>A page</title><script>openapi: 3.0.0</script></head>"
        f"<body><nav>Home</nav><h1>A page</h1><pre><code>{block}</code></pre></body></html>"
    )


def apidog_document() -> dict[str, Any]:
    """The same document with what Apidog makes of one."""
    changed = document()
    changed["openapi"] = "3.0.1"
    changed["servers"] = changed.pop("servers")
    changed["security"] = [{"BearerAuth": [], "x-apidog": {"required": True}}]
    changed["components"]["securitySchemes"]["BearerAuth"]["type"] = "bearer"
    for schema in (body(changed), given(changed), answer(changed)):
        schema["x-apidog-orders"] = list(schema["properties"])
        schema["x-apidog-ignore-properties"] = []
    prompt = given(changed)["properties"]["prompt"]
    prompt["examples"] = [prompt.pop("example")]
    operation = changed["paths"][CREATE]["post"]
    operation |= {"deprecated": False, "tags": ["docs/Lab"], "x-apidog-status": "released"}
    operation["parameters"] = []
    return changed


def yaml() -> str:
    """The document as YAML text."""
    return write(document())
