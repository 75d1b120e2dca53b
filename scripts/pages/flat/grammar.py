"""OpenAPI's grammar: which keys each object may hold and what stands under them.

From the OpenAPI Specification 3.0.4 and 3.1.1, "Schema" section by section, and
for the ``x-apidog-*`` keys from the pages that Apidog writes. A kind is a name
in ``KINDS`` or, for free-form values, a ``Shape``.
"""

import re
from dataclasses import dataclass, field

from pages.flat.shapes import FLAG, TEXT, TEXTS, UNKNOWN, Shape, list_of, record


@dataclass(frozen=True)
class Kind:
    """One kind of value.

    ``fields``: keys with fixed names. ``free``: the kind under any other key that
    ``names`` matches. ``items``: the kind of list entries. ``scalars``: the JSON
    types of a scalar that may stand here. ``required``: keys that must be there.
    """

    fields: dict[str, "str | Shape"] = field(default_factory=dict)
    free: "str | Shape | None" = None
    names: re.Pattern[str] = re.compile(r".*")
    items: "str | Shape | None" = None
    scalars: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


def _object(
    required: str = "",
    /,
    *,
    text: str = "",
    flag: str = "",
    scalars: str = "",
    **kinds: "str | Shape",
) -> Kind:
    fields: dict[str, str | Shape] = {name.replace("__", "$"): kind for name, kind in kinds.items()}
    fields |= dict.fromkeys(text.split(), "text") | dict.fromkeys(flag.split(), "flag")
    return Kind(
        fields=fields,
        scalars=frozenset(scalars.split()),
        required=frozenset(required.split()),
    )


def _map(kind: "str | Shape", names: str = r".*") -> Kind:
    return Kind(free=kind, names=re.compile(names))


def _list(kind: "str | Shape") -> Kind:
    return Kind(items=kind)


_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TYPES = frozenset(("string", "number", "integer", "boolean", "array", "object", "null"))

APIDOG_SECURITY = record(
    schemeGroups=list_of(record(id=TEXT, schemeIds=TEXTS)),
    required=FLAG,
    use=record(id=TEXT),
    scopes=record(record(TEXTS)),
)
EXAMPLE_FIELDS = ("summary", "description", "externalValue")

