"""What the command line and the pytest options let one choose; light to import."""

from __future__ import annotations

from ..facts import GATEWAYS
from ..facts.gateways import BASE_URL_VARIABLE

PROFILES = ("auto", "observed", "documented")
PHASES = ("quick", "full")
KEY_VARIABLES = " or ".join(each.key_variable for each in GATEWAYS.values())
KEY_RULE = f"else that in {KEY_VARIABLES} for the gateway itself, or on loopback the sandbox's"
URL_VARIABLES = ", ".join(
    [*(each.base_url_variable for each in GATEWAYS.values()), f"or {BASE_URL_VARIABLE} for either"]
)
