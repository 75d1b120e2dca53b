"""What stands around the document on a page: buttons before it, footers after it."""

import re

# `[email protected]` is what Cloudflare's obfuscation leaves of an address.
DESTROYED = re.compile(r"\[email[\s\xa0]protected\]")

# Lines that documentation sites put under a page. Each was seen under a page of
# the two gateways or belongs to the site's standard layout (Mintlify, Apidog).
_FOOTER = re.compile(
    r"To find navigation and other pages in this documentation, fetch the llms\.txt"
    r"|Was this page helpful\?|Powered by (Mintlify|Apidog)|Built with (Mintlify|Apidog)"
    r"|Modified at \d{4}-\d\d-\d\d|Last (modified|updated)\b.*\d{4}|Assistant\Z"
    r"|Ask a question\.\.\.|Responses are generated using AI|Contact support\Z|⌘I\Z"
)

_MARKS = ("#", "```", "~~~")  # headings or comments, and fences


def is_footer(line: str) -> bool:
    """Whether a line is one that a documentation site writes under its pages."""
    return _FOOTER.match(line.strip()) is not None


def without_footer(lines: list[str]) -> list[str]:
    """The lines up to the first one that is known to be a site's footer."""
    for index, line in enumerate(lines):
        if is_footer(line):
            return lines[:index]
    return lines


def around(page: str, document: str) -> str:
    """What a text says beside its document, without marks, comments and the site's own lines."""
    known = {line.strip() for line in document.split("\n")}
    lines = (line.strip() for line in page.split("\n"))
    said = (line for line in lines if line and line not in known and not line.startswith(_MARKS))
    return "\n".join(line for line in said if not is_footer(line))
