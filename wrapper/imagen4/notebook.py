"""Pictures as HTML that stands alone, for notebooks. Every text from outside is escaped."""

from __future__ import annotations

import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class ShownInNotebook:
    """An image, or a result."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        raise NotImplementedError  # what the sync client made may download for that

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """For IPython: the HTML in a notebook, in a terminal nothing but the repr.

        The HTML, which may cost a download, is made only where it is shown.
        """
        makers = {"text/html": self._repr_html_, "text/plain": self.__repr__}
        wanted = set(makers if include is None else include) - set(exclude or ())
        if (shell := running_ipython()) is not None and not shows_html(shell):
            wanted.discard("text/html")
        return {kind: make() for kind, make in makers.items() if kind in wanted}


_FIGURE = "display:inline-block;vertical-align:top;margin:0 1em 1em 0;max-width:24em"


def embedded(content_type: str, content: bytes) -> str:
    """The picture itself as an address."""
    return f"data:{content_type};base64,{b64encode(content).decode()}"


def figure(source: str | None, caption: Iterable[str | None], link: str | None = None) -> str:
    """A picture with what is known of it beneath; a link where the picture is not shown."""
    known = [as_html(each) for each in caption if each]
    about = " · ".join(known)
    picture = ""
    if source is not None:
        alt = known[0] if known else ""
        picture = (
            f'<img src="{as_html(source)}" alt="{alt}" referrerpolicy="no-referrer"'
            ' style="max-width:100%">'
        )
    elif link is not None:
        shown = as_html(link)
        about += f'<br><a href="{shown}" rel="noopener noreferrer" target="_blank">{shown}</a>'
    return f'<figure style="{_FIGURE}">{picture}<figcaption>{about}</figcaption></figure>'


def as_html(text: str) -> str:
    from html import escape  # loaded with the first picture that is shown, for it takes long

    return escape(text)


def gallery(heading: Iterable[str | None], figures: Iterable[str]) -> str:
    """Pictures side by side, with a line about all of them."""
    about = " · ".join(as_html(each) for each in heading if each)
    return f"<div><p>{about}</p>{''.join(figures)}</div>"


def running_ipython() -> Any | None:
    """The shell of IPython, if this is one."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def shows_html(shell: Any) -> bool:
    """As that of a notebook does, and that of a terminal does not."""
    return "text/html" in shell.display_formatter.active_types
