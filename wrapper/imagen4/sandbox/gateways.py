"""The gateways as the sandbox plays them: what is known of each, and what it assumes beyond."""

from dataclasses import dataclass

from ..facts import GATEWAYS, GatewayFacts
from ..facts.gateways import DEFAULT_MODEL

ASSUMED_PRICE = GATEWAYS["kie"].prices[DEFAULT_MODEL].credits
"""Credits a create costs where no price is known: without one, credits would never run out."""


@dataclass(frozen=True, slots=True)
class SandboxGateway:
    """One gateway, with the account that the sandbox has on it."""

    facts: GatewayFacts
    key: str
    """The one bearer key that is accepted. Not a secret: it opens nothing but a sandbox."""
    price: float
    """Credits a create costs."""

    @property
    def name(self) -> str:
        return self.facts.name


def _on_sandbox(facts: GatewayFacts) -> SandboxGateway:
    price = facts.prices.get(DEFAULT_MODEL)
    return SandboxGateway(
        facts,
        key=f"sandbox-{facts.name}-key",
        price=ASSUMED_PRICE if price is None else price.credits,
    )


SANDBOX_GATEWAYS = {name: _on_sandbox(facts) for name, facts in GATEWAYS.items()}
KEYS = tuple(gateway.key for gateway in SANDBOX_GATEWAYS.values())
