"""A document like the page that has kept its indentation."""

import yaml

from pages.flat.lines import take_apart
from pages.normalise import normalise, shapes
from pages.yamltext import load_yaml

ROOT = -1


class Sister:
    """An indented document by its lines, blank ones left out.

    ``above``: for each line the one that it stands under; ``is_text``: whether it is a
    text's; ``space``: the white space before it in that text. ``shapes``: the orders in
    which its objects have their keys. Raises PageError.
    """

    def __init__(self, text: str) -> None:
        document = load_yaml(text)
        normalise(document)
        self.shapes = shapes(document)
        raw = text.split("\n")
        kept = [number for number, line in enumerate(raw) if line.strip()]
        self._parts = {number: take_apart(raw[number].strip()) for number in kept}
        self._headers: dict[int, int] = {}
        self._texts: set[int] = set()
        self._walk(yaml.compose(text + "\n", Loader=yaml.CSafeLoader), ROOT)
        place = {number: index for index, number in enumerate(kept)} | {ROOT: ROOT}
        self.lines = [raw[number].strip() for number in kept]
        self.above = [place[self._headers.get(number, ROOT)] for number in kept]
        self.is_text = [number in self._texts for number in kept]
        self.space = [
            "\n" * (number - before - 1)
            + " " * (_margin(raw[number]) - _margin(raw[kept[above + 1]]))
            for before, number, above in zip([ROOT, *kept], kept, self.above, strict=False)
        ]

    def text_under(self, header: int) -> list[int]:
        """The lines of the text under a line."""
        return [n for n, above in enumerate(self.above) if above == header and self.is_text[n]]

    def _walk(self, node: yaml.Node | None, header: int) -> None:
        if isinstance(node, yaml.ScalarNode):
            self._take_text(header, node.end_mark.line + (node.end_mark.column > 0))
        elif isinstance(node, yaml.CollectionNode):
            for entry in node.value:
                first, value = entry if isinstance(entry, tuple) else (entry, entry)
                line = first.start_mark.line
                self._headers.setdefault(line, header)
                if self._parts[line].editors:
                    self._take_text(line, value.end_mark.line)
                else:
                    self._walk(value, line)

    def _take_text(self, header: int, end: int) -> None:
        lines = range(header + 1, end)
        self._texts.update(lines)
        self._headers |= dict.fromkeys(lines, header)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
