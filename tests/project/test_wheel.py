"""What users install is the wheel, not the checkout: it must work alone."""

import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import imagen4
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox

ROOT = Path(__file__).parents[2]

SNIPPET = """
import sys
from imagen4 import Client

gateway, base_url, api_key, folder = sys.argv[1:]
with Client(gateway, base_url=base_url, api_key=api_key) as client:
    result = client.generate("a red fox in the snow", num_images=4, aspect_ratio="16:9")
    for image in result.images:
        print(image.save(folder))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def closure(name: str, found: set[str]) -> set[str]:
    """The distribution and everything it requires, without extras."""
    if name not in found:
        found.add(name)
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                closure(requirement.name, found)
    return found


def install_copy(name: str, target: Path) -> None:
    """Copy an installed distribution's files: no registry is asked."""
    for file in distribution(name).files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(Path(str(file.locate())).read_bytes())


@pytest.fixture(scope="module")
def bare_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel and what it requires, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for name in closure("httpx", set()) | closure("attrs", set()):
        install_copy(name, site)
    return python


def test_the_wheel_holds_exactly_the_two_packages(wheel: Path) -> None:
    """The import package, the generated one and metadata: nothing else, and typed."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"imagen4", "imagen4_generated"}
    assert {f"{top}/py.typed" for top in tops} <= set(names)
    assert {f"imagen4_generated/{name}/effective.json" for name in GATEWAYS} <= set(names)
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_bare_wheel_makes_pictures(bare_python: Path, tmp_path: Path, gateway: str) -> None:
    """With httpx, attrs and what they bring, the README's snippet saves four pictures."""
    with Sandbox(waiting=0, generating=0) as sandbox:
        url, key = sandbox.url(gateway), sandbox.key(gateway)
        done = subprocess.run(
            [bare_python, "-I", "-c", SNIPPET, gateway, url, key, str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.stderr == ""
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert len(set(paths)) == 4
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_the_wheel_is_of_the_version_that_the_package_tells(wheel: Path) -> None:
    """The build reads the same line as everything else."""
    assert wheel.name.split("-")[:2] == ["imagen4", imagen4.__version__]


def test_without_its_extra_the_command_says_what_to_install(bare_python: Path) -> None:
    """The bare wheel's `imagen4` is one clear line, not a traceback."""
    done = subprocess.run([bare_python.parent / "imagen4"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "imagen4: the command line is an extra; run: pip install 'imagen4[cli]'\n"
    )
