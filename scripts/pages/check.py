"""Whether a document that was read can be what the page says."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from pages.errors import AGAIN, MEND, PageError
from pages.normalise import objects
from pages.references import led_to
from pages.yamltext import check_bounds

Document = dict[str, Any]
_LONGEST_VALUE = 60
_LAST_STEPS = 6  # of the way to an error; `properties` and `schema` are among them


def must_be_openapi(document: Document) -> None:
    """Refuse a document that is not valid OpenAPI 3.0 or 3.1, or that is cut off."""
    version = _version(document)
    _must_resolve(document)
    _must_stay_small(document)
    # Half a second to import: bad pages are refused before they are needed.
    import openapi_spec_validator as validators

    from pages.soundness import must_be_shaped

    known = {
        "3.0": validators.OpenAPIV30SpecValidator,
        "3.1": validators.OpenAPIV31SpecValidator,
    }
    try:
        error = next(iter(known[version](document).iter_errors()), None)
    except RecursionError:
        raise PageError("not valid OpenAPI: references that lead in a circle", MEND) from None
    except Exception as broken:  # the validator fails in many ways on what is no OpenAPI
        raise PageError(f"not valid OpenAPI: {_first_line(broken)}", MEND) from None
    if error is not None:
        error = _innermost(document, error) if version == "3.0" else error
        steps = [str(part) for part in error.absolute_path]
        where = "/".join(["…" if steps[_LAST_STEPS:] else "", *steps[-_LAST_STEPS:]])
        raise PageError(f"not valid OpenAPI at {where or '/'}: {_first_line(_named(error))}", MEND)
    for where, node in _schemas(document):
        must_be_shaped(node, where)


def _innermost(document: Document, error: ValidationError) -> ValidationError:
    """What is wrong where no alternative fits: the error that comes deepest into one of them.

    The validator is quick, and does not say; that of Python takes its time, and does.
    """
    from openapi_spec_validator.schemas import get_schema_content_v30

    slow = Draft4Validator(dict(get_schema_content_v30()))
    error = next(slow.iter_errors(document), error)
    while error.context:
        error = max(error.context, key=_depth)
    return error


def _depth(error: ValidationError) -> tuple[int, bool]:
    """How deep an error is; that something is no reference is said last."""
    return len(error.absolute_path), error.validator_value != ["$ref"]


def _version(document: Document) -> str:
    """3.0 or 3.1."""
    if "openapi" not in document:
        if "swagger" in document:
            raise PageError("Swagger 2.0, not OpenAPI 3", MEND)
        raise PageError("no OpenAPI document in it", AGAIN)
    version = re.match(r"3\.[01](?=\.|$)", str(document["openapi"]))
    if version is None:
        raise PageError(
            f"OpenAPI {str(document['openapi'])[:40]} is not supported: only 3.0 and 3.1 are", MEND
        )
    return version.group()


def _schemas(document: Document) -> Iterator[tuple[str, Any]]:
    """Every schema, with the name of a component or the word `schema`.

    The validator of OpenAPI 3.1 does not look into each: another dialect could be meant.
    """
    roots = [("schema", node["schema"]) for node in objects(document) if "schema" in node]
    roots += list((document.get("components") or {}).get("schemas", {}).items())
    return ((name, node) for name, root in roots for node in objects(root))


def _named(error: ValidationError) -> str:
    """The message without the object, list or long text that it begins with, or that it names."""
    message, whole = error.message, repr(error.instance)
    if len(whole) > _LONGEST_VALUE or whole.startswith(("{", "[")):
        message = message.replace(whole, "what stands there")
    return message if not message.startswith(("{", "[")) else "what stands there is not allowed"


def _first_line(error: object) -> str:
    text = str(error).strip().split("\n", 1)[0]
    return text if len(text) < 200 else text[:197] + "..."


def _must_resolve(document: Document) -> None:
    """Refuse references to what is not there: the end of the page may be missing."""
    for ref in references(document):
        if not ref.startswith("#/"):
            raise PageError(f"a reference to another document: {ref[:80]}", MEND)
        if _target(document, ref) is None:
            raise PageError(f"{ref} is referred to but not there (is the page cut off?)", AGAIN)
    for name in _required_schemes(document):
        components = document.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, dict) else None
        if not isinstance(schemes, dict) or name not in schemes:
            raise PageError(f"the security scheme {name} is used but not there (cut off?)", AGAIN)


def _must_stay_small(document: Document) -> None:
    """Refuse what grows out of bounds for whoever follows its references, as the validator does."""
    check_bounds(_size(document, document, {}, 0), 0)


def _size(document: Document, node: Any, known: dict[str, int], depth: int) -> int:
    """How many values a node holds with what it refers to; within itself that counts once."""
    check_bounds(0, depth)
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = 1 + sum(_size(document, value, known, depth + 1) for value in inner)
    ref = node.get("$ref") if isinstance(node, dict) else None
    if isinstance(ref, str):
        if ref not in known:
            known[ref] = 0
            known[ref] = _size(document, _target(document, ref), known, depth)
        found += known[ref]
    return found


def references(node: Any) -> Iterator[str]:
    """Every ``$ref`` in a document."""
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str):
            yield ref
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def _target(document: Document, ref: str) -> Any:
    """What a reference leads to, None where that is nothing."""
    try:
        return led_to(document, ref)
    except LookupError:
        return None


def _required_schemes(document: Document) -> Iterator[str]:
    places = [document]
    for path in _values(document.get("paths")):
        places += [operation for operation in _values(path) if isinstance(operation, dict)]
    for place in places:
        requirements = place.get("security")
        for requirement in requirements if isinstance(requirements, list) else ():
            if isinstance(requirement, dict):
                yield from (name for name in requirement if not name.startswith("x-"))


def _values(node: Any) -> list[Any]:
    """What stands in an object; nothing, if it is none: the validator says that."""
    return list(node.values()) if isinstance(node, dict) else []
