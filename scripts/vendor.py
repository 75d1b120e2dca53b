"""Turn a documentation page of a gateway into the vendored document, or a model's part of it.

    python scripts/vendor.py kie                      the captured page, once more
    python scripts/vendor.py apikley page.txt         a page from a file
    python scripts/vendor.py kie https://docs.kie.ai/market/google/imagen4.md
    python scripts/vendor.py kie page.md --stdout     only print the YAML
    python scripts/vendor.py kie page.md --model nano-banana-2 [--url https://...]

With --model, only the name and the schema of `input` are taken; all else on the page must be
what the gateway says for every model.

A page is read exactly or refused (exit code 1, one line, nothing written); 128 + a signal that
stopped it.
"""

import set_up  # first: what follows is not in every Python

# isort: split
import argparse
import sys
from pathlib import Path

from imagen4.facts import GATEWAYS
from imagen4.facts.gateways import DEFAULT_MODEL
from pages.captures import Capture, Captures, key_of
from pages.envelope import must_be_model_name
from pages.errors import FILE, PageError
from pages.reader import read_bytes
from pages.source import read_file
from pages.steps import StoppedError, stoppable
from pages.vendored import vendored_text, write

ROOT = set_up.ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 0 when the document was read."""
    options = _parser().parse_args(arguments)
    try:
        with stoppable():
            _run(options)
    except StoppedError as error:
        print(f"vendor.py: {error}", file=sys.stderr)
        return error.exit_code
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
    parser.add_argument("--model", default=DEFAULT_MODEL, help="as the gateway writes it")
    parser.add_argument("--url", default="", help="where the gateway publishes a page from a file")
    parser.add_argument("--stdout", action="store_true", help="print the YAML, write nothing")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs", help="the folder to write to")
    return parser


def _run(options: argparse.Namespace) -> None:
    must_be_model_name(options.model)
    captures = Captures(options.specs)
    capture, data = _chosen_page(captures, options)
    text = vendored_text(capture, read_bytes(data, captures.sisters()))
    if options.stdout:
        sys.stdout.write(text)
        return
    write(captures, capture, data, text)


def _chosen_page(captures: Captures, options: argparse.Namespace) -> tuple[Capture, bytes]:
    key, page = key_of(options.gateway, options.model), options.page
    if page is None:
        return captures.recorded(key)
    if page.startswith("https://"):
        from pages.fetch import fetch  # httpx is not needed for files

        data = fetch(page)
        return captures.new(key, data, suffix=".md", url=page), data
    if "://" in page:
        raise PageError("only https URLs are fetched", FILE)
    data = read_file(Path(page))
    return captures.new(key, data, suffix=Path(page).suffix, url=options.url), data


if __name__ == "__main__":
    sys.exit(main())
