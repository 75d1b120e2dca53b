"""Saved HTML pages: their code blocks and their visible text."""

from html.parser import HTMLParser

from pages.prose import DESTROYED

_BLOCK_ELEMENTS = """\
address article aside blockquote br button dd div dl dt fieldset figure footer form
h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul"""
_BLOCKS = frozenset(_BLOCK_ELEMENTS.split())
_HIDDEN = frozenset(("script", "style", "template", "noscript", "svg", "head"))
_LINES = frozenset(("line", "code-line", "view-line", "token-line"))


def is_html(text: str) -> bool:
    """Whether a text is an HTML page."""
    start = text.lstrip()[:2000].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        start.startswith("<") and any(tag in start for tag in ("<html", "<body", "<pre", "<div"))
    )


def code_blocks(text: str) -> list[str]:
    """The texts of the page's ``pre`` elements (or bare ``code`` elements)."""
    return _read(text).blocks


def visible_text(text: str) -> str:
    """What the page shows, block elements on lines of their own."""
    return _read(text).text()


def asks_for_password(text: str) -> bool:
    """Whether the page has a password field."""
    lowered = text.lower()
    return (
        'type="password"' in lowered or "type='password'" in lowered or "type=password" in lowered
    )


def _read(text: str) -> "_Reader":
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._all: list[str] = []
        self._block: list[str] = []
        self._pre = 0
        self._hidden = 0
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "pre":
            self._pre += 1
        self._address = values.get("data-cfemail") or self._address
        classes = frozenset((values.get("class") or "").split())
        if tag in _BLOCKS or classes & _LINES:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "pre" and self._pre:
            self._pre -= 1
            if not self._pre:
                self.blocks.append("".join(self._block))
                self._block = []
        if tag in _BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._address and DESTROYED.search(data):
            # Not a guess: the page carries the address, encoded by Cloudflare.
            data = DESTROYED.sub(lambda _: _decoded(self._address), data)
            self._address = ""
        if self._pre:
            self._block.append(data)
        self._all.append(data if self._pre else " ".join(data.split(" ")))

    def _new_line(self) -> None:
        for parts in (self._block, self._all) if self._pre else (self._all,):
            if parts and not parts[-1].endswith("\n"):
                parts.append("\n")

    def text(self) -> str:
        """All visible text."""
        return "".join(self._all)


def _decoded(address: str) -> str:
    """An e-mail address from Cloudflare's encoding: hex, XORed with its first byte."""
    try:
        key, *rest = bytes.fromhex(address)
        return bytes(byte ^ key for byte in rest).decode()
    except (ValueError, UnicodeDecodeError):
        return "[email protected]"
