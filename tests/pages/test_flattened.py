"""The failure this prevents: a wrong structure that looks right, out of a page without indentation.

Such a page is read beside a document that it resembles. Three outcomes are counted for
changes of that document; wrong must be zero.
"""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from market import samples
from market.outcomes import outcome, without_space
from market.writer import flatten, write
from pages.captures import Captures
from pages.errors import PageError
from pages.reader import read_bytes

SPECS = Path(__file__).resolve().parents[2] / "specs"
YAML = samples.yaml()


def _changed(old: str, new: str, text: str = YAML) -> str:
    """The text with one passage exchanged, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("name", "sister"),
    [
        ("kie.yaml", "apikley.yaml"),
        ("apikley.yaml", "apikley.yaml"),
        pytest.param("kie.yaml", "kie.yaml", marks=pytest.mark.slow),
        pytest.param("apikley.yaml", "kie.yaml", marks=pytest.mark.slow),
    ],
)
def test_documents_of_real_pages_come_back(name: str, sister: str, kept: Path) -> None:
    """Each vendored document survives flattening, beside itself and beside the other."""
    text, beside = ((kept / file).read_text(encoding="utf-8") for file in (name, sister))
    assert outcome(read_bytes(text.encode()).document, flatten(_body(text)), [beside]) == "exact"


def _body(text: str) -> str:
    return text[text.index("openapi:") :]


RATIO = "                        - '16:9'\n"
LONG = (
    "A lighthouse keeper on a stormy coast at dusk repairs the great lamp by hand while gulls "
    "wheel around the tower and waves break over the black rocks"
)


def _with_long_example() -> str:
    document = samples.document()
    samples.given(document)["properties"]["prompt"]["example"] = LONG
    return write(document)


def _with_property() -> str:
    document = samples.document()
    fields = samples.given(document)["properties"]
    samples.given(document)["properties"] = {
        "prompt": fields["prompt"],
        "mood": {
            "description": f"The mood of the picture: {LONG}",
            "type": "string",
            "enum": ["light", "dark"],
            "default": "light",
            "example": "dark",
        },
        "ratio": fields["ratio"],
    }
    return write(document)


ERROR = "        '500':"
WORDY = _changed("n: What the picture shows", f"n: >-\n                        {LONG[:40]}")
FILM = _changed(
    "      operationId: make-picture",
    f"      description: >-\n        {LONG[:72]}\n      operationId: make-film",
)
MOOD = _with_property()
STORY = _with_long_example()
APIDOG = write(samples.apidog_document())
READABLE: dict[str, tuple[str, str]] = {
    "the same page": (YAML, YAML),
    "a value more": (_changed(RATIO, RATIO + RATIO.replace("16:9", "auto")), YAML),
    "a property more, in the middle": (MOOD, YAML),
    "a property less": (YAML, MOOD),
    "another name": (MOOD.replace("mood:", "tone:"), MOOD),
    "the page of another model, with a bound more": (
        _changed("maxLength: 5000", "minLength: 1\n                      maxLength: 5000", FILM),
        FILM.replace("film", "picture"),
    ),
    "another text": (_changed("What the picture shows", f"Words. {LONG[:40]}"), YAML),
    "another example over several lines": (_changed("great lamp", "small lamp", STORY), STORY),
    "a response more, that could be a key of the example above it": (
        _changed(ERROR, f"        '429':\n          description: Slowly\n{ERROR}"),
        YAML,
    ),
    "a value more among an editor's keys": (
        _changed(RATIO, RATIO + RATIO.replace("16:9", "auto"), APIDOG),
        APIDOG,
    ),
}


@pytest.mark.parametrize("case", READABLE)
def test_a_changed_page_is_read_beside_the_one_before(case: str) -> None:
    """What changed is placed where it belongs, everything else stands as it stood."""
    text, sister = READABLE[case]
    document = read_bytes(text.encode()).document
    assert outcome(document, samples.scraped(flatten(text)), [sister]) == "exact"


def _example_with_text(begin: str) -> str:
    document = samples.document()
    media = document["paths"][samples.CREATE]["post"]["requestBody"]["content"]["application/json"]
    media["example"] = {"model": LONG, "input": {"prompt": "a fox"}}
    given = "              input:\n                prompt"
    return _changed(given, begin + given, write(document))


REQUIRED = "                  required:\n                    - prompt\n"
FIRST = "                    prompt:\n"
SIZE = """\
                    size:
                      type: object
                      properties:
                        width:
                          type: integer
                          description: In pixels
                      description: In pixels
