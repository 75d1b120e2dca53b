"""Which form a page has, and the OpenAPI text in it.

HTML ──► code block or visible text ──► text
text ──► JSON │ Markdown fence │ bare YAML │ indented text │ flattened text
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pages import html
from pages.errors import AGAIN, MEND, OTHER, PageError
from pages.prose import DESTROYED, without_footer
from pages.yamltext import MOST_TEXT

_OPENING = re.compile(
    r"""(?P<margin>\s*)(['"]?)openapi\2\s*:\s*(['"]?)\d+\.\d+(\.\d+)?\3\s*(#.*)?$"""
)
_ONE_LINE = re.compile(r"openapi\s*:\s*['\"]?\d+\.\d+(?:\.\d+)?['\"]?\s*info\s*:")
_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}|~{3,})[^`]*$")
_ROOT_KEY = re.compile(
    r"""(['"]?)(openapi|info|servers|paths|webhooks|components|security|tags|externalDocs"""
    r"""|jsonSchemaDialect|x-[\w-]+)\1\s*:"""
)
_ROOT_LINE = re.compile(_ROOT_KEY.pattern + r"|- |-$|#|\.\.\.$")


@dataclass(frozen=True)
class Extract:
    """The OpenAPI text of a page. ``form`` says how it stood there; ``left_out`` what
    of it could not be known, with the page's line."""

    text: str
    form: str
    json: bool = False
    left_out: tuple[str, ...] = ()


def extract(text: str, sisters: Sequence[str] = ()) -> Extract:
    """The OpenAPI text in a page; PageError says why there is none that can be read."""
    if html.is_html(text):
        return _from_html(text, sisters)
    return _from_text(text, sisters)


def _from_html(text: str, sisters: Sequence[str]) -> Extract:
    blocks = [block for block in html.code_blocks(text) if _has_document(block)]
    if len({block.strip() for block in blocks}) > 1:
        raise PageError("more than one OpenAPI document in the page's code blocks", OTHER)
    found = _from_text(blocks[0] if blocks else _visible(text), sisters)
    where = "code block" if blocks else "visible text"
    return replace(found, form=f"HTML, {where}: {found.form}")


def _visible(text: str) -> str:
    shown = html.visible_text(text)
    if not _has_document(shown) and html.asks_for_password(text):
        raise PageError("no OpenAPI document in it: it is a login page", AGAIN)
    return shown


def _has_document(text: str) -> bool:
    return "openapi" in text and re.search(r"openapi['\"]?\s*:\s*['\"]?\d", text) is not None


def _from_text(text: str, sisters: Sequence[str]) -> Extract:
    if text.lstrip().startswith("{"):
        return Extract(text, "JSON", json=True)
    lines = text.split("\n")
    fences = _fenced(lines, sisters)
    if len({fence.text for fence in fences}) > 1:
        raise PageError("more than one OpenAPI document in the page", OTHER)
    if fences:
        return _bounded(fences[0])
    starts = [number for number, line in enumerate(lines) if _OPENING.match(line)]
    if not starts:
        raise _nothing(text)
    if any(_margin(lines[start]) <= _margin(lines[starts[0]]) for start in starts[1:]):
        raise PageError("more than one OpenAPI document in the page", OTHER)
    return _bounded(_unfenced(lines, _first_key(lines, starts[0]), sisters))


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _first_key(lines: list[str], opening: int) -> int:
    """Where the document begins: tools that sort keys write some before `openapi`."""
    first, margin = opening, _margin(lines[opening])
    for number in range(opening - 1, -1, -1):
        inner = lines[number][margin:]
        if _margin(lines[number]) == margin and _ROOT_KEY.match(inner):
            first = number
        elif inner[:1].strip() and not inner.startswith("- "):
            break
    return first


def _bounded(found: Extract) -> Extract:
    if len(found.text) > MOST_TEXT:
        raise PageError(f"the document has more than {MOST_TEXT:,} characters", AGAIN)
    return found


def _nothing(text: str) -> PageError:
    """Why there is no document in a text."""
    if _ONE_LINE.search(text):
        return PageError("the document stands on one line: its structure is lost", AGAIN)
    if "schemaArray" in text:
        return PageError("Mintlify's dump from before it served OpenAPI: no `openapi:` line", AGAIN)
    if re.search(r"^\s*['\"]?swagger['\"]?\s*:", text, re.MULTILINE):
        return PageError("Swagger 2.0, not OpenAPI 3", MEND)
    if re.search(r"^\s*openapi\s*：", text, re.MULTILINE):
        reason = "`openapi` is followed by a full-width colon, where YAML needs a plain one"
        return PageError(reason, MEND)
    return PageError("no OpenAPI document in it", AGAIN)


def _fenced(lines: list[str], sisters: Sequence[str]) -> list[Extract]:
    """The fences that hold an OpenAPI document."""
    found, index = [], 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        if fence is None:
            index += 1
            continue
        end = _fence_end(lines, index, fence)
        body = lines[index + 1 : end]
        if _starts_document(body):
            if end is None:
                raise PageError(
                    f"line {index + 1}: the fence is never closed: the page is cut off", AGAIN
                )
            found.append(_from_fence(body, index + 1, sisters))
        index = len(lines) if end is None else end + 1
    return found


def _fence_end(lines: list[str], start: int, fence: re.Match[str]) -> int | None:
    """The closing fence: as far to the left as the opening one, and as long."""
    marks, indent = fence["marks"], fence["indent"]
    for index in range(start + 1, len(lines)):
        line = lines[index].rstrip()
        bare = line[len(indent) :]
        if line.startswith(indent) and bare and set(bare) == {marks[0]} and len(bare) >= len(marks):
            return index
    return None


def _starts_document(body: list[str]) -> bool:
    first = next((line for line in body if line.strip() and not line.lstrip().startswith("#")), "")
    if first.lstrip().startswith("{"):
        return _has_document("\n".join(body))
    if _ROOT_KEY.match(first.strip()):
        return any(_OPENING.match(line) for line in body) or _ONE_LINE.search(first) is not None
    return False


def _from_fence(body: list[str], offset: int, sisters: Sequence[str]) -> Extract:
    text = _dedented(body)
    if text.lstrip().startswith("{"):
        return Extract(text, "Markdown, JSON in a fence", json=True)
    start = next(number for number, line in enumerate(body) if line.strip())
    if _ONE_LINE.search(body[start]):
        raise PageError("the document stands on one line: its structure is lost", AGAIN)
    if not _indented(body, start):
        return _flattened(body[start:], offset + start, sisters)
    text, left_out = _without_destroyed(text, offset)
    return Extract(text, "Markdown, YAML in a fence", left_out=left_out)


def _dedented(body: list[str]) -> str:
    margin = min((len(line) - len(line.lstrip(" ")) for line in body if line.strip()), default=0)
    return "".join(line[margin:] + "\n" for line in body)


def _unfenced(lines: list[str], start: int, sisters: Sequence[str]) -> Extract:
    if not _indented(lines, start):
        return _flattened(lines[start:], start, sisters)
    margin = _margin(lines[start])
    body = []
    for number, line in enumerate(lines[start:], start + 1):
        if line.strip() and line[: margin + 1].strip() and not _ROOT_LINE.match(line[margin:]):
            _must_be_the_end(lines[number - 1 :], number)
            break
        body.append(line[margin:])
    text, left_out = _without_destroyed("".join(line + "\n" for line in body), start)
    form = "YAML" if start == 0 and len(body) == len(lines) else "text, indentation kept"
    return Extract(text, form, left_out=left_out)


def _must_be_the_end(rest: list[str], number: int) -> None:
    """Refuse when a document goes on after something that does not belong to it."""
    for later, line in enumerate(rest[1:], number + 1):
        if _ROOT_LINE.match(line) and not line.startswith(("#", "-", ".")):
            raise PageError(
                f"line {number}: {rest[0][:60]!r} interrupts the document (line {later})", AGAIN
            )


def _indented(lines: list[str], start: int) -> bool:
    """Whether the lines after the first have kept their indentation."""
    margin = _margin(lines[start])
    following = [line for line in lines[start + 1 :] if line.strip()]
    return any(line[: margin + 1].strip() == "" for line in following[:3])


def _flattened(lines: list[str], offset: int, sisters: Sequence[str]) -> Extract:
    numbered = [
        (number, line.strip())
        for number, line in enumerate(without_footer(lines), offset + 1)
        if line.strip()
    ]
    kept, left_out = _destroyed_lines(numbered)
    # Half of what a script takes to start, for what hardly any page needs.
    from pages.flat.recover import recover

    text = recover(kept, sisters)
    return Extract(text, "text, flattened: indentation recovered", left_out=left_out)


def _without_destroyed(text: str, offset: int) -> tuple[str, tuple[str, ...]]:
    numbered = [(number + offset, line) for number, line in enumerate(text.split("\n"), 1)]
    kept, left_out = _destroyed_lines(numbered)
    return "\n".join(line for _, line in kept), left_out


def _destroyed_lines(
    numbered: list[tuple[int, str]],
) -> tuple[list[tuple[int, str]], tuple[str, ...]]:
    """The lines without those whose value is a destroyed address, and what they were."""
    kept, left_out = [], []
    for number, line in numbered:
        match = re.match(r"\s*([\w-]+): *['\"]?" + DESTROYED.pattern + r"['\"]?\s*$", line)
        if match:
            left_out.append(
                f"{match.group(1)} (page line {number}), destroyed by e-mail obfuscation"
            )
        elif re.match(r"\s*-\s*['\"]?" + DESTROYED.pattern, line):
            raise PageError(f"line {number}: a value destroyed by e-mail obfuscation", AGAIN)
        else:
            kept.append((number, line))
    return kept, tuple(left_out)
