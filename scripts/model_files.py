"""What is generated of the models: a schema of `input` each, a catalogue, and their names.

Data, not code: what a model's page says cannot stop the generator, and a client reads only
the schema of the model it uses.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from gateway_documents import Document
from imagen4.facts.documents import body_media
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.models import default_first, slug_of
from imagen4.facts.protocol import CREATE_PATH, INPUT
from pages.captures import Captures, key_of
from pages.errors import PageError
from pages.yamltext import load_yaml

NAMES = '''\
"""Names for type checkers: the gateways, and the models and ratios of their documents."""

from typing import Literal, TypeAlias
'''


class Model(NamedTuple):
    """One vendored model of a gateway, as specs/models/ has it."""

    model: str
    summary: str
    input: dict[str, Any]


def models_of(specs: Path, gateway: str, effective: Document) -> list[Model]:
    """The gateway's own model, as its effective document has it, and all vendored beside it.

    Raises PageError for a file whose content is not the model of its name.
    """
    summary = effective["paths"][CREATE_PATH]["post"]["summary"]
    own = body_media(effective)["schema"]["properties"][INPUT]
    found = {DEFAULT_MODEL: Model(DEFAULT_MODEL, summary, own)}
    for path in sorted((specs / "models" / gateway).glob("*.yaml")):
        model = Model(**load_yaml(path.read_text(encoding="utf-8")))
        if path.stem != slug_of(model.model):
            raise PageError(f"{path.name} holds the model {model.model}", "name it after that")
        found[model.model] = model
    return [found[name] for name in default_first(found)]


def write_models(package: Path, specs: Path, models: list[Model]) -> None:
    """The catalogue and the schemas of one gateway, beside its generated code."""
    captures = Captures(specs)
    known = captures.all() if captures.index.exists() else {}
    catalogue = []
    (package / "inputs").mkdir()
    for model in models:
        capture = known.get(key_of(package.name, model.model))
        entry = {
            "name": model.model,
            "slug": slug_of(model.model),
            "captured": capture.captured if capture else "",
            "page": capture.url if capture else "",
            "summary": model.summary,
        }
        catalogue.append(entry)
        content = {"model": model.model, "input": model.input}
        (package / "inputs" / f"{entry['slug']}.json").write_text(
            json_text(content), encoding="utf-8"
        )
    (package / "catalogue.json").write_text(json_text(catalogue), encoding="utf-8")


def names(models: dict[str, list[Model]]) -> str:
    """The module of names: the gateways, the models of each, and the ratios of them all."""
    ratios = [
        ratio
        for each in models.values()
        for model in each
        for ratio in model.input["properties"].get("aspect_ratio", {}).get("enum", ())
    ]
    known = {f"{name.capitalize()}Model": [m.model for m in each] for name, each in models.items()}
    several = {"Gateway": list(models), "AspectRatio": list(dict.fromkeys(ratios))}
    literals = "".join(_literal(name, values) for name, values in (known | several).items())
    return f"{NAMES}{literals}\nModel: TypeAlias = {' | '.join(known)}\n"


def _literal(name: str, values: list[str]) -> str:
    lines = "".join(f"    {json.dumps(value, ensure_ascii=False)},\n" for value in values)
    return f"\n{name}: TypeAlias = Literal[\n{lines}]\n"


def json_text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
