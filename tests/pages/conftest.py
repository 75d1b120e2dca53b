"""What the tests of pages share."""

from pathlib import Path

import pytest

from market.captured import lay


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is vendored of the pages that are kept with the tests."""
    specs = tmp_path_factory.mktemp("kept") / "specs"
    lay(specs)
    return specs
