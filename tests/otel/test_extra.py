"""Who does not have it is told in one line what to install."""

import subprocess
import sys

WITHOUT = "import sys; sys.modules['opentelemetry'] = None; import imagen4; import imagen4.otel"


def test_without_the_extra_one_line_says_what_to_install() -> None:
    """And the package itself is imported all the same."""
    argv = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    line = "ModuleNotFoundError: imagen4.otel needs opentelemetry; run: pip install 'imagen4[otel]'"
    assert done.stderr.splitlines()[-1] == line
