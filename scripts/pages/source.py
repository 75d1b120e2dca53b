"""The bytes of a page, as text: size, encoding and line ends."""

from pathlib import Path

from pages.errors import AGAIN, FILE, PageError

# The largest page seen has 30,000 bytes as Markdown; saved HTML is heavier.
MOST_BYTES = 4_000_000


def read_file(path: Path) -> bytes:
    """The bytes of a page in a file."""
    if path.is_dir():
        raise PageError(f"{path} is a directory", FILE)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PageError(f"{path} has {size:,} bytes; a page has at most {MOST_BYTES:,}", AGAIN)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PageError(f"{path} cannot be read: {error.strerror}", FILE) from None


def decode(data: bytes) -> str:
    """The text of a page, with plain line ends and without a byte order mark."""
    if len(data) > MOST_BYTES:
        raise PageError(f"more than {MOST_BYTES:,} bytes", AGAIN)
    if not data.strip():
        raise PageError("the page is empty", AGAIN)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError(
            f"not UTF-8: byte {error.start} is {data[error.start]:#04x}", AGAIN
        ) from None
    if "\0" in text:
        raise PageError(f"a NUL character at position {text.index(chr(0))}: not a text", AGAIN)
    return text.replace("\r\n", "\n").replace("\r", "\n")
