"""The page as a reader has it: in a real browser, moving by itself, on a desk and on a phone."""

from pathlib import Path

import pytest

from imagen4.facts.protocol import CREDITS_PATH
from imagen4.sandbox import Sandbox
from sandbox.browser.conftest import Page
from sandbox.conftest import Asker

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
NOTING = """(button => {
    window.said = [];
    new MutationObserver(() => said.push(button.textContent)).observe(button, {childList: true});
})"""
"""What a button says for a moment: on a busy machine nobody looks within that."""


def states(page: Page) -> list[str]:
    return page.text("#tasks .chip")


def test_tasks_move_without_a_reload(kie: Asker, page: Page) -> None:
    """From nothing to waiting, generating and a picture that has loaded."""
    kie.sandbox.configure(profile="documented")
    page.open(kie.sandbox.url())
    page.until(lambda: bool(page.text("#hint")[0]))
    assert kie.sandbox.url("kie") in page.text("#hint")[0]
    page.run("window.stillHere = true")
    kie.create("a red fox in the snow")
    page.until(lambda: states(page) == ["waiting"])
    kie.sandbox.clock.advance(3)
    page.until(lambda: states(page) == ["generating"])
    assert page.run("return document.querySelector('progress').value") > 0
    kie.sandbox.clock.advance(6)
    page.until(lambda: states(page) == ["success"])
    loaded = "return [...document.images].map(image => image.naturalWidth)"
    page.until(lambda: page.run(loaded) == [768])
    assert page.text("#tasks .prompt") == ["a red fox in the snow"]
    assert page.run("return window.stillHere") is True


def test_requests_answers_and_callbacks_are_shown(kie: Asker, page: Page) -> None:
    """Opened, they show the bodies, and stay open while the page updates."""
    page.open(kie.sandbox.url())
    kie.create("a lighthouse", callback="http://10.0.0.1/hook")
    kie.sandbox.clock.advance(9)
    kie.sandbox.deliver_callbacks()
    page.until(lambda: len(page.all("#requests details")) == 1)
    page.run("document.querySelector('#requests summary').click()")
    kie.send("GET", CREDITS_PATH, key="wrong")
    page.until(lambda: len(page.all("#requests details")) == 2)
    assert page.text("#requests .what") == ["credit", "createTask"]
    assert page.text("#requests .chip") == ["200 · code 401", "200"]
    assert "a lighthouse" in page.text("#requests details[open] pre")[0]
    assert page.text("#callbacks .chip")[0].startswith("not sent")


def test_what_strangers_send_is_shown_as_text(kie: Asker, page: Page) -> None:
    """No element, no script, in prompt, path or failure."""
    page.open(kie.sandbox.url())
    kie.sandbox.fault("fail", message=HOSTILE)
    kie.create(HOSTILE)
    kie.send("GET", f"/{HOSTILE}")
    kie.sandbox.clock.advance(9)
    page.until(lambda: states(page) == ["fail"])
    assert page.text("#tasks .prompt") == [HOSTILE]
    assert page.text("#tasks .failure") == [HOSTILE]
    assert page.driver.title == "imagen4 sandbox"
    assert page.all("#tasks img, #requests img, #tasks script, #requests script") == []


def test_the_buttons_step_the_clock_and_start_afresh(kie: Asker, page: Page) -> None:
    """Without the command line."""
    page.open(kie.sandbox.url())
    kie.create()
    page.until(lambda: states(page) == ["waiting"])
    page.all("[data-seconds='10']")[0].click()
    page.until(lambda: states(page) == ["success"])
    page.all("#reset")[0].click()
    page.until(lambda: states(page) == [])


def test_faults_are_armed_from_the_page(kie: Asker, page: Page) -> None:
    """By name and number; the page lists them until they have struck."""
    page.open(kie.sandbox.url())
    page.show("bad-days")
    page.until(lambda: len(page.all("#fault option")) > 30)
    page.run("document.querySelector('#fault').value = 'code-455'")
    page.all("#arm [type=submit]")[0].click()
    page.until(lambda: page.text("#armed .chip") == ["code-455"])
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 455
    page.until(lambda: page.text("#armed .chip") == [])


def test_the_page_says_when_the_sandbox_is_gone(page: Page) -> None:
    """Instead of showing old facts as new ones."""
    with Sandbox() as short:
        page.open(short.url())
        page.until(lambda: bool(page.text("#facts")[0]))
        assert not page.all("#lost")[0].is_displayed()
    page.until(lambda: bool(page.all("#lost")[0].is_displayed()))


def test_polls_are_filtered_away_until_they_are_asked_for(kie: Asker, page: Page) -> None:
    """Only those that went well: a poll that was refused or struck by a fault is worth seeing."""
    page.open(kie.sandbox.url())
    task_id = kie.create("a lighthouse")
    kie.state(task_id)
    kie.sandbox.fault("code-500", operation="recordInfo")
    kie.envelope(task_id)
    page.until(lambda: page.text("#requests .what") == ["recordInfo", "createTask"])
    assert page.text("#requests .chip") == ["200 · code 500", "code-500", "200"]
    assert page.text("#polls-count") == ["(1)"]
    page.all("#hide-polls")[0].click()
    page.until(lambda: page.text("#requests .what") == ["recordInfo", "recordInfo", "createTask"])


