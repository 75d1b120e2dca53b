"""An overlay that has gone stale must be noticed: a silent one hides a change upstream."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import overlays

DOCUMENT: dict[str, Any] = {
    "info": {"title": "t", "tags": ["a"]},
    "paths": {"/x": {"get": {"deprecated": False}}, "/y": {"get": {}}},
}


def action(**fields: Any) -> dict[str, Any]:
    return {"target": "$.info", "description": "because", "x-evidence": "doc: a page"} | fields


def applied(tmp_path: Path, *actions: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "overlay.yaml"
    info = {"title": "t", "version": "1"}
    YAML(typ="safe", pure=True).dump(
        {"overlay": "1.0.0", "info": info, "actions": list(actions)}, path
    )
    return overlays.apply(DOCUMENT, overlays.load(path))


def test_an_update_merges_objects_and_leaves_the_original_alone(tmp_path: Path) -> None:
    """Keys are added beside those that are there; the document handed in is not touched."""
    result = applied(tmp_path, action(update={"version": "2"}))
    assert result["info"] == {"title": "t", "tags": ["a"], "version": "2"}
    assert "version" not in DOCUMENT["info"]


def test_an_update_can_target_the_whole_document(tmp_path: Path) -> None:
    """The root `$` is a target like any other."""
    assert applied(tmp_path, action(target="$", update={"servers": []}))["servers"] == []


def test_an_update_of_a_list_appends(tmp_path: Path) -> None:
    """A list grows by what the action gives, whether one entry or several."""
    result = applied(
        tmp_path,
        action(target="$.info.tags", update="b"),
        action(update={"tags": ["c", "d"]}),
    )
    assert result["info"]["tags"] == ["a", "b", "c", "d"]


def test_a_wildcard_reaches_every_match(tmp_path: Path) -> None:
    """One action may change many places."""
    result = applied(tmp_path, action(target="$.paths[*].get", update={"deprecated": True}))
    assert [item["get"] for item in result["paths"].values()] == [{"deprecated": True}] * 2


def test_remove_takes_every_match_out_of_a_list(tmp_path: Path) -> None:
    """Removing several items of one list removes exactly those."""
    result = applied(
        tmp_path,
        action(update={"tags": [f"t{n}" for n in range(11)]}),
        action(target="$.info.tags[2:]", remove=True),
    )
    assert result["info"]["tags"] == ["a", "t0"]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (action(target="$.gone", update={"a": 1}), "matches nothing"),
        (action(target="$.paths[*].post", remove=True), "matches nothing"),
        (action(update={"title": "t"}), "already so"),
        (action(update={"title": "t", "new": 1}), "already so"),
        (action(target="$.info.tags", update="a"), "already so"),
        (action(target="$.info.title", update="t"), "already so"),
        (action(target="][", update={"a": 1}), "bad target"),
        (action(update={}), "not empty"),
        (action(update={"a": 1}, remove=True), "either"),
        (action(update={"a": 1}, description=""), "description"),
        (action(update={"a": 1}, **{"x-evidence": "I think"}), "x-evidence"),
    ],
)
def test_a_stale_or_unexplained_action_is_an_error(
    tmp_path: Path, bad: dict[str, Any], complaint: str
) -> None:
    """No target, nothing new, no reason or no evidence: each is refused by name."""
    with pytest.raises(overlays.OverlayError, match=complaint) as caught:
        applied(tmp_path, bad)
    assert "overlay.yaml, action 1" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "overlay: 2.0.0", "overlay: 1.0.0\ninfo: {title: t}"])
def test_what_is_no_overlay_document_is_refused(tmp_path: Path, text: str) -> None:
    """A file of another kind is an error that names the file."""
    path = tmp_path / "no.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(overlays.OverlayError, match=r"no\.yaml"):
        overlays.load(path)
