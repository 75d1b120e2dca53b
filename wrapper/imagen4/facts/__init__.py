"""What is known of the gateways, as data: written once here, read by everything else.

`gateways`: who they are (origin, key, rates, prices). `protocol`: what they speak (paths,
states, codes, names of fields). `documents`: their OpenAPI documents, as generated.

The client and those who judge it share these data, and no code beyond them.
"""

from .gateways import GATEWAYS, GatewayFacts, Price, Rate

__all__ = ["GATEWAYS", "GatewayFacts", "Price", "Rate"]
