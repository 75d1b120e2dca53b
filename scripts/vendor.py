"""Turn a gateway's documentation page into its vendored OpenAPI document.

    python scripts/vendor.py kie                      the captured page, once more
    python scripts/vendor.py apikley page.txt         a page from a file
    python scripts/vendor.py kie https://docs.kie.ai/market/google/imagen4.md
    python scripts/vendor.py kie page.md --stdout     only print the YAML

A page is read exactly or refused (exit code 1, one line, nothing written).
"""

import argparse
import sys
from pathlib import Path

from imagen4.facts import GATEWAYS
from pages.captures import Capture, Captures
from pages.errors import PageError
from pages.reader import read_bytes
from pages.source import read_file
from pages.vendored import vendored_text, write

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 0 when the document was read."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except PageError as error:
        print(f"vendor.py: {options.page or options.gateway}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("gateway", choices=tuple(GATEWAYS))
    parser.add_argument(
        "page", nargs="?", help="a file or an https URL; the captured page if left out"
    )
    parser.add_argument("--stdout", action="store_true", help="print the YAML, write nothing")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs", help="the folder to write to")
    return parser


def _run(options: argparse.Namespace) -> None:
    captures = Captures(options.specs)
    capture, data = _chosen_page(captures, options.gateway, options.page)
    text = vendored_text(capture, read_bytes(data, captures.sisters()))
    if options.stdout:
        sys.stdout.write(text)
        return
    write(captures, capture, data, text)


def _chosen_page(captures: Captures, gateway: str, page: str | None) -> tuple[Capture, bytes]:
    if page is None:
        return captures.recorded(gateway)
    if page.startswith("https://"):
        from pages.fetch import fetch  # httpx is not needed for files

        data = fetch(page)
        return captures.new(gateway, data, suffix=".md", url=page), data
    if "://" in page:
        raise PageError("only https URLs are fetched")
    data = read_file(Path(page))
    return captures.new(gateway, data, suffix=Path(page).suffix), data


if __name__ == "__main__":
    sys.exit(main())
