"""What users install is the wheel, not the checkout: it must work alone."""

import zipfile
from pathlib import Path

import pytest

import imagen4
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox
from project.installed import Installed, new_environment
from project.readme import README, blocks

FIRST = next(block for block in blocks("python") if block.page == README)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A new environment with the wheel and what it requires, and nothing else."""
    environment = new_environment(tmp_path_factory.mktemp("bare"))
    environment.pip("install", "--no-deps", str(wheel))
    environment.link("imagen4")
    return environment


def test_the_wheel_holds_exactly_the_two_packages(wheel: Path) -> None:
    """The import package, the generated one and metadata: nothing else, and typed."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"imagen4", "imagen4_generated"}
    assert {f"{top}/py.typed" for top in tops} <= set(names)
    assert {f"imagen4_generated/{name}/effective.json" for name in GATEWAYS} <= set(names)
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_bare_wheel_makes_pictures(
    bare: Installed, sandbox: Sandbox, tmp_path: Path, gateway: str
) -> None:
    """With httpx, attrs and what they bring, the README's first snippet saves its pictures."""
    facts = GATEWAYS[gateway]
    url, key = sandbox.url(gateway), sandbox.key(gateway)
    snippet = FIRST.text.replace('Client("kie")', f'Client("{gateway}")')
    (tmp_path / "snippet.py").write_text(snippet, encoding="utf-8")
    done = bare.run(
        "python snippet.py", tmp_path, {facts.base_url_variable: url, facts.key_variable: key}
    )
    assert done.stderr == ""
    paths = [tmp_path / line for line in done.stdout.splitlines() if line.startswith("out/")]
    assert paths
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_the_wheel_is_of_the_version_that_the_package_tells(wheel: Path) -> None:
    """The build reads the same line as everything else."""
    assert wheel.name.split("-")[:2] == ["imagen4", imagen4.__version__]


def test_without_its_extra_the_command_says_what_to_install(
    bare: Installed, tmp_path: Path
) -> None:
    """The bare wheel's `imagen4` is one clear line, not a traceback."""
    done = bare.run("imagen4", tmp_path, {})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "imagen4: the command line is an extra; run: pip install 'imagen4[cli]'\n"
    )
