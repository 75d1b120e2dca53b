"""The errors of the reader."""


class PageError(Exception):
    """A page that is refused; the text is one line for the person at the terminal."""
