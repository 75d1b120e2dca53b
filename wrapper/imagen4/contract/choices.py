"""What command line and pytest options let one choose; imports nothing."""

GATEWAYS = ("kie", "apikley")
PROFILES = ("auto", "observed", "documented")
PHASES = ("quick", "full")
