"""HAR 1.2, as har-schema has it."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from referencing import Registry
from referencing.jsonschema import DRAFT6

FILE = Path(__file__).parent / "schemas" / "har-1.2.json"


def valid_har(text: str) -> list[dict[str, Any]]:
    """The entries of an archive; jsonschema.ValidationError if it is none."""
    schemas = json.loads(FILE.read_text(encoding="utf-8"))
    known = Registry().with_resources((n, DRAFT6.create_resource(s)) for n, s in schemas.items())
    archive = json.loads(text)
    Draft6Validator(schemas["har.json"], registry=known).validate(archive)
    entries: list[dict[str, Any]] = archive["log"]["entries"]
    return entries