"""
SIZED = _changed(FIRST, SIZE + FIRST)
INNER = "                          description: In pixels\n"
GIVEN_RATIO = "                ratio: '16:9'\n"
REFUSED: dict[str, tuple[str, str, str]] = {
    "a title after the last property": (
        _changed(REQUIRED, "                  title: Words\n"),
        YAML,
        "'title: Words' may belong",
    ),
    "a flag after the last property": (
        _changed(REQUIRED, "                  nullable: true\n"),
        YAML,
        "'nullable: true' may belong",
    ),
    "one of two equal lines less": (
        _changed(INNER, "", SIZED),
        SIZED,
        "'description: In pixels' may belong",
    ),
    "a line that has become the text of another": (
        _changed(GIVEN_RATIO, f"              description: >-\n{GIVEN_RATIO}"),
        YAML,
        "'description: >-' may belong",
    ),
    "a key after a text of the example": (
        _example_with_text("              begin: 0\n"),
        _example_with_text(""),
        "'begin: 0' may",
    ),
    "an example with a new text that may have blank lines": (
        _changed("example: >-", "example: |-", STORY).replace("great", "small"),
        STORY,
        "white space",
    ),
    "an unknown line under a text that ends the page": (
        YAML + "      Was it of use to you?\n",
        YAML,
        "'Was it of use to you\\?' may not belong",
    ),
    "two lines that became one, under a text": (
        _changed("type: string\n                      maxLength", "type: string maxLength", WORDY),
        WORDY,
        "'type: string maxLength: 5000' may be no text",
    ),
    "no document like it": (YAML, "openapi: 3.0.0\n", "no vendored document is like it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_belong_to_two_objects_is_refused(case: str) -> None:
    """Where the lines allow two readings none is chosen; the line and the way out are named."""
    text, sister, reason = REFUSED[case]
    with pytest.raises(PageError, match=reason) as refusal:
        read_bytes(flatten(text).encode(), [sister])
    assert "take it with its indentation, or give the address of its Markdown" in str(refusal.value)


def test_the_most_similar_document_is_the_sister() -> None:
    """With all documents at hand a page is read beside the one that it resembles most."""
    text = _changed(RATIO, RATIO + RATIO.replace("16:9", "auto"))
    document = read_bytes(text.encode()).document
    assert outcome(document, flatten(text), [*Captures(SPECS).sisters(), YAML]) == "exact"


def _count(budget: int, seed: int) -> Counter[str]:
    """What became of documents with one line more, one less, or one that moved."""
    chance, outcomes = random.Random(seed), Counter[str]()
    lines = YAML.splitlines()
    extra = [
        "nullable: true",
        "- auto",
        "extra: 1",
        "title: A thing",
        "description: words",
        "words",
    ]
    while outcomes.total() < budget:
        edited = list(lines)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(5, len(edited))
            margin = len(edited[place]) - len(edited[place].lstrip()) + chance.choice([-2, 0, 0, 2])
            new = " " * margin + chance.choice([*extra, chance.choice(lines).strip()])
            edited[place : place + chance.randint(0, 1)] = [new] * chance.randint(0, 1)
        text = "".join(line + "\n" for line in edited)
        try:
            page = read_bytes(samples.mintlify(text).encode())
        except PageError:
            continue
        if flatten(page.yaml) == flatten(text):  # else it is YAML that no site writes
            outcomes[outcome(page.document, flatten(text), [YAML])] += 1
    return outcomes


def test_no_change_is_read_wrong() -> None:
    """Whatever lines come and go: what remains a document is read exactly or refused."""
    outcomes = _count(8, seed=1)
    assert outcomes["wrong"] == 0
    assert outcomes["exact"] > 3


@pytest.mark.slow
def test_no_change_of_very_many_is_read_wrong(
    record_property: Callable[[str, object], None],
) -> None:
    """The same for as many as a minute allows."""
    outcomes = _count(400, seed=2)
    record_property("outcomes", dict(outcomes))
    assert outcomes["wrong"] == 0


def test_a_footer_does_not_become_part_of_the_last_text() -> None:
    """The line under the page is not taken for the end of a description."""
    read = read_bytes(samples.scraped(flatten(YAML)).encode(), [YAML]).document
    assert without_space(read) == without_space(samples.document())
