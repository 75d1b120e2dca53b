"""What the command line and the pytest options let one choose; light to import."""

from __future__ import annotations

from ..facts import GATEWAYS

PROFILES = ("auto", "observed", "documented")
PHASES = ("quick", "full")
KEY_VARIABLES = " or ".join(each.key_variable for each in GATEWAYS.values())
