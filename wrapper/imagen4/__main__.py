"""The `imagen4` command: says what to install when the command line's extra is missing."""

import sys
from typing import NoReturn


def main() -> None:
    """Run the command line, or say in one line how to get it."""
    try:
        _run()
    except KeyboardInterrupt:  # while the command line is imported: nothing was sent
        print("imagen4: interrupted", file=sys.stderr)
        sys.exit(130)


def _run() -> NoReturn:
    try:
        import click  # noqa: F401  # only asked for: is the extra there?
    except ModuleNotFoundError:
        sys.exit("imagen4: the command line is an extra; run: pip install 'imagen4[cli]'")
    from imagen4.cli.group import run
    from imagen4.cli.signals import end_undisturbed

    code = run()
    end_undisturbed()
    sys.exit(code)


if __name__ == "__main__":
    main()