def test_every_row_says_which_task_and_prompt_it_is_about(kie: Asker, page: Page) -> None:
    """Tasks, requests and callbacks."""
    page.open(kie.sandbox.url())
    task_id = kie.create("a lighthouse", callback="http://10.0.0.1/hook")
    kie.sandbox.fault("code-429", operation="recordInfo")
    kie.envelope(task_id)
    kie.sandbox.clock.advance(9)
    kie.sandbox.deliver_callbacks()
    page.until(lambda: len(page.all("#callbacks li")) == 1)
    assert page.text("#requests .said") == ["a lighthouse"] * 2
    assert page.text("#callbacks .said, #tasks .prompt") == ["a lighthouse"] * 2
    assert page.text("#tasks .id") == [task_id]
    told = page.text("#requests .id, #callbacks .id")
    assert told == [f"kie · {task_id}"] * 3


def test_callbacks_show_what_was_sent_and_the_key_it_is_signed_with(kie: Asker, page: Page) -> None:
    """Nobody has to read the source to verify a signature."""
    kie.sandbox.configure(webhook_key="key of my own")
    page.open(kie.sandbox.url())
    task_id = kie.create(callback="http://127.0.0.1:9/hook")
    kie.sandbox.clock.advance(9)
    kie.sandbox.deliver_callbacks()
    page.show("callbacks")
    page.until(lambda: page.text("#callbacks .chip")[-1:] == ["not delivered"])
    assert page.text("#webhook-key-kie") == ["key of my own"]
    assert "apikley does not sign its callbacks" in page.text("#signing li")
    page.run("document.querySelector('#callbacks li:last-child summary').click()")
    shown = "".join(page.text("#callbacks details[open] pre"))
    assert task_id in shown
    assert "x-webhook-signature" in shown
    assert "not delivered: ConnectError" in shown


@pytest.mark.parametrize("width", [390, 1280])
def test_base_url_and_key_stay_in_view(kie: Asker, page: Page, width: int) -> None:
    """However far somebody has scrolled, of either gateway, each with a button to copy it."""
    for number in range(12):
        kie.create(f"lighthouse {number}")
    page.open(kie.sandbox.url(), width)
    page.until(lambda: len(page.all("#tasks li")) == 12)
    page.run("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.run("return scrollY") > 100
    assert page.in_view("#base-url, #key, [data-copy='base-url'], [data-copy='key'], #gateways *")
    page.all("[data-gateway='apikley']")[0].click()
    page.until(lambda: page.text("#base-url") == [kie.sandbox.url("apikley")])
    assert page.text("#key") == [kie.sandbox.key("apikley")]


@pytest.mark.parametrize("clipboard", ["its own", "none"])
def test_copying_works_on_a_phone_in_the_network_too(
    kie: Asker, page: Page, clipboard: str
) -> None:
    """There the page comes over plain http, and browsers then take `navigator.clipboard` away."""
    page.open(kie.sandbox.url(), 390)
    page.until(lambda: bool(page.text("#key")[0]))
    page.run("document.execCommand = () => { window.copied = document.activeElement.value; }")
    own = "{writeText: async text => { window.copied = text; }}" if clipboard != "none" else "null"
    page.run(f"Object.defineProperty(navigator, 'clipboard', {{value: {own}}})")
    page.run(f"{NOTING}(document.querySelector(\"[data-copy='base-url']\"))")
    page.all("[data-copy='base-url']")[0].click()
    page.until(lambda: page.run("return window.said")[:1] == ["Copied"])
    assert page.run("return window.copied") == kie.sandbox.url("kie")


@pytest.mark.parametrize(
    ("view", "within"),
    [
        ("tasks", "#tasks li:first-child"),
        ("requests", "#hide-polls, #requests li:first-child"),
        ("callbacks", "#webhook-key-kie, #callbacks li:first-child"),
        ("bad-days", "#fault, #times, #word, #arm button"),
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_everything_is_one_tap_away_and_fits(
    kie: Asker, apikley: Asker, page: Page, width: int, view: str, within: str
) -> None:
    """No sideways scrolling, nothing cut off, targets for a thumb, nothing from elsewhere."""
    page.open(kie.sandbox.url(), width)
    kie.create("a red fox in the snow", aspect_ratio="16:9", callback=f"http://{'x' * 90}/hook")
    apikley.create("lighthouses " * 20, num_images="4", aspect_ratio="9:16")
    kie.sandbox.clock.advance(9)
    kie.create("x" * 500)
    kie.send("GET", "/" + "long" * 50)
    page.until(lambda: states(page) == ["waiting", "success", "success"])
    page.until(lambda: page.run("return [...document.images].every(image => image.complete)"))
    if width == 390 or view != "tasks":
        page.show(view)
    page.until(lambda: page.in_view(within))
    fits(page, width)
    page.save(Path("out") / "sandbox" / f"page-{view}-{width}.png")
    assert page.hosts() == {kie.sandbox.url().removeprefix("http://")}
    assert page.console() == []


def fits(page: Page, width: int) -> None:
    """Nothing sticks out to the right, and no button is too small for a thumb."""
    assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [width, width]
    boxes = "return [...document.querySelectorAll('{}')].map(e => e.getBoundingClientRect())"
    assert [box for box in page.run(boxes.format("body *")) if box["right"] > width + 1] == []
    heights = [box["height"] for box in page.run(boxes.format("button, select, nav a"))]
    assert min(height for height in heights if height) >= 38
