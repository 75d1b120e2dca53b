"""The failure this prevents: an editor's noise taken for meaning, or meaning for noise."""

from typing import Any

import pytest

from differences import compare
from market import samples
from market.writer import write
from pages.normalise import normalise
from pages.reader import read_bytes


def test_what_apidog_makes_of_a_document_means_the_same() -> None:
    """The change from Mintlify to Apidog gives a valid document and no difference."""
    page = read_bytes(samples.apidog(write(samples.apidog_document())).encode())
    assert compare(samples.document(), page.document) == []
    assert len(page.normalised) == 3


def test_a_normal_document_stays_as_it_is() -> None:
    """Nothing is changed that is right already."""
    document = samples.document()
    assert normalise(document) == []
    assert document == samples.document()


def test_examples_are_left_alone() -> None:
    """Keys that look like an editor's inside an example are data."""
    document = samples.document()
    samples.given(document)["example"] = {"prompt": "a", "x-apidog-name": "b"}
    normalise(document)
    assert samples.given(document)["example"]["x-apidog-name"] == "b"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "null"}, {"nullable": True, "enum": [None]}),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": "string", "examples": ["a"]}, {"type": "string", "example": "a"}),
        (
            {"type": "string", "examples": ["a", "b"]},
            {"type": "string", "example": "a", "x-examples": ["a", "b"]},
        ),
        ({"type": "string", "examples": []}, {"type": "string"}),
    ],
)
def test_keywords_of_31_in_a_30_document(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    """What OpenAPI 3.0 does not know is said in its own words."""
    document = samples.document()
    samples.given(document)["properties"]["extra"] = schema
    normalise(document)
    assert samples.given(document)["properties"]["extra"] == expected


def test_component_names_become_valid_and_references_follow() -> None:
    """A name with a blank, and its reference with %20, are renamed together."""
    document = samples.document()
    schemas = document["components"]["schemas"]
    schemas["The Answer"] = schemas.pop("Answer")
    responses = document["paths"][samples.CREATE]["post"]["responses"]
    content = responses["200"]["content"]["application/json"]
    content["schema"]["$ref"] = "#/components/schemas/The%20Answer"
    page = read_bytes(write(document).encode())
    assert "The_Answer" in page.document["components"]["schemas"]
    assert compare(samples.document(), page.document) == []
