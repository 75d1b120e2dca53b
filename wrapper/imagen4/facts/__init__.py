"""What is known of the gateways, as data: written once here, read by everything else.

`gateways`: who they are (origin, key, rates, prices). `protocol`: what they speak (paths,
states, codes, names of fields). `models`: which models they have, and the schema of each one's
`input`. `documents`: their OpenAPI documents, as generated.

The client and those who judge it share these data, and no code beyond them.
"""

from .gateways import DEFAULT_GATEWAY, DEFAULT_MODEL, GATEWAYS, GatewayFacts, Price, Rate

__all__ = ["DEFAULT_GATEWAY", "DEFAULT_MODEL", "GATEWAYS", "GatewayFacts", "Price", "Rate"]
