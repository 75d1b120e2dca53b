"""Rebuild generated/ from specs/ and its overlays; the only writer of that folder.

For each gateway: one package made by openapi-python-client with one operation that creates a
task of any model, the models as data (catalogue.json, inputs/), and three JSON documents that
the wrapper, the sandbox and the contract suite read at run time:

    vendored.json    what the gateway's page says, each thing where specs/shared keeps it
    effective.json   the same with the client's overlays (a tolerant reader)
    contract.json    the same with the contract's overlays (a strict judge)

and arazzo.json, a workflow on the effective document for tools that are not ours.

The result is a function of specs/ and of the pinned versions of the generator
and its formatter: two runs give the same bytes.
"""

import set_up  # first: what follows is not in every Python

# isort: split
import argparse
import filecmp
import json
import os
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import model_files
import overlays
from arazzo import arazzo
from gateway_documents import based_on, generalised
from imagen4.facts import GATEWAYS, protocol
from imagen4.facts.documents import GENERATED as PACKAGE
from pages.check import must_be_openapi
from pages.errors import PageError
from pages.steps import StoppedError, running, scratch_folder, stoppable, undisturbed
from pages.yamltext import load_yaml

ROOT = set_up.ROOT
SPECS = ROOT / "specs"
GENERATED = ROOT / "generated"
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"

# What the generated modules are called: by path, so that a page's tags, operationId and titles
# have no say in what the wrapper imports.
OPERATIONS = {
    protocol.CREATE_PATH: "create_task",
    protocol.DETAILS_PATH: "get_task",
    protocol.CREDITS_PATH: "get_credits",
    protocol.LINK_PATH: "get_download_url",
}

# Which overlays make which document, in order; {gateway} is filled in.
LAYERS = {
    "vendored": (),
    "effective": ("operations", "client", "{gateway}"),
    "contract": ("operations", "contract"),
}

README = """\
# Generated code: do not edit

`python scripts/regenerate.py` writes everything in this folder from `specs/`
(the gateways' documents and the overlays beside them) with
openapi-python-client {generator} and ruff {formatter}. A change made here by hand
is found by `python scripts/regenerate.py --check` and lost at the next run:
change an overlay, or vendor a newer page, and run the script again.

Made from these files (SHA-256):

{sources}
"""

INIT = '"""Clients made from the gateways\' documents, one package each, and the documents."""\n'

# Named in full, because the generator's own default lets the newest ruff rewrite
# the code into something that no longer type-checks.
POST_HOOKS = [
    "ruff check --isolated --no-cache --select I,F401 --fix-only --quiet .",
    "ruff format --isolated --no-cache --quiet .",
]


# The generator numbers the parts of a nullable object; these are read by people.
CLASS_NAMES = {
    "TaskDetailsType0": {"class_name": "TaskDetails", "module_name": "task_details"},
    "CreateTaskResponse200DataType0": {
        "class_name": "CreatedTask",
        "module_name": "created_task",
    },
}


class RegenerateError(Exception):
    """Something stands in the way; the text is one line for the person at the terminal."""


def documents(gateway: str) -> dict[str, dict[str, Any]]:
    """The three OpenAPI documents of a gateway, each checked to be valid OpenAPI 3.0."""
    return documents_of(gateway, _yaml(SPECS / f"{gateway}.yaml"))


