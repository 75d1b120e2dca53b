"""Guards against an adapter that builds half a call, or claims what its gateway cannot do."""

from imagen4 import Adapter
from imagen4.core.answer import Call
from imagen4.facts import GATEWAYS
from imagen4.facts.protocol import CREATE_PATH, LINK_PATH
from imagen4.gateways import adapter_for

KIE = adapter_for("kie")


def test_only_a_gateway_that_renews_links_is_asked_for_one() -> None:
    """The facts say which one does."""
    url = "https://a.example"
    assert KIE.fresh_link(url) == Call("POST", LINK_PATH, {}, {"url": url}, "kie")
    without = GATEWAYS["kie"]._replace(renews_links=False)
    assert Adapter(without).fresh_link(url) is None


def test_calls_are_complete_by_themselves() -> None:
    """Method, path, query and body, as they go out."""
    assert KIE.details("t") == Call("GET", "/api/v1/jobs/recordInfo", {"taskId": "t"}, None, "kie")
    assert KIE.credits() == Call("GET", "/api/v1/chat/credit", {}, None, "kie")
    body = {"model": "google/imagen4", "input": {"prompt": "a"}}
    assert KIE.create("google/imagen4", {"prompt": "a"}, None) == Call(
        "POST", CREATE_PATH, {}, body, "kie"
    )
    body = {**body, "callBackUrl": "https://me.example"}
    assert KIE.create("google/imagen4", {"prompt": "a"}, "https://me.example").json == body
