"""The one writer of YAML: the same document gives the same bytes.

Text that stood in a block on the page keeps its line breaks, so that a vendored
document can be laid beside its page.
"""

import io
from functools import lru_cache
from typing import Any

import yaml as yaml11
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import (
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from pages.errors import MEND, PageError
from pages.normalise import normalise
from pages.yamltext import Document, load_yaml


class _Representer(RoundTripRepresenter):
    """Writes null as a word, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _null(representer: RoundTripRepresenter, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _null)
# What a reader of YAML 1.1 would take an unquoted text for.
_YAML11 = yaml11.SafeLoader.yaml_implicit_resolvers


def to_yaml(document: Document, source: str = "") -> str:
    """YAML text of a document; ``source`` is the YAML it was read from, for its line breaks.

    Raises PageError for what YAML does not give back as it was.
    """
    text = _dump(_styled(document, _structure(source)))
    if load_yaml(text) != document:
        # A text that ruamel's blocks cannot hold: without them nothing can be lost.
        text = _dump(_styled(document, None))
    if load_yaml(text) != document:
        raise PageError("a text or a number that cannot be written as YAML", MEND)
    return text


def _dump(structure: Any) -> str:
    out = io.StringIO()
    writer = YAML(typ="rt")
    writer.Representer = _Representer
    writer.width = 10_000_000
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(structure, out)
    return out.getvalue()


@lru_cache(maxsize=8)
def _structure(source: str) -> Any:
    """The source with the styles of its scalars, brought to the form of the document.

    Kept, and not to be changed: this is a third of what reading a page takes.
    """
    if not source:
        return None
    try:
        structure = YAML(typ="rt").load(source)
        normalise(structure)
    except (YAMLError, ValueError, TypeError, AttributeError):
        return None
    return structure


def _styled(data: Any, model: Any) -> Any:
    """The data with the text styles of the model, where both hold the same."""
    if isinstance(data, dict):
        under = model if isinstance(model, dict) else {}
        return {
            _quoted_if_needed(key): _styled(value, under.get(key)) for key, value in data.items()
        }
    if isinstance(data, list):
        models = (
            model if isinstance(model, list) and len(model) == len(data) else [None] * len(data)
        )
        return [_styled(value, like) for value, like in zip(data, models, strict=True)]
    if isinstance(data, str):
        same = isinstance(model, FoldedScalarString | LiteralScalarString) and model == data
        return model if same else _quoted_if_needed(data)
    return data


def _quoted_if_needed(value: str) -> str:
    if "\n" in value:
        block: str = LiteralScalarString(value)
        return block
    first = value[:1]
    rules = [*_YAML11.get(first, []), *_YAML11.get(None, [])]
    special = any(rule.match(value) for _, rule in rules)
    quoted: str = SingleQuotedScalarString(value) if special else value
    return quoted