def documents_of(gateway: str, page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same, made of a page of the gateway. Raises RegenerateError or OverlayError."""
    envelope = _yaml(SPECS / "shared" / "envelope.yaml")
    try:
        must_be_openapi(page)
        base = based_on(envelope, page)
    except PageError as error:
        raise RegenerateError(str(error.at(gateway))) from None
    made = {name: _layered(base, layers, gateway) for name, layers in LAYERS.items()}
    for name, document in made.items():
        try:
            must_be_openapi(document)
        except PageError as error:
            reason = f"{gateway}: the {name} document: {error.reason}"
            raise RegenerateError(f"{reason}; look at the overlays that make it") from None
    return made


def _yaml(path: Path) -> Any:
    try:
        return load_yaml(path.read_text(encoding="utf-8"))
    except PageError as error:
        raise RegenerateError(f"{path.name}: {error.reason}") from None


def _layered(document: dict[str, Any], layers: tuple[str, ...], gateway: str) -> dict[str, Any]:
    for layer in layers:
        path = SPECS / "overlays" / f"{layer.format(gateway=gateway)}.yaml"
        document = overlays.apply(document, overlays.load(path))
    return document


def pinned(package: str) -> str:
    """The installed version of ``package``, which must be the one in the constraints file."""
    found = version(package)
    if f"{package}=={found}" not in CONSTRAINTS.read_text(encoding="utf-8").split():
        raise RegenerateError(f"{package} {found} is not the pinned version; run `make setup`")
    return found


def sources() -> str:
    """A line for each file read, so that even a changed comment asks for a new run."""
    folders = ("*.yaml", "shared/*.yaml", "overlays/*.yaml", "models/*/*.yaml")
    paths = sorted(path for pattern in folders for path in SPECS.glob(pattern))
    return "\n".join(
        f"    {sha256(path.read_bytes()).hexdigest()}  {path.relative_to(SPECS).as_posix()}"
        for path in paths
    )


def build(folder: Path) -> None:
    """Write the whole content of generated/ into ``folder``, which must be empty."""
    readme = README.format(
        generator=pinned("openapi-python-client"), formatter=pinned("ruff"), sources=sources()
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    generated = folder / PACKAGE
    generated.mkdir()
    (generated / "__init__.py").write_text(INIT, encoding="utf-8")
    (generated / "py.typed").touch()
    models = {}
    for gateway in GATEWAYS:
        made = documents(gateway)
        package = generated / gateway
        _generate(named_by_path(generalised(made["effective"])), package)
        for name, document in (made | {"arazzo": arazzo(gateway, made["effective"])}).items():
            (package / f"{name}.json").write_text(model_files.json_text(document), encoding="utf-8")
        models[gateway] = model_files.models_of(SPECS, gateway, made["effective"])
        model_files.write_models(package, SPECS, models[gateway])
    (generated / "names.py").write_text(model_files.names(models), encoding="utf-8")


def named_by_path(document: dict[str, Any]) -> dict[str, Any]:
    """The document with our names for its operations, and without its own for anything."""
    named = document | {part: _untitled(document[part]) for part in ("paths", "components")}
    for path, item in named["paths"].items():
        for operation in item.values():
            operation["operationId"] = OPERATIONS[path]
            operation.pop("tags", None)
    return named


def _untitled(node: Any) -> Any:
    """Without the titles of schemas, of which the generator makes class names."""
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    named = {name: value for name, value in node.items() if name != "title" or _is_field(value)}
    return {name: _untitled(value) for name, value in named.items()}


def _is_field(value: Any) -> bool:
    """Whether this `title` is no title of a schema, but the schema of a field called so."""
    return isinstance(value, dict)


def _generate(document: dict[str, Any], package: Path) -> None:
    config = {
        "package_name_override": package.name,
        "literal_enums": True,
        "docstrings_on_attributes": True,
        "class_overrides": CLASS_NAMES,
        "post_hooks": POST_HOOKS,
    }
    with scratch_folder() as scratch:
        source, settings = scratch / "openapi.json", scratch / "config.json"
        source.write_text(model_files.json_text(document), encoding="utf-8")
        settings.write_text(json.dumps(config), encoding="utf-8")
        _run(source, settings, package)


def _run(source: Path, settings: Path, package: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    command += ["--meta", "none", "--path", str(source), "--config", str(settings)]
    command += ["--output-path", str(package)]
    # The generator runs `ruff` from PATH: the one installed beside this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # It has nothing to put away: it is not asked to stop, so that this is done at once, too.
    with running(command, cwd=ROOT, env=os.environ | {"PATH": path}, patience=0) as generator:
        said, _ = generator.communicate()
    if generator.returncode:
        reason = f"{package.name}: the generator failed; an overlay has to mend what it names"
        raise RegenerateError(f"{reason}\n{said.decode(errors='replace')}")


def differences(wanted: Path, found: Path) -> list[str]:
    """One line for each file that is missing, not expected, or not the same to the byte."""
    ours, theirs = _files(wanted), _files(found)
    lines = [f"missing: {name}" for name in ours - theirs]
    lines += [f"not expected: {name}" for name in theirs - ours]
    both = sorted(ours & theirs)
    _, changed, unread = filecmp.cmpfiles(wanted, found, both, shallow=False)
    return sorted(lines + [f"differs: {name}" for name in changed + unread])


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix() for path in found}


def replace(folder: Path) -> None:
    """Put ``folder`` in the place of generated/, which is never there by half.

    The old one goes beside it, and with the folder that holds both.
    """
    if GENERATED.exists():
        GENERATED.rename(folder.with_name("old"))
    folder.rename(GENERATED)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail on any byte of difference"
    )
    check = parser.parse_args().check
    try:
        with stoppable():
            found = _renewed(check=check)
    except StoppedError as error:
        print(f"regenerate: {error}; generated/ is whole", file=sys.stderr)
        return error.exit_code
    except (RegenerateError, PageError, overlays.OverlayError, OSError) as error:
        sys.exit(f"regenerate: {error}")
    print("\n".join(found) or "generated/ matches specs/")
    if check and found:
        sys.exit("regenerate: generated/ does not match specs/; run `python scripts/regenerate.py`")
    return 0


def _renewed(*, check: bool) -> list[str]:
    """What differed; it is written unless this is only a ``check``."""
    # Beside generated/, so that the last step is a rename on one file system.
    with scratch_folder(ROOT) as scratch:
        folder = scratch / "generated"
        folder.mkdir()
        build(folder)
        found = differences(folder, GENERATED)
        if found and not check:
            with undisturbed():
                replace(folder)
    return found


if __name__ == "__main__":
    sys.exit(main())
