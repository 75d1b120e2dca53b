"""Guards against a model that is listed but cannot be used, and a schema read without need."""

from itertools import chain

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from imagen4.facts import GATEWAYS
from imagen4.facts.documents import GENERATED, body_media, document
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.models import WITHDRAWN, catalogue, default_first, input_schema

PACKAGES = {name: f"{GENERATED}.{name}" for name in GATEWAYS}
MODELS = [(name, model) for name, package in PACKAGES.items() for model in catalogue(package)]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_default_model_comes_first_and_the_others_by_name(gateway: str) -> None:
    """The order in which people are shown them."""
    names = list(catalogue(PACKAGES[gateway]))
    assert names[0] == DEFAULT_MODEL
    assert names == default_first(reversed(names))
    assert names[1:] == sorted(names[1:])


@pytest.mark.parametrize(("gateway", "model"), MODELS)
def test_each_model_has_a_document_of_its_own(gateway: str, model: str) -> None:
    """Valid OpenAPI 3.0 that asks for this model and its fields, without another's example."""
    found = document(gateway, "contract", model)
    OpenAPIV30SpecValidator(found).validate()
    media = body_media(found)
    fields = media["schema"]["properties"]
    assert fields["model"]["enum"] == [model]
    assert (
        fields["input"]["properties"].keys()
        == input_schema(PACKAGES[gateway], model)["properties"].keys()
    )
    assert media.get("example", {"model": model})["model"] == model


def test_a_model_that_was_not_vendored_is_none() -> None:
    """Its schema is not made up, and no file outside the catalogue is read."""
    for name in ("lab/picture", "../effective", "google--imagen4"):
        with pytest.raises(KeyError):
            input_schema(PACKAGES["kie"], name)


def test_what_succeeds_a_withdrawn_model_is_there() -> None:
    """Each successor that is named can be used, on one gateway at least, and is not withdrawn."""
    known = set(chain.from_iterable(catalogue(package) for package in PACKAGES.values()))
    for withdrawal in WITHDRAWN.values():
        assert withdrawal.successors
        assert set(withdrawal.successors) <= known - set(WITHDRAWN)


def test_every_priced_model_is_vendored_and_says_since_when() -> None:
    """A price without a day and a source is a rumour."""
    for gateway, facts in GATEWAYS.items():
        assert set(facts.prices) <= set(catalogue(PACKAGES[gateway]))
        assert all(price.since and price.source for price in facts.prices.values())