KINDS: dict[str, Kind] = {
    "text": Kind(scalars=frozenset({"string"})),
    "label": Kind(scalars=frozenset({"string", "number", "integer"})),
    "flag": Kind(scalars=frozenset({"boolean"})),
    "number": Kind(scalars=frozenset({"integer", "number"})),
    "limit": Kind(scalars=frozenset({"integer", "number", "boolean"})),
    "count": Kind(scalars=frozenset({"integer"})),
    "texts": _list("text"),
    "names": _list("text"),
    "type": Kind(scalars=frozenset({"string"}), words=_TYPES, items="type_name"),
    "type_name": Kind(scalars=frozenset({"string"}), words=_TYPES),
    "root": _object(
        "openapi info paths",
        text="jsonSchemaDialect",
        openapi="label",
        info="info",
        servers="servers",
        paths="paths",
        webhooks="webhooks",
        components="components",
        security="security",
        tags="tag_list",
        externalDocs="external_docs",
    ),
    "info": _object(
        "title version",
        text="title description termsOfService summary",
        contact="contact",
        license="license",
        version="label",
    ),
    "contact": _object(text="name url email"),
    "license": _object("name", text="name url identifier"),
    "servers": _list("server"),
    "server": _object("url", text="url description", variables="variables"),
    "variables": _map("variable"),
    "variable": _object("default", text="description", default="label", enum="texts"),
    "tag_list": _list("tag"),
    "tag": _object("name", text="name description", externalDocs="external_docs"),
    "external_docs": _object("url", text="url description"),
    "paths": _map("path", r"/"),
    "webhooks": _map("path"),
    "path": _object(
        text="$ref summary description",
        servers="servers",
        parameters="parameters",
        **dict.fromkeys(_METHODS, "operation"),
    ),
    "operation": _object(
        "responses",
        text="summary description operationId",
        flag="deprecated",
        tags="texts",
        externalDocs="external_docs",
        parameters="parameters",
        requestBody="request_body",
        responses="responses",
        callbacks="callbacks",
        security="security",
        servers="servers",
    ),
    "parameters": _list("parameter"),
    "parameter_map": _map("parameter"),
    "parameter": _object(
        "name in",
        text="$ref name description style",
        flag="required deprecated allowEmptyValue explode allowReserved",
        **{"in": "place"},
        schema="schema",
        content="content",
        example="=example",
        examples="=examples",
    ),
    "place": Kind(
        scalars=frozenset({"string"}), words=frozenset(("query", "header", "path", "cookie"))
    ),
    "header_map": _map("header"),
    "header": _object(
        text="$ref description style",
        flag="required deprecated explode",
        schema="schema",
        content="content",
        example="=example",
        examples="=examples",
    ),
    "request_body": _object("content", text="$ref description", flag="required", content="content"),
    "request_bodies": _map("request_body"),
    "content": _map("media_type", r"[\w.*+-]+/[\w.*+-]+"),
    "media_type": _object(
        schema="schema", example="=example", examples="=examples", encoding="encodings"
    ),
    "encodings": _map("encoding"),
    "encoding": _object(
        text="contentType style", flag="explode allowReserved", headers="header_map"
    ),
    "responses": _map("response", r"default\Z|[1-5](XX|\d\d)\Z|x-\d{3}:"),
    "response_map": _map("response"),
    "response": _object(
        "description",
        text="$ref description summary",
        headers="header_map",
        content="content",
        links="links",
    ),
    "links": _map("link"),
    "link": _object(
        text="$ref operationRef operationId description",
        parameters=UNKNOWN,
        requestBody=UNKNOWN,
        server="server",
    ),
    "callbacks": _map("callback"),
    "callback": _map("path", r"\{|https?:|\$|/"),
    "components": _object(
        schemas="schemas",
        responses="response_map",
        parameters="parameter_map",
        examples="example_map",
        requestBodies="request_bodies",
        headers="header_map",
        securitySchemes="security_schemes",
        links="links",
        callbacks="callbacks",
        pathItems="webhooks",
    ),
    "example_map": _map("example"),
    "example": _object(text="$ref summary description externalValue", value=UNKNOWN),
    "schemas": _map("schema"),
    "properties": _map("schema"),
    "schema_list": _list("schema"),
    "schema_or_flag": _object(scalars="boolean"),
    "security": _list("requirement"),
    "requirement": _map("texts"),
    "security_schemes": _map("security_scheme"),
    "security_scheme": _object(
        "type",
        text="$ref type description name in scheme bearerFormat openIdConnectUrl",
        flows="flows",
    ),
    "flows": _object(
        **dict.fromkeys(("implicit", "password", "clientCredentials", "authorizationCode"), "flow")
    ),
    "flow": _object(text="authorizationUrl tokenUrl refreshUrl", scopes="scopes"),
    "scopes": _map("text"),
    "discriminator": _object("propertyName", text="propertyName", mapping="mapping"),
    "mapping": _map("text"),
    "xml": _object(text="name namespace prefix", flag="attribute wrapped"),
    "schema": _object(
        text="$ref title description format pattern $id $schema $anchor $comment "
        "contentEncoding contentMediaType",
        flag="nullable readOnly writeOnly deprecated uniqueItems",
        type="type",
        properties="properties",
        patternProperties="properties",
        required="names",
        items="schema",
        additionalProperties="schema_or_flag",
        propertyNames="schema",
        contains="schema",
        allOf="schema_list",
        oneOf="schema_list",
        anyOf="schema_list",
        prefixItems="schema_list",
        enum="=enum",
        const="=example",
        default="=example",
        example="=example",
        examples="=examples",
        multipleOf="number",
        minimum="number",
        maximum="number",
        exclusiveMinimum="limit",
        exclusiveMaximum="limit",
        minLength="count",
        maxLength="count",
        minItems="count",
        maxItems="count",
        minProperties="count",
        maxProperties="count",
        discriminator="discriminator",
        xml="xml",
        externalDocs="external_docs",
        **{"not": "schema", "if": "schema", "then": "schema", "else": "schema", "$defs": "schemas"},
    ),
}
_SCHEMA = KINDS["schema"]
KINDS["schema_or_flag"] = Kind(fields=_SCHEMA.fields, scalars=frozenset({"boolean"}))

# Apidog's keys and the objects they were seen on. Any other x- key may stand on
# any object, so that more than one open object makes it ambiguous.
APIDOG: dict[str, tuple[frozenset[str], str | Shape]] = {
    "x-apidog-orders": (frozenset({"schema"}), "names"),
    "x-apidog-ignore-properties": (frozenset({"schema"}), "texts"),
    "x-apidog-refs": (frozenset({"schema"}), record(record(UNKNOWN))),
    "x-apidog-enum": (
        frozenset({"schema"}),
        list_of(record(value=UNKNOWN, name=TEXT, description=TEXT)),
    ),
    "x-apidog-name": (frozenset({"response"}), "text"),
    "x-apidog-ordering": (frozenset({"response"}), "number"),
    "x-apidog-status": (frozenset({"operation"}), "text"),
    "x-run-in-apidog": (frozenset({"operation"}), "text"),
    "x-apidog-maintainer": (frozenset({"operation"}), "text"),
    "x-apidog-folder": (frozenset({"operation", "schema"}), "text"),
    "x-apidog": (frozenset({"requirement"}), APIDOG_SECURITY),
}
# The objects that the specification lets hold x- keys; maps of names do not.
EXTENSIBLE = frozenset(name for name, kind in KINDS.items() if kind.fields)

# Every key the specification names, wherever it may stand.
WORDS = frozenset(key for kind in KINDS.values() for key in kind.fields) | APIDOG.keys()


def child(kind: str, key: str) -> "str | Shape | None":
    """The kind of value under a key of an object; None when the key may not stand there."""
    if key in APIDOG:
        owners, value = APIDOG[key]
        owner = "schema" if kind == "schema_or_flag" else kind
        return value if owner in owners else None
    grammar = KINDS[kind]
    if key in grammar.fields:
        return grammar.fields[key]
    if grammar.free is not None and grammar.names.match(key):
        return grammar.free
    return UNKNOWN if key.startswith("x-") and kind in EXTENSIBLE else None
