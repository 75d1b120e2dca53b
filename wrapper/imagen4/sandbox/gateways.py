"""The gateways as the sandbox plays them: what is known of each, and what it assumes beyond."""

from dataclasses import dataclass

from ..facts import DEFAULT_GATEWAY, DEFAULT_MODEL, GATEWAYS, GatewayFacts, Price

ASSUMED_PRICE = Price(GATEWAYS[DEFAULT_GATEWAY].prices[DEFAULT_MODEL].credits, "request")
"""What a create costs where no price is known: without one, credits would never run out."""


@dataclass(frozen=True, slots=True)
class SandboxGateway:
    """One gateway, with the account that the sandbox has on it."""

    facts: GatewayFacts
    key: str
    """The one bearer key that is accepted. Not a secret: it opens nothing but a sandbox."""

    @property
    def name(self) -> str:
        return self.facts.name

    def price(self, model: str, pictures: int) -> float:
        """Credits that a create of so many pictures costs."""
        price = self.facts.prices.get(model, ASSUMED_PRICE)
        return price.credits * (pictures if price.per == "image" else 1)


SANDBOX_GATEWAYS = {
    name: SandboxGateway(facts, key=f"sandbox-{name}-key") for name, facts in GATEWAYS.items()
}
KEYS = tuple(gateway.key for gateway in SANDBOX_GATEWAYS.values())
