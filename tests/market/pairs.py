"""Small documents that say one thing: two of them, and something changed."""

from typing import Any

Document = dict[str, Any]
NEW = "3.1.0"
OAS = "https://spec.openapis.org/oas"
NAME = {"$ref": "#/components/schemas/Name"}
CAT, DOG = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))
COMPONENTS = {
    "schemas": {
        "Name": {"type": "string"},
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "age": {}}},
    },
    "securitySchemes": {
        "Bearer": {"type": "http", "scheme": "bearer"},
        "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    },
}


def document(
    version: str = "3.0.3", path: str = "/a", root: Any = None, **operation: Any
) -> Document:
    operation = {"responses": {"200": {"description": "fine"}}} | operation
    around = {"openapi": version, "components": COMPONENTS, **(root or {})}
    return around | {"paths": {path: {"post": operation}}}


def sent(schema: Any, version: str = "3.0.3", media: str = "application/json") -> Document:
    """A document whose request has a property of this schema."""
    body = {"content": {media: {"schema": {"type": "object", "properties": {"p": schema}}}}}
    return document(version, requestBody=body)


def read(schema: Any, version: str = "3.0.3", media: str = "application/json") -> Document:
    """A document whose answer has a property of this schema."""
    content = {media: {"schema": {"type": "object", "properties": {"p": schema}}}}
    return document(version, responses={"200": {"description": "fine", "content": content}})


def with_parameter(
    place: str = "query", name: str = "n", path: str = "/a", **more: Any
) -> Document:
    """A document with one parameter."""
    shape = {} if "content" in more else {"schema": {"type": "string"}}
    return document(path=path, parameters=[{"name": name, "in": place} | shape | more])


def with_header(name: str, kind: str = "string") -> Document:
    headers = {name: {"schema": {"type": kind}}}
    return document(responses={"200": {"description": "fine", "headers": headers}})


def called(kind: str, **more: Any) -> Document:
    body = {"content": {"application/json": {"schema": {"properties": {"p": {"type": kind}}}}}}
    return {"post": {"requestBody": body, **more}}


def calling_back(kind: str, name: str = "done", **more: Any) -> Document:
    return document(callbacks={name: {"{$request.body#/u}": called(kind, **more)}})


def telling(kind: str) -> Document:
    return document(NEW, root={"webhooks": {"done": called(kind)}})


def uploading(schema: Any, **encoding: Any) -> Document:
    """A document whose request is a form with one part."""
    form = {"schema": {"properties": {"p": schema}}, "encoding": {"p": encoding}}
    return document(requestBody={"content": {"multipart/form-data": form}})


def encoded_json(**encoding: Any) -> Document:
    """A document that says of JSON what can only be said of a form."""
    made = sent(TEXT)
    content = made["paths"]["/a"]["post"]["requestBody"]["content"]
    content["application/json"]["encoding"] = {"p": encoding}
    return made


def at(*urls: str) -> Document:
    return document(root={"servers": [{"url": url} for url in urls]})


def regions(*names: str) -> Document:
    """A document with a server in each region."""
    variables = {"region": {"default": names[0], "enum": list(names)}}
    return document(root={"servers": [{"url": "https://{region}.a", "variables": variables}]})


def asking_for(*requirements: Any) -> Document:
    return document(security=[{key: [] for key in names} for names in requirements])


def asking_for_a_scope(offered: dict[str, str]) -> Document:
    """A document whose key needs the scope ``read``, one of those that are offered."""
    flows = {"implicit": {"authorizationUrl": "https://a", "scopes": offered}}
    schemes = {"Flow": {"type": "oauth2", "flows": flows}}
    return document(
        root={"components": {"securitySchemes": schemes}}, security=[{"Flow": ["read"]}]
    )


def told_apart(mapping: Any = None, name: str = "kind") -> Document:
    told = {"propertyName": name} | ({"mapping": mapping} if mapping else {})
    return read({"oneOf": [CAT, DOG], "discriminator": told})


MAPPED = {"Cat": "Cat", "Dog": "#/components/schemas/Dog"}
TEXT, NUMBER = {"type": "string"}, {"type": "number"}
JSON = {"application/json": {"schema": TEXT}}
