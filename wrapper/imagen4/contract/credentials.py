"""What can stand in the Authorization header, by name, so that no record holds a key."""

from __future__ import annotations

from enum import StrEnum

from ..facts import GATEWAYS


class Credential(StrEnum):
    """The value is how reports speak of it."""

    KEY = "the key"
    NONE = "no Authorization header"
    EMPTY = "an empty Authorization header"
    NO_TOKEN = "`Bearer` without a key"  # noqa: S105  # a description
    WRONG = "a made-up key"
    LONGER = "the key with a character more"
    SHORTER = "the key without its last character"
    OTHER_CASE = "the key with upper and lower case swapped"
    FOREIGN = "a key of another gateway"
    BARE = "the key without `Bearer`"
    BASIC = "the key under `Basic`"


MADE_UP = "imagen4-contract-made-up-key-0f3a"


def foreign_key(gateway: str, key: str, given: str | None = None) -> str:
    """A key of another gateway: the one given, or the same key with the names exchanged.

    A real key of another gateway is only ever sent when the user names it for this.
    """
    if given:
        return given
    other = next((name for name in GATEWAYS if name != gateway), "other")
    return key.replace(gateway, other) if gateway in key else f"{other}-{MADE_UP}"


def authorization(credential: Credential, key: str, foreign: str) -> str | None:
    """The header's value; None leaves the header out."""
    values: dict[Credential, str | None] = {
        Credential.KEY: f"Bearer {key}",
        Credential.NONE: None,
        Credential.EMPTY: "",
        Credential.NO_TOKEN: "Bearer",
        Credential.WRONG: f"Bearer {MADE_UP}",
        Credential.LONGER: f"Bearer {key}x",
        Credential.SHORTER: f"Bearer {key[:-1]}",
        Credential.OTHER_CASE: f"Bearer {key.swapcase()}",
        Credential.FOREIGN: f"Bearer {foreign}",
        Credential.BARE: key,
        Credential.BASIC: f"Basic {key}",
    }
    return values[credential]


def as_shell(credential: Credential, variable: str) -> str | None:
    """The header's value for a curl command, with the key as a shell variable."""
    if credential in (Credential.WRONG, Credential.NONE, Credential.EMPTY, Credential.NO_TOKEN):
        return authorization(credential, "", "")
    shown = {
        Credential.KEY: f"Bearer ${variable}",
        Credential.LONGER: f"Bearer ${{{variable}}}x",
        Credential.SHORTER: f"Bearer ${{{variable}%?}}",
        Credential.OTHER_CASE: f"Bearer $(printf %s ${variable} | tr a-zA-Z A-Za-z)",
        Credential.FOREIGN: "Bearer $OTHER_GATEWAYS_KEY",
        Credential.BARE: f"${variable}",
        Credential.BASIC: f"Basic ${variable}",
    }
    return shown[credential]


def worth_trying(credential: Credential, key: str) -> bool:
    """Whether the credential differs from the key at all (a key may have no letters)."""
    return credential is not Credential.OTHER_CASE or key.swapcase() != key
