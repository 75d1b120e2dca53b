"""The adapter of an invented gateway, as somebody would write it for a real one."""

from imagen4 import Adapter
from imagen4.facts import GatewayFacts, Rate

ADAPTER = Adapter(
    GatewayFacts(
        name="prism",
        origin="https://api.prism.example",
        key_variable="PRISM_API_KEY",
        base_url_variable="PRISM_BASE_URL",
        creates=Rate(5, 1.0),
    ),
    package="prism_generated.prism",
)
