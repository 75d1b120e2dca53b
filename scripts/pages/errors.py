"""The error of the reader, and the ways out that it names."""

import shutil

AGAIN = "take the page again, whole: its address with .md at the end gives it as Markdown"
INDENTED = "take it with its indentation, or give the address of its Markdown (ends in .md)"
OTHER = "give the gateway's own page of this model"
FILE = "give the page as a file: `vendor.py GATEWAY FILE`, `update.py --from DIR`"
MOVED = "if the gateway does so now, specs/shared/envelope.yaml and the client have to follow first"
BESIDE = "if no client has to know it, scripts/pages/envelope.py is the place to say so"
MEANING = "scripts/pages/inputs.py has to be told what it means for a client"
MEND = "mend it in a copy of the page and give that, or wait until the gateway does"


class PageError(Exception):
    """A page that is refused: why, and the way out; one line for the person at the terminal."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(visible(f"{reason}; {way_out}"))
        self.reason, self.way_out = reason, way_out

    def at(self, place: str) -> "PageError":
        """The same error, told where."""
        return PageError(f"{place}: {self.reason}", self.way_out)


def unwritable(error: OSError) -> PageError:
    """What the disk did not bear."""
    place, reason = error.filename, error.strerror
    if isinstance(error, shutil.Error):  # of a folder that was copied: the first of its files
        _, place, reason = error.args[0][0]
        reason = reason.partition(": '")[0]
    return PageError(f"cannot write {place or 'a file'}: {reason}", "see to the disk")


def visible(text: str) -> str:
    """A text on one line, whose control and direction characters are written out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
