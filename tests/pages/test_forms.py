"""The failure this prevents: a page in a form nobody tried is read as something it is not."""

import json
import re

import pytest
import yaml

from market import samples
from market.outcomes import without_space
from market.writer import flatten, write
from pages.errors import PageError
from pages.reader import read_bytes

YAML = samples.yaml()
FORMS = {
    "mintlify": samples.mintlify(YAML),
    "apidog": samples.apidog(YAML),
    "fence in a list": "- a page\n\n  ```yaml\n" + "".join(f"  {x}\n" for x in YAML.splitlines())
    + "  ```\n",
    "the same fence twice": samples.mintlify(YAML) + samples.mintlify(YAML),
    "a fence of tildes": f"# A\n\n~~~yaml\n{YAML}~~~\n",
    "frontmatter": f"---\nopenapi: a.json POST {samples.CREATE}\n---\n\n{samples.apidog(YAML)}",
    "yaml": YAML,
    "json": json.dumps(samples.document()),
    "json in a fence": "# A\n\n```json\n" + json.dumps(samples.document(), indent=2) + "\n```\n",
    "indented text": samples.scraped(YAML),
    "flattened text": samples.scraped(flatten(YAML)),
    "html with a code block": samples.saved(YAML),
    "html with a flattened code block": samples.saved(flatten(YAML)),
    "html without a code block": "<html><body>"
    + "".join(f"<p>{line}</p>" for line in flatten(YAML).splitlines())
    + "</body></html>",
    "sorted keys": yaml.safe_dump(samples.document(), allow_unicode=True),
    "sorted keys in a fence": samples.mintlify(yaml.safe_dump(samples.document())),
    "quotes and a comment": YAML.replace("openapi: 3.0.0", "'openapi': '3.0.0'  # of a tool", 1),
    "crlf": samples.mintlify(YAML).replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + YAML,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_document(form: str) -> None:
    """Whatever a page looks like, what it says is read the same."""
    page = read_bytes(FORMS[form].encode(), [YAML])
    assert without_space(page.document) == without_space(samples.document())


def test_a_31_document_is_read() -> None:
    """OpenAPI 3.1 with its null type and list of examples stays as it is."""
    document = samples.document() | {"openapi": "3.1.0"}
    samples.given(document)["properties"]["ratio"]["type"] = ["string", "null"]
    assert read_bytes(write(document).encode()).document == document


def test_fences_inside_a_description_do_not_end_the_page() -> None:
    """Apidog's three backticks hold indented fences of three backticks."""
    document = samples.document()
    text = 'Send this:\n\n```json\n{"openapi: ": 1}\n```\n\nand wait.'
    document["paths"][samples.CREATE]["post"]["description"] = text
    page = read_bytes(samples.apidog(write(document)).encode())
    assert page.document["paths"][samples.CREATE]["post"]["description"] == text


def test_aliases_are_followed() -> None:
    """An alias in the page becomes what it stands for."""
    text = re.sub(r"enum:(?=\s+- 200)", "enum: &codes", YAML)
    text = text.replace(
        "  responses:\n    Error", "    Code:\n      enum: *codes\n  responses:\n    Error"
    )
    page = read_bytes(text.encode())
    assert page.document["components"]["schemas"]["Code"]["enum"] == [200, 401]
    assert "*codes" not in page.yaml


ROUND = "#/components/schemas/Answer"
LISTLESS, CIRCLE = (
    samples.document() | {"components": samples.document()["components"] | {"schemas": schemas}}
    for schemas in (
        {"Answer": {"properties": {"200": {"enum": "a"}}}},
        {"Answer": {"$ref": "#/components/schemas/Next"}, "Next": {"allOf": [{"$ref": ROUND}]}},
    )
)
ANSWER = {"get": {"responses": {"200": {"content": {}}}}}
REFUSED = {
    "one line": ("openapi: 3.0.0info: title: Lab version: 1.0.0 paths: /a: get:", "one line"),
    "no document": ("# Pictures\n\nHow to make them.\n", "no OpenAPI document"),
    "login page": (
        "<html><body><form><input type='password' name='p'></form></body></html>", "login page"),
    "pre-OpenAPI dump": ("````yaml post /a\npaths:\n  path: /a\n  request:\n    body:\n"
                         "      schemaArray:\n        - type: object\n````\n", "before it served"),
    "swagger 2": ("swagger: '2.0'\ninfo:\n  title: a\n", "Swagger 2.0"),
    "openapi 4": (YAML.replace("3.0.0", "4.0.0", 1), "not supported"),
    "open fence": (samples.mintlify(YAML).removesuffix("````\n"), "cut off"),
    "two documents": (samples.mintlify(YAML) + samples.mintlify(YAML + "tags: []\n"), "more than"),
    "cut in the middle": (YAML[: len(YAML) // 2], "cut off"),
    "cut and flattened": (flatten(YAML[: len(YAML) // 2]), ""),
    "an interrupted document": (YAML.replace("components:", "Was it useful?\ncomponents:"),
                                "interrupts"),
    "tabs": (YAML.replace("  title", "\ttitle"), "line"),
    "twice the same key": (YAML.replace("  version:", "  title: again\n  version:"), "twice"),
    "a reference elsewhere": (YAML.replace("'#/components/responses/Error'", "https://x.example/a"),
                              "another document"),
    "a full-width colon": (YAML.replace("type: object", "type：object", 1), "line 21 has a full"),
    "a full-width space": (YAML.replace("  title", "\u3000title", 1), "line 3 has a full-width"),
    "full-width indentation": (YAML.replace("    post:", "\u3000post:"), "has a full-width"),
    "openapi and a full-width colon": (YAML.replace("openapi:", "openapi："), "full-width colon"),
    "components of nothing": ("openapi: 3.1.0\ninfo:\n  title: a\ncomponents: 3\n", "not valid"),
    "an answer without words": (json.dumps(samples.document() | {"paths": {"/a": ANSWER}}),
                                "/responses/200: 'description' is a required property"),
    "a word where a list belongs": (json.dumps(LISTLESS), "/200/enum: 'a' is not of type 'array'"),
    "a circle of references": (json.dumps(CIRCLE), "references that lead in a circle"),
    "a tag of plain data": (YAML.replace("- 200", "- !!str 200"), "plain data"),
    "a tag, flattened": (flatten(YAML).replace("- 200", "- !!str 200"), "^line 80: a tag"),
    "two documents without a fence": (YAML + YAML.replace("16:9", "9:16"), "more than one"),
    "two documents, flattened": (flatten(YAML + YAML), "more than one"),
    "a colon and a full-width space": (YAML.replace("maxLength: ", "maxLength:\u00a0"),
                                       "has a full-width"),
    "a tag": (YAML.replace("title: Lab API", "title: !!python/name:os.system x"), "plain data"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(case: str) -> None:
    """A page that cannot be read says why in one line."""
    text, reason = REFUSED[case]
    with pytest.raises(PageError, match=reason or None) as refusal:
        read_bytes(text.encode())
    assert "\n" not in str(refusal.value)


def test_a_destroyed_address_is_left_out_and_named() -> None:
    """What obfuscation destroyed is neither kept as a list nor invented."""
    text = YAML.replace(
        "  version:", "  contact:\n    name: Help\n    email: [email protected]\n  version:"
    )
    page = read_bytes(samples.scraped(flatten(text)).encode(), [text])
    assert page.document["info"]["contact"] == {"name": "Help"}
    assert "email (page line 12)" in page.left_out[0]


def test_an_address_that_the_page_still_carries_is_decoded() -> None:
    """Cloudflare's encoding is not damage: the address stands in the HTML."""
    encoded = "".join(f"{byte ^ 0x2A:02x}" for byte in b"help@example.com")
    address = f'<a class="__cf_email__" data-cfemail="2a{encoded}">[email&#160;protected]</a>'
    text = YAML.replace("  version:", "  contact:\n    email: MARK\n  version:")
    page = read_bytes(samples.saved(text).replace("MARK", address).encode())
    assert page.document["info"]["contact"] == {"email": "help@example.com"}
