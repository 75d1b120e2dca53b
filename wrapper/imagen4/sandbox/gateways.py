"""The two gateways as the sandbox plays them."""

from typing import Any

from attrs import frozen

from .documents import Operation, input_fields, operations


@frozen
class Gateway:
    """What differs between the gateways, apart from their documents."""

    name: str
    key: str
    """The one bearer key that is accepted. Not a secret: it opens nothing but a sandbox."""
    price: float
    """Credits a create costs. kie documents 8 for imagen4; apikley's price is not known, so
    the same is assumed."""
    signs_callbacks: bool
    """kie documents the signature; whether apikley signs is not known, so it does not here."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        return operations(self.name)

    @property
    def input_fields(self) -> dict[str, Any]:
        return input_fields(self.name)


GATEWAYS = {
    gateway.name: gateway
    for gateway in (
        Gateway("kie", "sandbox-kie-key", price=8.0, signs_callbacks=True),
        Gateway("apikley", "sandbox-apikley-key", price=8.0, signs_callbacks=False),
    )
}
KEYS = tuple(gateway.key for gateway in GATEWAYS.values())
