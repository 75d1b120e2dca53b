"""The errors of the reader."""


class PageError(Exception):
    """A page that is refused; the text is one line for the person at the terminal."""


class UnreadableError(Exception):
    """Flattened lines that have no reading, or several.

    ``line`` counts from 1 among the lines given to the search, not on the page.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason
