"""The version of this package: its one home, which the build reads, too."""

__version__ = "0.1.0"

USER_AGENT = f"imagen4/{__version__}"
"""How the client names itself in every request (RFC 9110, 10.1.5: a product and its version)."""
